"""Copies of the record on other platforms: asked for with the publication, taken, settled, found again, mended by a person."""

from outreach.relays.board import (
    TALLY,
    Count,
    Line,
    NoRelay,
    Page,
    Try,
    Waiting,
    count,
    explain,
    late,
    listing,
    mark,
    one,
    retry,
    tally,
    tries,
    waiting,
)
from outreach.relays.fates import doubt_all, recover, settle
from outreach.relays.following import amend, enqueue, take_back
from outreach.relays.leaving import claim, is_due
from outreach.relays.returns import Batch, Copy, batch, batches, found, gone, hand_over, hear, refused, to_hand_over
from outreach.relays.targets import Opened, TargetTrouble, View, add, catch_up, change, known, mirrored, opened, proven, remove, troubled
from outreach.relays.words import BY_HAND, KINDS, LATE, LEASE, MOVES, Fenced, Job, Settled

__all__ = [
    "BY_HAND", "KINDS", "LATE", "LEASE", "MOVES", "TALLY", "Batch", "Copy", "Count", "Fenced", "Job", "Line", "NoRelay", "Opened",
    "Page", "Settled", "TargetTrouble", "Try", "View", "Waiting", "add", "amend", "batch", "batches", "catch_up", "change", "claim",
    "count", "doubt_all", "enqueue", "explain", "found", "gone", "hand_over", "hear", "is_due", "known", "late", "listing", "mark",
    "mirrored", "one", "opened", "proven", "recover", "refused", "remove", "retry", "settle", "take_back", "tally", "to_hand_over",
    "tries", "troubled", "waiting",
]  # fmt: skip
