"""Standard Webhooks: signed events to whoever keeps records; what stands there comes back in the answer, or as a signed event."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from standardwebhooks import Webhook, WebhookVerificationError

from bot.targets import Broken, NotUs, Receipt, Situation, Waits, need
from bot.targets.http import Answer, Client, check
from outreach.mirrors import TheirProcess, TheirWorkshop
from outreach.relays import Job, Opened

AWAITED = "awaited"
"""The `why` of what was taken and not yet confirmed."""
ASK_AGAIN = 6 * 3600.0  # seconds: the same event, under the same id, when no confirmation came
_HELLO = "relay.hello"
_REDIRECTS, _MISSING, _GONE = range(300, 400), 404, 410
_TAKEN = (200, 201, 202, 204)


class Webhooks:
    """Options: `secret` (`whsec_…`; two with a blank between them while one follows the other)."""

    def __init__(self, opened: Opened, situation: Situation) -> None:
        self._client, self._situation = Client(opened.url, situation), situation
        self._signers = signers(need(opened.options, "secret"))
        self._told: dict[str, str | None] = {}  # key of a job: what the answer to its event says stands there

    async def open(self) -> None:
        """Get ready."""
        await self._client.open()

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()

    async def whoami(self) -> str:
        """A signed hello: who accepts it knows our secret. The answer may name whom it takes us for: `{"who": …}`."""
        answer = await self._send("hello", _HELLO, {"url": self._situation.public_url}, f"hello_{self._situation.now():%Y%m%d%H%M%S%f}")
        return str(_body(answer).get("who", "")) or "the holder of the secret"

    async def list_processes(self) -> Sequence[TheirProcess]:
        """None: events go one way."""
        return ()

    async def list_workshops(self, process: TheirProcess) -> Sequence[TheirWorkshop]:
        """None."""
        del process
        return ()

    async def find(self, job: Job) -> Receipt | None:
        """Nothing to search: the same event under the same id is taken once; a withdrawal names our number."""
        return Receipt(job.ref) if job.wants == "withdraw" or job.stale else None

    async def create(self, job: Job) -> Receipt:
        """`contribution.published`. Raises Waits unless the answer says what stands there: `{"id", "url", "text"}`."""
        data = {
            "ref": job.ref,
            "version": job.version,
            "process": job.process,
            "question": job.question,
            "language": job.language,
            "text": job.text,
            "redacted": job.redacted,
            "grouped_with": job.grouped_with,
            "received_on": job.received_on.isoformat(),
            "published_at": job.published_at.isoformat(),
            "url": f"{self._situation.public_url.rstrip('/')}/suivi/{job.ref}",
        }
        told = _body(await self._send("a publication", "contribution.published", data, f"msg_{job.key}"))
        receipt = Receipt(str(told.get("id", "") or job.ref)[:200], str(told.get("url", ""))[:300])
        text = told.get("text")
        if not isinstance(text, str):
            raise Waits(ASK_AGAIN, AWAITED, receipt)
        self._told[job.key] = text
        return receipt

    async def read(self, job: Job, receipt: Receipt) -> str | None:
        """What the answer to our event said. Raises Waits when it said nothing."""
        if job.key not in self._told:
            raise Waits(ASK_AGAIN, AWAITED, receipt)
        return self._told.pop(job.key)

    async def withdraw(self, job: Job, receipt: Receipt) -> None:
        """`contribution.withdrawn`. Raises Waits unless the answer acknowledges it: `{"withdrawn": true}`."""
        data = {"ref": job.ref, "version": job.version, "id": receipt.external}
        told = _body(await self._send("a withdrawal", "contribution.withdrawn", data, f"msg_{job.key}_down"))
        if told.get("withdrawn") is not True:
            raise Waits(ASK_AGAIN, AWAITED, receipt)
        self._told[job.key] = None

    async def _send(self, what: str, kind: str, data: Mapping[str, Any], id_: str) -> Answer:
        now = self._situation.now()
        body = msgspec.json.encode({"type": kind, "timestamp": now.isoformat(), "data": data}).decode()
        headers = {
            "Content-Type": "application/json",
            "webhook-id": id_,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": " ".join(signer.sign(id_, now, body) for signer in self._signers),
        }
        answer = await self._client.call("POST", "", data=body.encode(), headers=headers)
        if answer.status == _GONE:
            raise NotUs("answered 410: it wants no more events")
        if answer.status in _REDIRECTS or answer.status == _MISSING:
            raise NotUs(f"answered {answer.status}: is the address right?")
        return check(answer, *_TAKEN, told=f"to {what}")


class NotSigned(Exception):
    """An event that is not from who holds the secret, or not from now."""


def signers(secret: str) -> list[Webhook]:
    """What signs and verifies, one for each secret. Raises NotUs when one can't be one."""
    try:
        return [Webhook(one) for one in secret.split()]
    except (ValueError, RuntimeError):
        raise NotUs("the secret is no whsec_… of Standard Webhooks") from None


def verify(secret: str, body: bytes, headers: Mapping[str, str]) -> tuple[str, int]:
    """The id and the second of a signed event that came in. Raises NotSigned: a wrong signature, or more than five minutes off."""
    for signer in signers(secret):
        try:
            signer.verify(body, dict(headers), json_parse=False)
        except WebhookVerificationError as error:
            refusal = str(error)
        except ValueError:  # neither text nor base64
            refusal = "unreadable"
        else:
            return headers["webhook-id"], int(float(headers["webhook-timestamp"]))
    raise NotSigned(refusal)


def _body(answer: Answer) -> dict[str, Any]:
    """What the answer says, nothing when it is no JSON object."""
    try:
        found = answer.json()
    except Broken:
        return {}
    return found if isinstance(found, dict) else {}
