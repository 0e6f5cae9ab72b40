"""The process document: its shape, its checks, and errors that name field and line."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from outreach.documents import reading, rules
from outreach.documents.reading import DocumentTrouble, Fault
from outreach.documents.rules import everything_missing, fold
from outreach.documents.shape import EntryPoint, Mandate, Phase, Pilot, ProcessDocument, Question, Theme, Validated, Workshop

__all__ = [
    "DocumentTrouble",
    "EntryPoint",
    "Fault",
    "Mandate",
    "Phase",
    "Pilot",
    "ProcessDocument",
    "Question",
    "Theme",
    "Validated",
    "Workshop",
    "as_yaml",
    "decode",
    "encode",
    "everything_missing",
    "fold",
    "parse",
]

_SHAPE = msgspec.inspect.type_info(ProcessDocument)
_PARIS = ZoneInfo("Europe/Paris")


def parse(raw: bytes, *, yaml: bool, zone: ZoneInfo = _PARIS) -> ProcessDocument:
    """The document of a YAML file or of a JSON body; `zone` is that of times written without one.

    Raises DocumentTrouble with every fault: field, line (YAML only), and what to do.
    """
    report = reading.Report()
    content = reading.read_yaml(raw, report) if yaml else reading.read_json(raw)
    document: ProcessDocument = reading.Builder(report, zone).build(_SHAPE, content, "")
    finished = rules.finish(document, report)
    report.raise_any()
    return finished


def encode(document: ProcessDocument) -> str:
    """As it is stored and given back: JSON, the same document the same bytes."""
    return msgspec.json.encode(document, order="deterministic").decode()


def decode(stored: str) -> ProcessDocument:
    """What `encode` wrote."""
    return msgspec.json.decode(stored, type=ProcessDocument)


def as_yaml(document: ProcessDocument) -> str:
    """The document as a person writes it, without what is empty: to go on with."""
    import yaml

    return yaml.safe_dump(_filled(msgspec.to_builtins(document, builtin_types=(date, datetime))), allow_unicode=True, sort_keys=False)


def _filled(value: Any) -> Any:  # noqa: ANN401 - whatever JSON has
    if isinstance(value, dict):
        return {name: kept for name, one in value.items() if (kept := _filled(one)) not in (None, "", [], {}, False)}
    return [_filled(one) for one in value] if isinstance(value, list | tuple) else value
