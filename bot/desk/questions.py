"""The eight questions that a department answers when it asks for a project."""

from collections.abc import Mapping

from conversations.text import Text, _

ASKED: Mapping[str, tuple[Text, Text]] = {
    "need": (_("What is the need?"), _("What happens there today, for whom, and what makes you want to ask citizens.")),
    "publics": (_("Whom must you hear?"), _("Who lives with it every day: neighbours, pupils, shopkeepers, people who only pass.")),
    "unheard": (_("Who is never heard, and why?"), _("Who does not come to meetings, does not read French, works at night.")),
    "reach": (_("Where and through whom will you meet them?"), _("Places, hours, associations, languages: where a poster would be seen.")),
    "can_change": (_("What can still change?"), _("One thing a line, in a word or two: trees, benches.")),
    "cannot_change": (_("What will not change?"), _("One thing a line. Say it now rather than at the workshop.")),
    "decided_by": (_("Who decides, in the end?"), _("A council, an elected official in office, a department.")),
    "use": (_("What will their words be used for?"), _("In a sentence that you would read to them aloud.")),
}
"""The eight questions, in words, each with a line of help."""
