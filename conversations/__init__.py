"""The voice: what is said and what is asked, with no input or output of its own."""

from conversations import flows

__all__ = ["flows"]
