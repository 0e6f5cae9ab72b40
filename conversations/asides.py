"""The few sentences that stand outside of any flow: when a turn broke, and when somebody took us into a group."""

from conversations.messages import Say
from conversations.text import _

SORRY = Say(_("Sorry, our robot stumbled. Your message is kept. Try again in a moment, or send CALL and a person will call you back."))
"""Said once for a message whose turn broke; the conversation begins anew."""

LEAVING = Say(_("I only speak with one person at a time: write to me in a chat of our own. Goodbye!"))
"""Said in a group, which is then left: nothing that people say to each other is ours to hear."""
