"""Kannel's side: a configuration that keeps numbers and texts out of every log, and whether the one in use does the same."""

import hashlib
import re
import urllib.error
import urllib.request
from ipaddress import ip_address
from pathlib import Path
from typing import Literal, NamedTuple
from urllib.parse import quote, urlsplit

from bot.settings import Settings

MO_PATH, DLR_PATH = "/channels/kannel/mo", "/channels/kannel/dlr"
MO_FIELDS = "id=%I&from=%p&to=%P&charset=%C&coding=%c&udh=%u"  # the text is the body
MOST_PARTS = 10
INSTALLED = Path("/etc/kannel/kannel.conf")
SILENT = 4  # log-level of a panic; from 3 down the boxes name senders and receivers in some lines
RETRIES = 100_000
ANSWER_SECONDS = 3.0
INTERNATIONAL, SHORT_CODE, ALPHANUMERIC = 1, 3, 5  # types of number in SMPP
_SAFE_SECRET = re.compile(r"[A-Za-z0-9_-]{16,}")


class Trouble(NamedTuple):
    """What is wrong with the gateway, and how to mend it."""

    level: Literal["warning", "critical"]
    what: str
    mend: str


class Ports(NamedTuple):
    """Where the boxes listen, all on loopback. `sendsms` is the port of ALLERVERS_KANNEL_URL when that has one."""

    admin: int = 13000
    smsbox: int = 13001
    sendsms: int = 13013


class Account(NamedTuple):
    """What the operator's contract says of an SMPP link."""

    host: str = "smpp.operator.example"
    port: int = 2775
    username: str = "…"
    password: str = "…"  # noqa: S105 - of the sketch
    tls: bool = False
    system_type: str = ""


def smpp(settings: Settings, account: Account | None = None) -> str:
    """The group of a link to an operator by SMPP 3.4; without an account a sketch to complete.

    Raises ValueError for a value that would break out of its line.
    """
    one = account or Account()
    if any(sign in value for value in (one.host, one.username, one.password, one.system_type) for sign in '"\\\r\n'):
        raise ValueError("no quotation mark, backslash or line break may stand in what Kannel is told")
    sketch = "" if account else "# Complete it with what the operator's contract says.\n"
    return f"""\
{sketch}group = smsc
smsc = smpp
smsc-id = OPERATOR
host = "{one.host}"
port = {one.port}
use-ssl = {"true" if one.tls else "false"}
smsc-username = "{one.username}"
smsc-password = "{one.password}"
system-type = "{one.system_type}"
transceiver-mode = true
source-addr-ton = {_type_of(settings.kannel_sender)}
source-addr-npi = {1 if _type_of(settings.kannel_sender) == INTERNATIONAL else 0}
source-addr-autodetect = false
dest-addr-ton = {INTERNATIONAL}
dest-addr-npi = 1
enquire-link-interval = 30
reconnect-delay = 10
throughput = {settings.kannel_rate:g}
# When the link falls Kannel sends again what the operator had not acknowledged yet: with 1 a single message may arrive twice.
# It also limits the rate to one message for each answer's time; raise it if the operator answers too slowly for `throughput`.
max-pending-submits = 1
"""


def _type_of(sender: str) -> int:
    """The SMPP type of number of a sender: a name, a number with its +, or a short code (3 is what Kannel's guide gives for those)."""
    if not sender.lstrip("+").isdecimal():
        return ALPHANUMERIC
    return INTERNATIONAL if sender.startswith("+") else SHORT_CODE


def configuration(
    settings: Settings,
    *,
    operator: str = "",
    logs: Path = Path("/var/log/kannel"),
    spool: Path = Path("/var/spool/kannel"),
    ports: Ports | None = None,
) -> str:
    """A whole kannel.conf for Debian. `operator` is the group of the link to the operator, else a sketch to complete."""
    if ports is None:
        ports = Ports(sendsms=urlsplit(settings.kannel_url).port or Ports().sendsms)
    link = operator or smpp(settings)
    found = re.search(r"^smsc-id\s*=\s*(\S+)", link, re.MULTILINE)
    name = found[1] if found else "OPERATOR"
    key = hashlib.sha256(f"kannel admin {settings.kannel_secret}".encode()).hexdigest()[:32]
    return f"""\
# Kannel for {settings.city or "the city"}; made by Aller-vers for {INSTALLED}. It holds passwords:
#   chown root:kannel {INSTALLED}; chmod 640 {INSTALLED}
#   install -d -o kannel -g kannel -m 700 {spool}/store {spool}/dlr
# Numbers and texts stay out of the logs: no access-log anywhere, and only panics are logged (log-level = {SILENT}), because
# the boxes name senders, receivers or texts in lines of every lower level. To look for trouble: the status page, or
#   curl "http://127.0.0.1:{ports.admin}/status.txt?password={key}"
# Start both boxes: START_SMSBOX=1 in /etc/default/kannel. When bearerbox ends, smsbox comes back by itself ten seconds later under
# another number of process: who watches over it watches its process group (systemd: its unit), not the number.

group = core
admin-port = {ports.admin}
admin-interface = 127.0.0.1
admin-password = "{key}"
status-password = "{key}"
admin-deny-ip = "*.*.*.*"
admin-allow-ip = "127.0.0.1"
smsbox-port = {ports.smsbox}
smsbox-interface = 127.0.0.1
box-deny-ip = "*.*.*.*"
box-allow-ip = "127.0.0.1"
log-file = "{logs}/bearerbox.log"
log-level = {SILENT}
# messages and receipts that wait outlive a crash
store-type = spool
store-location = "{spool}/store"
dlr-storage = spool
dlr-spool = "{spool}/dlr"
sms-resend-freq = 60
sms-resend-retry = 10
sms-combine-concatenated-mo = true
sms-combine-concatenated-mo-timeout = 60

{link}
group = smsbox
bearerbox-host = 127.0.0.1
bearerbox-port = {ports.smsbox}
smsbox-id = allervers
sendsms-interface = 127.0.0.1
sendsms-port = {ports.sendsms}
global-sender = "{settings.kannel_sender}"
log-file = "{logs}/smsbox.log"
log-level = {SILENT}
mo-recode = true
# while the service is away an inbound message is tried again for days, not dropped
http-request-retry = {RETRIES}
http-queue-delay = 10

# an smsbox with a name gets inbound messages only by a route
group = smsbox-route
smsbox-id = allervers
smsc-id = {name}

group = sendsms-user
username = "{settings.kannel_username}"
password = "{settings.kannel_password}"
user-deny-ip = "*.*.*.*"
user-allow-ip = "127.0.0.1"
concatenation = true
max-messages = {MOST_PARTS}

# max-messages = 0: what the service answers over HTTP is not texted to the citizen
group = sms-service
keyword = default
catch-all = true
concatenation = true
max-messages = 0
accept-x-kannel-headers = false
post-url = "{callback(settings, MO_PATH, MO_FIELDS)}"
"""


def callback(settings: Settings, path: str, fields: str) -> str:
    """Where Kannel calls us: beside it on this machine, else by the public address. `fields` holds Kannel's own % codes."""
    host = "127.0.0.1" if settings.host in {"", "0.0.0.0", "::"} else settings.host  # noqa: S104 - compared, not bound
    host = f"[{host}]" if ":" in host else host
    base = f"http://{host}:{settings.port}" if is_loopback(settings.kannel_url) else settings.public_url.rstrip("/")
    return f"{base}{path}?secret={quote(settings.kannel_secret, safe='')}&{fields}"


def sendsms_url(settings: Settings) -> str:
    """ALLERVERS_KANNEL_URL, with the usual path when it has none."""
    url = settings.kannel_url.rstrip("/")
    return url if urlsplit(url).path.strip("/") else f"{url}/cgi-bin/sendsms"


def credentials(settings: Settings) -> dict[str, str]:
    """Who we are to sendsms, in headers."""
    return {"X-Kannel-Username": settings.kannel_username, "X-Kannel-Password": settings.kannel_password}


def is_loopback(url: str) -> bool:
    """Whether the URL leads to this machine."""
    host = urlsplit(url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def check(settings: Settings, path: Path = INSTALLED) -> list[Trouble]:
    """What the doctor says about SMS: our settings, smsbox itself, and its configuration when we may read it."""
    if not settings.kannel_url:
        return []
    found = []
    if not _SAFE_SECRET.fullmatch(settings.kannel_secret):
        found.append(
            Trouble(
                "critical", "ALLERVERS_KANNEL_SECRET is short or holds signs that Kannel reads as its own", "write 32 letters or digits"
            )
        )
    if settings.kannel_url.startswith("http:") and not is_loopback(settings.kannel_url):
        found.append(Trouble("warning", "texts and numbers go to Kannel in the clear", "put Kannel on this machine, or use https"))
    found += _ask(settings)
    try:
        text = _whole(path)
    except FileNotFoundError as error:
        if path.exists():
            found.append(Trouble("critical", f"{error.filename}, which {path} includes, is missing", "Kannel won't start: remove the line"))
        elif is_loopback(settings.kannel_url):
            found.append(
                Trouble("warning", f"{path} is missing: its logs can't be checked", "write the configuration that `allervers setup` prints")
            )
    except OSError:
        found.append(
            Trouble(
                "warning",
                f"{path} can't be read: its logs can't be checked",
                "put the service's user into the group kannel, or run the doctor as root",
            )
        )
    else:
        found += examine(text)
    return found


def _ask(settings: Settings) -> list[Trouble]:
    """Knock at sendsms without a receiver: Kannel checks user and password first and sends nothing."""
    knock = urllib.request.Request(sendsms_url(settings), data=b"", headers=credentials(settings) | {"Content-Type": "text/plain"})  # noqa: S310
    direct = is_loopback(settings.kannel_url) or not settings.proxy_url
    proxies = {} if direct else {"http": settings.proxy_url, "https": settings.proxy_url}
    opener = urllib.request.build_opener(urllib.request.ProxyHandler(proxies))
    try:
        with opener.open(knock, timeout=ANSWER_SECONDS):
            return []
    except urllib.error.HTTPError as answer:
        status, words = answer.code, answer.read(200).decode(errors="replace").lower()
        answer.close()
    except (OSError, ValueError):
        return [Trouble("critical", "smsbox does not answer at ALLERVERS_KANNEL_URL", "start Kannel: systemctl start kannel")]
    if status == 403 and "authorization" in words:  # noqa: PLR2004 - Forbidden
        return [
            Trouble("critical", "Kannel refuses user or password", "make ALLERVERS_KANNEL_USERNAME and _PASSWORD those of sendsms-user")
        ]
    if status == 400:  # noqa: PLR2004 - "Empty receiver number not allowed": we are known
        return []
    return [Trouble("critical", f"smsbox answers {status} at ALLERVERS_KANNEL_URL", "see its status page")]


def examine(text: str) -> list[Trouble]:
    """What in a kannel.conf leaks or loses messages."""
    groups = _groups(text)
    found = []
    if any("access-log" in group for group in groups):
        found.append(Trouble("critical", "Kannel's access-log holds numbers and texts", "remove every access-log line from kannel.conf"))
    for group in groups:
        name = group.get("group", "")
        if "log-file" in group and _number(group.get("log-level", "")) < SILENT:
            found.append(Trouble("critical", f"Kannel's log of `{name}` names numbers and texts", f"write log-level = {SILENT} there"))
        if "syslog-level" in group and group["syslog-level"] != "none" and _number(group["syslog-level"]) < SILENT:
            found.append(Trouble("critical", "Kannel writes numbers and texts to syslog", "remove the syslog-level line"))
        if name == "core" and (group.get("store-type") != "spool" or group.get("dlr-storage", "internal") == "internal"):
            found.append(
                Trouble(
                    "warning", "messages or receipts that wait in Kannel are lost in a crash", "store-type = spool, dlr-storage = spool"
                )
            )
        if name == "smsbox" and _number(group.get("http-request-retry", "")) < RETRIES // 10:
            found.append(Trouble("critical", "an SMS that comes while the service restarts is lost", f"http-request-retry = {RETRIES}"))
        if name == "sms-service" and group.get("max-messages") != "0":
            found.append(Trouble("critical", "Kannel texts our HTTP answers to citizens", "max-messages = 0 in sms-service"))
    return found


def _number(text: str) -> int:
    """As Kannel reads a number: decimal, 0x… or 0…, up to the first sign that is none; what is no number counts as 0."""
    found = re.match(r"\s*(?:0[xX](?P<hex>[0-9a-fA-F]{1,8})|0(?P<octal>[0-7]{1,10})|(?P<plain>\d{1,10}))", text, re.ASCII)
    if found is None:
        return 0
    return int(found["hex"], 16) if found["hex"] else int(found["octal"], 8) if found["octal"] else int(found["plain"])


def _whole(path: Path, above: tuple[Path, ...] = ()) -> str:
    """A configuration with what it includes, files or folders of files. Raises OSError when one of them can't be read."""
    here, lines = (*above, path.resolve()), []
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        name, sign, value = line.partition("=")
        if not sign or name.strip() != "include":
            lines.append(line)
            continue
        other = path.parent / value.strip().strip('"')
        others = sorted(other.iterdir()) if other.is_dir() else [other]
        lines += [_whole(one, here) for one in others if one.resolve() not in here]  # in a circle Kannel would not start
    return "\n".join(lines)


def _groups(text: str) -> list[dict[str, str]]:
    groups: list[dict[str, str]] = []
    for line in text.splitlines():
        name, sign, value = line.partition("=")
        if not sign or line.lstrip().startswith("#"):
            continue
        name, value = name.strip(), value.strip().strip('"')
        if name == "group":
            groups.append({})
        if groups:
            groups[-1][name] = value
    return groups
