"""The shape of a campaign, as staff write it and programs send it (DESIGN 6)."""

from datetime import datetime
from typing import Annotated, Literal, TypeAlias

import msgspec

from conversations.messages import Network
from conversations.notices import CampaignKind
from outreach.documents.shape import Language, Slug

Words: TypeAlias = Annotated[str, msgspec.Meta(min_length=1, max_length=700)]
Age: TypeAlias = Literal["under-30", "30-59", "60-plus"]
WORKSHOP_KEY = r"^([a-z0-9]+(-[a-z0-9]+)*/[a-z0-9]+(-[a-z0-9]+)*)?$"
DAY_OF_MINUTES = 24 * 60


class _Written(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pass


class Audience(_Written, frozen=True):
    """Who may be asked, among those who agreed; never by what anybody wrote (GDPR-06, DIV-05). Nothing chosen means everybody.

    `process`: who wrote to it, or signed up for a workshop of it. `took_part`: wrote to it (or to any, without `process`); False: did
    not. `came_to`: came to that workshop, "slug/name". `ages`: as told with a contribution. `districts`: who wrote to a process of one
    of them, or signed up for a workshop of it; nobody is asked where they live.
    """

    process: Annotated[str, msgspec.Meta(max_length=80)] = ""
    districts: tuple[str, ...] = ()
    languages: tuple[Language, ...] = ()
    ages: tuple[Age, ...] = ()
    took_part: bool | None = None
    came_to: Annotated[str, msgspec.Meta(pattern=WORKSHOP_KEY)] = ""


class Draft(_Written, frozen=True):
    """One campaign: what, to whom, in which words, when. `sms_texts` are shorter ones for SMS; `at` None: as soon as it is approved."""

    process: Slug
    kind: CampaignKind
    texts: dict[Language, Words]
    sms_texts: dict[Language, Words] = {}
    name: Annotated[str, msgspec.Meta(max_length=80)] = ""  # what staff call it
    audience: Audience = Audience()
    networks: tuple[Network, ...] = ("sms", "telegram")
    at: datetime | None = None
    spread_minutes: Annotated[int, msgspec.Meta(ge=0, le=DAY_OF_MINUTES)] = 0
    workshop: Annotated[str, msgspec.Meta(max_length=40)] = ""
    in_french: bool = False  # who reads a language that is not written gets the city's own (LANG-02)


class Fault(msgspec.Struct, frozen=True):
    """What keeps a campaign from going: a field, a code, and what the code is about ("en", "{foo}")."""

    field: str
    code: str
    about: str = ""


class Refused(Exception):
    """What was asked of a campaign can't be done: `code` for programs, and the faults of its content or its state, if that is why."""

    def __init__(self, code: str, faults: tuple[Fault, ...] = (), *, state: str = "") -> None:
        """Keep all."""
        self.code, self.faults, self.state = code, faults, state
        super().__init__(code)
