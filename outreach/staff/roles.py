"""Who may do what: one table of roles (DESIGN 6)."""

from collections.abc import Iterable
from typing import Final

RIGHTS: Final[dict[str, str]] = {
    "processes.read": "see every process, opened or not",
    "processes.write": "write a process document, open and close it",
    "contributions.read": "see the queue and its texts, by pseudonym",
    "contributions.decide": "claim and decide",
    "contributions.appeals": "decide again what a citizen contests",
    "texts.translate": "see the texts of one's own languages and write their translation",
    "tickets.answer": "see and close what people asked a person for",
    "papers.enter": "enter what was collected on paper, see one's own sheets",
    "papers.check": "look a second time at sheets that another account entered",
    "papers.follow": "follow, contest or erase a sheet for who brings its slip",
    "workshops.host": "see the people of a workshop and check them in",
    "campaigns.write": "write a campaign and ask for approval",
    "campaigns.approve": "approve what another wrote; stop everything",
    "statistics.read": "see figures, small cells hidden",
    "relays.read": "see what other platforms hold",
    "relays.mend": "send a copy again, mark it, carry a file over",
    "targets.manage": "put a platform in, pause it",
    "audit.read": "see who did what",
    "contacts.read": "see contacts by pseudonym and what they agreed to, each look logged (SEC-06)",
    "contacts.reveal": "see one address in clear, with a reason, logged (SEC-05)",
    "rights.answer": "see the register of rights and close its requests",
    "staff.manage": "make accounts and tokens, give roles",
    "settings.read": "see every setting, secrets masked",
}
"""Every right, and what it allows in a sentence."""

_LOOK = {"processes.read", "statistics.read"}
_PAPER = {"papers.enter", "papers.check", "papers.follow"}
_RELAYS = {"relays.read", "relays.mend"}
_DESK = _LOOK | _PAPER | {"contributions.read", "contributions.decide", "tickets.answer"}

ROLES: Final[dict[str, frozenset[str]]] = {
    "admin": frozenset(RIGHTS.keys() - {"contacts.reveal"}),  # who gives roles can take them: only what the DPO watches is kept apart
    "staff": frozenset(
        _LOOK
        | _PAPER
        | {"processes.write", "contributions.read", "tickets.answer", "workshops.host", "campaigns.write", "relays.read", "relays.mend"}
    ),
    "moderator": frozenset(_DESK | {"contributions.appeals"}),
    "lead": frozenset(
        _DESK
        | _RELAYS
        | {
            "contributions.appeals",
            "processes.write",
            "workshops.host",
            "campaigns.write",
            "campaigns.approve",
            "contacts.reveal",
        }
    ),
    "host": frozenset(_LOOK | {"workshops.host", "papers.enter", "papers.follow"}),
    "association": frozenset({"processes.read", "papers.enter"}),  # collects for others, sees nobody's contribution (INC-05)
    "interpreter": frozenset({"processes.read", "texts.translate"}),  # their languages alone
    "dpo": frozenset(_LOOK | {"audit.read", "contacts.read", "contacts.reveal", "relays.read", "rights.answer"}),
    "observer": frozenset({"processes.read", "statistics.read"}),  # an elected official sees figures and published texts (GDPR-05)
}
"""What each role may do. A moderator reaches no campaign and no account (SEC-08)."""


def may(roles: Iterable[str], right: str) -> bool:
    """Whether one of the roles has that right. Raises KeyError for a right that does not exist: a typing error must not let anybody in."""
    if right not in RIGHTS:
        raise KeyError(right)
    return any(right in ROLES.get(role, ()) for role in roles)
