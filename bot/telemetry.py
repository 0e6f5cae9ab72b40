"""Logs without personal data, and metrics."""

import logging
import re
import sys
import traceback
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

import structlog
from prometheus_client import Counter, Gauge, Histogram

log: Any = structlog.get_logger("allervers")

BATCH = Histogram("allervers_batch_size", "Messages taken in one transaction", buckets=(1, 2, 4, 8, 16, 32, 64))
FAILED = Counter("allervers_turns_failed", "Turns that raised; the message was kept")
RECEIVED = Counter("allervers_received", "Messages received", ["channel"])
RELAYED = Counter("allervers_relayed", "Tries of copies on other platforms, and how they ended", ["target", "outcome"])
RELAYS = Gauge("allervers_relays", "Copies on other platforms, by where they stand", ["target", "wants", "state", "fidelity"])
RELAYS_LATE = Gauge("allervers_relays_late", "Withdrawals that a platform has not acknowledged in 72 hours")
SETTLED = Counter("allervers_settled", "Messages settled by the sender", ["network", "state"])
STOPPED = Gauge("allervers_network_stopped", "1: nothing more is sent on this network, its provider refuses us", ["network"])
WAITING = Gauge("allervers_ledger_waiting", "Units of work that wait for the writer")

_NUMBER = re.compile(r"\+?\d(?:[\d .()-]{6,})\d")
_HIDDEN = "[number]"
_ROOT = Path(__file__).resolve().parents[1]


def configure(level: str = "info", *, as_json: bool | None = None) -> None:
    """Send everything, the libraries' words included, through one funnel to standard error.

    A number that looks like a telephone's or a chat's is hidden wherever it stands, and of an exception only its
    kind and place are told: its text may hold a row.
    """
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _where_it_failed,
    ]
    as_json = not sys.stderr.isatty() if as_json is None else as_json
    final = structlog.processors.JSONRenderer(ensure_ascii=False) if as_json else structlog.dev.ConsoleRenderer()
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
        logger_factory=structlog.stdlib.LoggerFactory(),
    )
    handler = logging.StreamHandler()
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=[_forget_extras, hide_numbers, final]))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for noisy in ("aiohttp.access", "httpx", "httpcore", "apscheduler", "telegram", "alembic"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    logging.getLogger("aiohttp.access").disabled = True  # its lines hold addresses and, for an SMS by GET, the text


def _where_it_failed(_logger: object, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    found = event.pop("exc_info", None)
    if found is True:
        found = sys.exc_info()
    if isinstance(found, BaseException):
        found = (type(found), found, found.__traceback__)
    if isinstance(found, tuple) and found[0] is not None:
        event["failure"] = found[0].__name__
        event["where"] = [f"{_short(frame.filename)}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(found[2])[-6:]]
    return event


def _short(filename: str) -> str:
    path = Path(filename)
    return str(path.relative_to(_ROOT)) if path.is_relative_to(_ROOT) and ".venv" not in path.parts else path.name


def _forget_extras(_logger: object, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    event.pop("_record", None)
    event.pop("_from_structlog", None)
    return event


def hide_numbers(_logger: object, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """The last net: no telephone number and no chat id leaves by a log."""
    for name, value in event.items():
        if isinstance(value, str) and name not in {"timestamp", "level"}:
            event[name] = _NUMBER.sub(_HIDDEN, value)
        elif isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 10**7:
            event[name] = _HIDDEN
    return event
