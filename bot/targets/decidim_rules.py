"""What Decidim asks of a proposal, and how a citizen's words go in without being touched: between quotes, under our number."""

import html
import re

from bot.targets import Refused
from outreach.references import show_ref
from outreach.relays import Job

TITLE, BODY = (15, 150), 15  # letters
_MARKS = re.compile(r"[!?¡¿]{2,}")
_TAGS = re.compile(r"<[^>]+>")
_BREAKS = re.compile(r"<br\s*/?>|</p>\s*<p[^>]*>", re.IGNORECASE)
_OPEN, _CLOSE = "« ", " »"


def title_of(ref: str) -> str:
    """What every title of ours begins with, and every body of ours ends with: what a search looks for."""
    return f"Contribution {show_ref(ref)}"


def compose(job: Job, public_url: str, *, softens: bool) -> tuple[str, str]:
    """Title and body. Only the title is ours to smooth; the words stay as they are, unless the city wants "!!" to be "!"."""
    question = f" : {job.question}" if job.question else ""
    title = _MARKS.sub(lambda found: found[0][0], f"{title_of(job.ref)}{question}")
    if len(title) > TITLE[1]:
        title = title[: TITLE[1] - 1].rstrip() + "…"
    words = _MARKS.sub(lambda found: found[0][0], job.text) if softens else job.text
    return title, f"{_OPEN}{words}{_CLOSE}{_tail(job.ref, public_url)}"


def _tail(ref: str, public_url: str) -> str:
    address = f", {public_url.rstrip('/')}/suivi/{ref}" if public_url else ""
    return f"\n\n{title_of(ref)}{address}"


def words_of(body: str, ref: str) -> str:
    """The citizen's words out of a body as it stands there; all of it when what we wrote around them was touched."""
    found = re.fullmatch(rf"{_OPEN}(.*){_CLOSE}\s+{re.escape(title_of(ref))}(, \S+)?\s*", body, re.DOTALL)
    return found[1] if found else body


def prove(title: str, body: str, longest: int) -> None:
    """Decidim's own rules, before it is asked. Raises Refused with the one that the citizen's words break: a person decides."""
    if not TITLE[0] <= len(title) <= TITLE[1]:
        raise Refused(f"title: {len(title)} letters, {TITLE[0]} to {TITLE[1]} are allowed")
    if not BODY <= len(body) <= longest:
        raise Refused(f"body: {len(body)} letters with our own line, {longest} are allowed")
    if _MARKS.search(body):
        raise Refused("body: several ! or ? in a row are not allowed there; the option soften=yes makes them one, and says so")
    if sum(letter.isupper() for letter in body) * 2 >= len(body):
        raise Refused("body: more than half of it in capitals, which is not allowed there")


def plain(words: str) -> str:
    """Text as people read it, out of a field that may hold HTML."""
    if "<" not in words and "&" not in words:
        return words
    return html.unescape(_TAGS.sub("", _BREAKS.sub("\n", words))).strip()
