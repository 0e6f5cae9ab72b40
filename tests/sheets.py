"""Sheets of paper as an association or an agent types them, their second look, and the slips of their authors."""

from datetime import date
from typing import Any

import pytest

from outreach import paper
from outreach.paper import Drawn, Entered, PaperRefused, Typed
from outreach.references import new_token
from tests.contributing import LEA, MAX, SLUG, Desk

NORA = "staff:3"
CONSENT = "J’ai 15 ans ou plus, la Ville peut garder et lire mon avis"
BENCHES = "Il manque des bancs près de la pharmacie, on ne peut pas attendre le tram debout"


def typed(text: str = BENCHES, **more: Any) -> Typed:
    given: dict[str, Any] = {
        "form": new_token(),
        "process": SLUG,
        "question": "besoins",
        "text": text,
        "place": "Marché de Bellevue",
        "collected_on": date(2027, 3, 14),
        "collected_by": "Maison de quartier",
        "consent": CONSENT,
    }
    return Typed(**(given | more))


def entered(desk: Desk, actor: str = LEA, **more: Any) -> str:
    result = desk.write(paper.enter, actor, typed(**more))
    assert isinstance(result, Entered)
    return result.ref


def checked(desk: Desk, **more: Any) -> str:
    ref = entered(desk, **more)
    desk.write(paper.check, ref, MAX, more.get("text", BENCHES))
    return ref


def slip(desk: Desk, ref: str) -> str:
    drawn = desk.write(paper.draw, ref, LEA)
    assert isinstance(drawn, Drawn)
    return drawn.code


def wrong(code: str, step: int = 1) -> str:
    return f"{(int(code) + step) % 10_000:04d}"


def use(desk: Desk, ref: str, code: str, wish: str = "follow", *, asker: str = "sms:+33600000001", actor: str = "citizen") -> Any:
    return desk.write(paper.use, asker, actor, ref, code, wish)


def faults(desk: Desk, one: Typed, organisation: str = "") -> tuple[tuple[str, str], ...]:
    with pytest.raises(PaperRefused) as caught:
        desk.write(paper.enter, LEA, one, organisation)
    return caught.value.faults
