"""A crowd, written set-wise: a city after years of contributions, for measuring pages; nobody in it exists."""

from outreach.crowd.mix import APART, FEWEST, Plan
from outreach.crowd.pace import hurry, index, settle, unindex
from outreach.crowd.platforms import board, campaign_went
from outreach.crowd.traffic import asides, code_on_the_phone, messages
from outreach.crowd.voices import Speakers

__all__ = [
    "APART",
    "FEWEST",
    "Plan",
    "Speakers",
    "asides",
    "board",
    "campaign_went",
    "code_on_the_phone",
    "hurry",
    "index",
    "messages",
    "settle",
    "unindex",
]
