"""What is taken from a keyboard only when it says something and can be shown."""

from collections.abc import Mapping

from outreach.answers.shape import Refused
from outreach.letters import UNSHOWN, can_be_shown


def shown(words: Mapping[str, str]) -> None:
    """Raise Refused("unshown") with the fields that hold a letter that can't be shown, or say nothing."""
    if which := tuple(name for name, text in words.items() if not can_be_shown(text)):
        raise Refused("unshown", UNSHOWN, which)
