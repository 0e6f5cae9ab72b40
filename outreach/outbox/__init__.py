"""What goes out: put, claim, mark, settle; the table of moves; nothing lost, no campaign twice, nothing after STOP."""

from outreach.outbox.fates import (
    RECEIPT_WITHIN,
    drop,
    erase,
    expire,
    give_up_on_receipts,
    receipts,
    recover,
    settle,
    take_back,
)
from outreach.outbox.leaving import claim, is_due, mark
from outreach.outbox.lists import WEEK, Fate, count, listing, said, tally
from outreach.outbox.putting import has_put, put
from outreach.outbox.words import MOVES, URGENCIES, Body, Claimed, Fenced, Listed, Put, Said, Settled, lease_name

__all__ = [
    "MOVES", "RECEIPT_WITHIN", "URGENCIES", "WEEK", "Body", "Claimed", "Fate", "Fenced", "Listed", "Put", "Said", "Settled", "claim",
    "count", "drop", "erase", "expire", "give_up_on_receipts", "has_put", "is_due", "lease_name", "listing", "mark", "put", "receipts",
    "recover", "said", "settle", "take_back", "tally",
]  # fmt: skip
