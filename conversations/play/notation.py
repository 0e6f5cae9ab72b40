"""The notation of transcripts: what a line says, and how an effect, an outcome or a notice is written."""

import ast
import re
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any, Final

import msgspec

from conversations.facts import Workshop
from conversations.messages import CODE, DATA

_UNITS: Final = {"s": 1, "min": 60, "h": 3600, "day": 86_400, "days": 86_400}
BEGIN: Final = frozenset(">…*")
"""What a line that is played begins with: the person, a silence, a notice of the office."""


class NotationTrouble(ValueError):
    """A line that is not in the notation."""


def scenes(body: list[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each line of the person, of time or of the office, with the outcomes written after it."""
    line, listening = "", False
    answers: list[str] = []
    for each in body:
        if each[:1] in BEGIN:
            if line:
                yield line, tuple(answers)
            line, answers, listening = each, [], each[:1] == ">"
        elif each[:1] == "=":
            answers.append(each)
            listening = False
        elif each.startswith("  ") and listening:
            line += "\n" + each[2:]
        else:
            listening = False
    if line:
        yield line, tuple(answers)


def span(text: str) -> timedelta:
    """`60 s`, `2 h`, `7 days`."""
    found = re.fullmatch(r"(\d+) ?(\w+)", text.strip())
    if not found or found[2] not in _UNITS:
        raise NotationTrouble(f"a silence is written `… 60 s`, `… 2 h`, `… 7 days`, not `… {text}`")
    return timedelta(seconds=int(found[1]) * _UNITS[found[2]])


def written(value: Any) -> str:  # noqa: ANN401 - any effect, any outcome
    """`WakeAfter('nudge', seconds=86400)`: what differs from the defaults."""
    told = []
    for place, about in enumerate(msgspec.structs.fields(value)):
        one = getattr(value, about.name)
        if about.default is not msgspec.NODEFAULT and one == about.default:
            continue
        shown = repr(one.isoformat() if isinstance(one, date) else msgspec.to_builtins(one) if isinstance(one, msgspec.Struct) else one)
        told.append(shown if place == 0 else f"{about.name}={shown}")
    return f"{type(value).__name__}({', '.join(told)})"


def parsed(text: str, shapes: Mapping[str, type[Any]], workshops: Mapping[str, Workshop] | None = None) -> Any:  # noqa: ANN401 - any outcome, any notice
    """The way back of `written`; a notice names its workshop by its key. Raises NotationTrouble."""
    try:
        call = ast.parse(text, mode="eval").body
        if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name):
            raise NotationTrouble(f"not in the notation: {text}")
        shape = shapes[call.func.id]
        names = [about.name for about in msgspec.structs.fields(shape)]
        values = dict(zip(names, map(ast.literal_eval, call.args), strict=False))
        values |= {word.arg: ast.literal_eval(word.value) for word in call.keywords if word.arg}
        if workshops and values.get("workshop") in workshops:
            values["workshop"] = msgspec.to_builtins(workshops[values["workshop"]])
        return msgspec.convert(values | {"type": call.func.id}, shape)
    except (SyntaxError, KeyError, ValueError) as trouble:
        raise NotationTrouble(f"not in the notation: {text}") from trouble


def attached(attach: str) -> str:
    """The file that goes along with a message, by its name."""
    if attach.startswith(CODE):
        return f"code-{attach.removeprefix(CODE)}.png"
    return "mes-donnees.json" if attach == DATA else f"{attach}.ics"
