"""E-mail to the desk's people, and to readers who reported a text: written with the change, sent by the clock, once a matter."""

from outreach.mail.needs import needs
from outreach.mail.outbox import MOVES, Leaving, expire, listing, put, settle, take
from outreach.mail.rounds import channel_down, invite, invite_again, sweep

__all__ = ["MOVES", "Leaving", "channel_down", "expire", "invite", "invite_again", "listing", "needs", "put", "settle", "sweep", "take"]
