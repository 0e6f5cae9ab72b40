"""What stands for each placeholder of an address in the large city: the one place to tell when a page has a new one."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeAlias

from bot.bench.founding import ANSWERED, FILES, LARGE, SMALL, STUDIED

if TYPE_CHECKING:
    from bot.bench.founding import Founder

Known: TypeAlias = Mapping[str, Mapping[str, str]]
"""By the beginning of an address, what stands for the placeholders below it; "" fits every address, the longest is taken."""

_PAGES = 20


def of(session: Any, now: datetime, founder: "Founder") -> Known:  # noqa: ANN401 - the doors don't know sessions
    """Look at what was founded; the copy of somebody's data that a counter may print is asked for and opened."""
    from outreach import attendance, audit, crowd, directory, dossiers, record, relays, tickets, translations
    from outreach.contributions import queue
    from outreach.cursors import write_cursor
    from outreach.privacy import counter

    refs, square = founder.refs, record.latest(session, LARGE)
    middle = refs[len(refs) // 4 * 2]  # every second one is of the market square
    first = record.find(session, refs[0])
    refused = queue.listing(session, now, "refused", limit=queue.MOST).items
    threat = next(one.ref for one in refused if dossiers.of(session, one.ref))
    copy = relays.listing(session, now, state="confirmed", limit=1)
    subject = audit.search(session, action="contribution.published", limit=1).items[0].subject
    number = counter.ask(session, now, founder.actor, "+33000000001")
    counter.open_(session, now, number, founder.actor, crowd.code_on_the_phone(session))
    return {
        "": {
            "slug": LARGE,
            "small": SMALL[0],
            "answered": ANSWERED,
            "ref": square[-1].ref,
            "told": founder.cited[ANSWERED],
            "theme": next(one.theme for one in square if one.theme),
            "deep": write_cursor(first.published_at, refs[0]) if first else "",
            "half": str(len(refs) // 3),
            "all": str(len(refs) // 2),
            "published": _far(lambda cursor: queue.listing(session, now, "published", cursor=cursor, limit=queue.MOST)),
            "waiting": _far(lambda cursor: queue.listing(session, now, queue.WAITING, cursor=cursor, limit=queue.MOST)),
            "ticket": _after(tickets.listing(session, limit=1)),
            "copy": _after(copy),
            "subject": subject,
            "reader": founder.team[0],
            "line": _after(audit.search(session, actor="citizen", limit=1)),
            "name": FILES,
            "draft": founder.draft,
        },
        "/desk/contacts/": {"contact": directory.listing(session, now, founder.actor, directory.Filter(), limit=1).items[0].subject},
        "/desk/contributions/": {"ref": middle},
        "/desk/contributions/{ref}/dossier": {"ref": threat},
        "/desk/papier/": {"ref": founder.sheet},
        "/desk/messages/": {"id": tickets.listing(session, limit=1).items[0].id},
        "/desk/demarches/{slug}/points/": {"slug": STUDIED, "number": "1"},
        "/desk/demarches/{slug}/reponse": {"slug": STUDIED},
        "/desk/demarches/{slug}/apercu": {"slug": STUDIED},
        "/desk/interprete/": {"ref": translations.listing(session, ("ar",), limit=1)[0].ref},
        "/desk/campagnes/": {"campaign": founder.campaign},
        "/desk/campagnes/{campaign}/modifier": {"campaign": founder.draft},
        "/desk/ateliers/": {"id": attendance.listing(session, now)[0].id},
        "/desk/droits/copie/": {"id": number},
        "/desk/versements/": {"id": copy.items[0].id},
        "/desk/equipe/": {"id": founder.actor.removeprefix("staff:")},
        "/relecture/": {"token": founder.link},
    }


def _after(page: Any) -> str:  # noqa: ANN401 - a page of the office
    """Where the next one begins; the first page again when there is no other."""
    return page.next or ""


def _far(turn: Callable[[str | None], Any]) -> str:
    """Where a page begins that is many pages on, or the last of fewer."""
    cursor = None
    for _ in range(_PAGES):
        following = turn(cursor).next
        if following is None:
            break
        cursor = following
    return cursor or ""
