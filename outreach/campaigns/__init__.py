"""Campaigns: what staff announce to everybody who agreed, at a decent hour, and to nobody twice."""

from outreach.campaigns.audience import REACHABLE, Share, count, count_reachable, keep_within, lies_within, reachable
from outreach.campaigns.brakes import Purse, purse
from outreach.campaigns.content import ASKS, PURPOSES, announced, faults, fingerprint, is_far
from outreach.campaigns.fanout import fill
from outreach.campaigns.feeding import Next, answered, following, later, said
from outreach.campaigns.life import (
    MOVES,
    SMALL,
    approve,
    begin_due,
    cancel,
    change,
    create,
    finish,
    pause,
    resume,
    stop_everything,
    submit,
    test_of,
    tried,
)
from outreach.campaigns.overlap import Near, may_meet, near
from outreach.campaigns.preview import Frame, Preview, look, shown
from outreach.campaigns.results import Results, Row, lately, note, recount, to_recount
from outreach.campaigns.results import of as results
from outreach.campaigns.shape import Audience, Draft, Fault, Refused
from outreach.campaigns.testers import new_code, pair, phone
from outreach.campaigns.views import Page, View, are_live, get, listing, to_approve

__all__ = [
    "ASKS", "MOVES", "PURPOSES", "REACHABLE", "SMALL", "Audience", "Draft", "Fault", "Frame", "Near", "Next", "Page", "Preview",
    "Purse", "Refused", "Results", "Row", "Share", "View", "announced", "answered", "approve", "are_live", "begin_due", "cancel",
    "change", "count", "count_reachable", "create", "faults", "fill", "fingerprint", "finish", "following", "get", "is_far",
    "keep_within", "lately", "later", "lies_within", "listing", "look", "may_meet", "near", "new_code", "note", "pair", "pause",
    "phone", "purse", "reachable", "recount", "results", "resume", "said", "shown", "stop_everything", "submit", "test_of",
    "to_approve", "to_recount", "tried",
]  # fmt: skip
