"""Reads YAML or JSON into a shape and gathers every fault with its field and its line."""

import difflib
import re
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import yaml
from msgspec import inspect

from outreach.characters import UNSHOWN, can_be_shown
from outreach.documents.shape import LANGUAGE, SLUG

MAX_BYTES = 1_000_000
MAX_PARTS = 20_000
MAX_DEPTH = 20
_ASKS = {SLUG: "only a to z, digits and single dashes, as in place-du-marche", LANGUAGE: "write a code such as fr, en or ar"}


class Fault(msgspec.Struct, frozen=True):
    """One thing to mend: the field ("questions[0].text.fr"), its line (0 for JSON), and what to do."""

    field: str
    line: int
    message: str


class DocumentTrouble(Exception):
    """A document that can't be taken; `faults` tells all that is wrong, in the order of the document."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        """Keep the faults."""
        self.faults = list(faults)
        super().__init__("\n".join(map(_shown, faults)))


def _shown(fault: Fault) -> str:
    place = f"line {fault.line}: " if fault.line else ""
    return f"{place}{fault.field or 'the document'}: {fault.message}"


class Report:
    """Faults found so far, and the line of each field."""

    def __init__(self) -> None:
        """Nothing is wrong yet."""
        self.lines: dict[str, int] = {}
        self.faults: list[Fault] = []

    def line(self, field: str) -> int:
        """The line of a field, or of the nearest thing around it."""
        while field and field not in self.lines:
            field = field[: max(field.rfind("."), field.rfind("["), 0)]
        return self.lines.get(field, 0)

    def add(self, field: str, message: str, near: str = "") -> None:
        """Note a fault; a field already known as wrong is named once. `near` gives the line of a field that isn't there."""
        if self.fine(field):
            self.faults.append(Fault(field, self.lines.get(field) or self.line(near or field), message))

    def fine(self, *fields: str) -> bool:
        """True when none of the fields, nor anything around them, is at fault."""
        wrong = {fault.field for fault in self.faults}
        return not any(one in {"", field} or field.startswith((f"{one}.", f"{one}[")) for field in fields for one in wrong)

    def raise_any(self) -> None:
        """Raise DocumentTrouble when something is wrong."""
        if self.faults:
            raise DocumentTrouble(sorted(self.faults, key=lambda fault: fault.line))


class _Scalar(str):
    """Words of a YAML file: a number, a date or a text, whatever the shape asks for."""

    __slots__ = ()


def read_yaml(raw: bytes, report: Report) -> Any:  # noqa: ANN401 - plain lists, dicts and words
    """The plain content of one YAML document; the report learns the lines. Raises DocumentTrouble when it isn't YAML."""
    try:
        if len(raw) > MAX_BYTES:
            raise DocumentTrouble([Fault("", 0, f"the file is larger than {MAX_BYTES} bytes: a process fits in a few pages")])
        words = raw.decode("utf-8-sig")
        root = yaml.compose(words, Loader=yaml.SafeLoader)
    except UnicodeDecodeError as trouble:
        raise DocumentTrouble(
            [Fault("", raw[: trouble.start].count(b"\n") + 1, "not UTF-8: save the file with the encoding UTF-8")]
        ) from None
    except yaml.reader.ReaderError as trouble:
        raise DocumentTrouble([Fault("", words[: trouble.position].count("\n") + 1, UNSHOWN)]) from None
    except yaml.MarkedYAMLError as trouble:
        mark = trouble.problem_mark or trouble.context_mark
        raise DocumentTrouble(
            [
                Fault(
                    "",
                    mark.line + 1 if mark else 0,
                    f"not valid YAML here, {trouble.problem or trouble.context}: put words with a colon, ? or # between quotes",
                )
            ]
        ) from None
    except RecursionError:
        raise DocumentTrouble([Fault("", 0, "too deeply nested")]) from None
    if root is None:
        raise DocumentTrouble([Fault("", 1, "the file is empty")])
    return _Composer(report).plain(root, "", 0)


class _Composer:
    def __init__(self, report: Report) -> None:
        self.report = report
        self.parts = 0

    def plain(self, node: yaml.Node, path: str, depth: int) -> Any:  # noqa: ANN401
        self.parts += 1
        if self.parts > MAX_PARTS or depth > MAX_DEPTH:  # an alias may unfold into millions of parts
            raise DocumentTrouble([Fault(path, node.start_mark.line + 1, "too large: a process fits in a few pages")])
        self.report.lines.setdefault(path, node.start_mark.line + 1)
        if isinstance(node, yaml.SequenceNode):
            return [self.plain(item, f"{path}[{index}]", depth + 1) for index, item in enumerate(node.value)]
        if isinstance(node, yaml.MappingNode):
            found: dict[str, Any] = {}
            for key, value in node.value:
                name = key.value if isinstance(key, yaml.ScalarNode) else "?"
                inner = f"{path}.{name}" if path else name
                if name in found:
                    self.report.faults.append(Fault(inner, key.start_mark.line + 1, "written twice: keep one"))
                    continue
                self.report.lines[inner] = key.start_mark.line + 1
                found[name] = self.plain(value, inner, depth + 1)
            return found
        return None if node.tag == "tag:yaml.org,2002:null" else _Scalar(node.value)


def read_json(raw: bytes) -> Any:  # noqa: ANN401 - plain lists, dicts and values
    """The plain content of JSON. Raises DocumentTrouble."""
    try:
        return msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as trouble:
        raise DocumentTrouble([Fault("", 0, f"not valid JSON: {trouble}")]) from None


class Builder:
    """Makes a shape out of plain content; what is wrong goes to the report and a placeholder stands in for it."""

    def __init__(self, report: Report, zone: ZoneInfo) -> None:
        """Times written without a zone are the city's own."""
        self.report = report
        self.zone = zone

    def build(self, kind: inspect.Type, value: Any, path: str) -> Any:  # noqa: ANN401, C901, PLR0911, PLR0912 - one case a kind of value
        """A value of that kind."""
        match kind:
            case inspect.UnionType():
                if value is None and kind.includes_none:
                    return None
                if (
                    isinstance(value, str)
                    and not value
                    and any(isinstance(one, inspect.LiteralType) and "" in one.values for one in kind.types)
                ):
                    return ""
                return self.build(next(one for one in kind.types if not isinstance(one, inspect.NoneType)), value, path)
            case inspect.StructType():
                return self._struct(kind, value, path)
            case inspect.VarTupleType():
                if value is None:
                    return ()
                if not isinstance(value, list):
                    return self._bad(kind, path, "write a list here, one item a line, each beginning with a dash")
                return tuple(self.build(kind.item_type, item, f"{path}[{index}]") for index, item in enumerate(value))
            case inspect.DictType():
                return self._by_language(kind, value, path)
            case inspect.StrType():
                return self._words(kind, value, path)
            case inspect.IntType():
                return self._number(kind, value, path)
            case inspect.BoolType():
                return self._yes_or_no(kind, value, path)
            case inspect.LiteralType():
                known = next((one for one in kind.values if one == value), None)  # ours, not the file's own kind of word
                return self._bad(kind, path, f"one of: {', '.join(map(str, kind.values))}") if known is None else known
            case inspect.DateType():
                return self._day(kind, value, path)
            case inspect.DateTimeType():
                return self._instant(kind, value, path)
        message = f"{kind} has no reader"
        raise TypeError(message)

    def _bad(self, kind: inspect.Type, path: str, message: str) -> Any:  # noqa: ANN401, PLR0911 - one case a kind of value
        self.report.add(path, message)
        match kind:
            case inspect.VarTupleType():
                return ()
            case inspect.DictType():
                return {}
            case inspect.IntType():
                return 1
            case inspect.BoolType():
                return False
            case inspect.LiteralType():
                return kind.values[0]
            case inspect.DateType():
                return date.min
            case inspect.DateTimeType():
                return datetime.min.replace(tzinfo=UTC)
            case inspect.StructType():
                # `path` is at fault already, so nothing inside is named again
                return kind.cls(**{field.name: self._bad(field.type, path, message) for field in kind.fields if field.required})
        return ""

    def _struct(self, kind: inspect.StructType, value: Any, path: str) -> Any:  # noqa: ANN401
        if not isinstance(value, dict):
            if value is None and all(not field.required for field in kind.fields):
                return kind.cls()
            return self._bad(kind, path, f"write named parts here: {', '.join(field.name for field in kind.fields)}")
        names = [field.name for field in kind.fields]
        inside = f"{path}." if path else ""
        for name in value.keys() - set(names):
            near = difflib.get_close_matches(str(name), names, 1)
            self.report.add(
                f"{inside}{name}",
                f"not a part of a process; did you mean {near[0]}?" if near else f"not a part of a process; known here: {', '.join(names)}",
            )
        made = {}
        for field in kind.fields:
            if value.get(field.name) is not None:
                made[field.name] = self.build(field.type, value[field.name], inside + field.name)
            elif field.required:
                made[field.name] = self._bad(field.type, inside + field.name, "missing: write it")
        return kind.cls(**made)

    def _by_language(self, kind: inspect.DictType, value: Any, path: str) -> Any:  # noqa: ANN401
        if not isinstance(value, dict):
            return self._bad(kind, path, "write it by language, below: `fr: …`")
        made = {}
        for language, words in value.items():
            if not re.fullmatch(LANGUAGE, str(language)) or not language:
                self.report.add(f"{path}.{language}", f"not a language: {_ASKS[LANGUAGE]}")
                continue
            made[str(language)] = self.build(kind.value_type, words, f"{path}.{language}")
            if not made[str(language)]:
                self.report.add(f"{path}.{language}", "empty: write it, or take the line away")
        return made

    def _words(self, kind: inspect.StrType, value: Any, path: str) -> Any:  # noqa: ANN401
        if not isinstance(value, str):
            return self._bad(kind, path, "write words here")
        words = value.strip()
        if not can_be_shown(words):
            return self._bad(kind, path, UNSHOWN)
        if kind.max_length is not None and len(words) > kind.max_length:
            return self._bad(kind, path, f"{len(words)} letters: at most {kind.max_length}")
        if kind.pattern and not re.fullmatch(kind.pattern, words):
            return self._bad(kind, path, _ASKS[kind.pattern])
        return str(words)

    def _number(self, kind: inspect.IntType, value: Any, path: str) -> Any:  # noqa: ANN401
        if isinstance(value, _Scalar) and re.fullmatch(r"[0-9]{1,9}", value):
            value = int(value)
        if not isinstance(value, int) or isinstance(value, bool) or not (kind.ge or 0) <= value <= (kind.le or value):
            return self._bad(kind, path, f"write a whole number from {kind.ge} to {kind.le}")
        return value

    def _yes_or_no(self, kind: inspect.BoolType, value: Any, path: str) -> Any:  # noqa: ANN401
        if isinstance(value, bool):
            return value
        written = {"true": True, "yes": True, "oui": True, "false": False, "no": False, "non": False}
        known = written.get(str(value).lower()) if isinstance(value, _Scalar) else None
        return self._bad(kind, path, "write true or false") if known is None else known

    def _day(self, kind: inspect.DateType, value: Any, path: str) -> Any:  # noqa: ANN401
        try:
            return date.fromisoformat(value if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value) else "?")
        except ValueError:
            return self._bad(kind, path, "write a date as 2027-05-04, year first")

    def _instant(self, kind: inspect.DateTimeType, value: Any, path: str) -> Any:  # noqa: ANN401
        try:
            at = datetime.fromisoformat(value if isinstance(value, str) and len(value) > len("2027-05-04") else "?")
        except ValueError:
            return self._bad(kind, path, "write a day and an hour as 2027-05-12 18:30")
        return at if at.tzinfo else at.replace(tzinfo=self.zone)
