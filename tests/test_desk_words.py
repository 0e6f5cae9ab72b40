"""Whatever sentence the office answers with, the desk knows it in the reader's language."""

import ast
from collections.abc import Iterator
from datetime import date

import pytest

from bot import languages
from bot.desk import words
from bot.web.pages import opened_by
from conversations.text import render
from outreach import documents, invented
from outreach.documents import DocumentTrouble
from outreach.staff import ROLES
from tests.peers import ROOT

_FRENCH = languages.read("fr")
_SAYING = {"add", "_bad", "Fault", "Refused", "StaffTrouble"}
_NAMED = {"asked", "_ASKS"}
_FILES = (
    *sorted((ROOT / "outreach/documents").glob("*.py")), *sorted((ROOT / "outreach/processes").glob("*.py")),
    ROOT / "outreach/staff/accounts.py", ROOT / "outreach/staff/passwords.py",
)  # fmt: skip
_COMMAND_ONLY = ("not valid JSON", "unknown role", "choose at least one role", "nobody would administer", "write an e-mail address")
_BY_CODE = ("not a language: 7", "it can't open yet", "an opened process can't lose", "a process that is ")


def _sentences() -> Iterator[str]:
    """Every sentence in the calls that refuse something, its values filled with a word."""
    for path in _FILES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name), args=args) if name in _SAYING:
                    yield from _of(args)
                case ast.Assign(targets=[ast.Name(id=name)], value=value) if name in _NAMED:
                    yield from _of([value])
                case _:
                    pass


def _of(nodes: list[ast.expr]) -> Iterator[str]:
    for node in nodes:
        match node:
            case ast.JoinedStr(values=values):
                if len(values) > 1:
                    yield "".join(str(part.value) if isinstance(part, ast.Constant) else "7" for part in values)
            case ast.Constant(value=str(text)):
                yield text
            case ast.IfExp(body=body, orelse=other):
                yield from _of([body, other])
            case ast.Dict(values=values):
                yield from _of(values)
            case ast.BinOp(left=left):
                yield from _of([left])
            case ast.Tuple(elts=elts):
                yield from _of(elts)
            case _:
                pass


SENTENCES = sorted({text for text in _sentences() if " " in text and not text.startswith(_COMMAND_ONLY)})


@pytest.mark.parametrize("sentence", SENTENCES)
def test_every_refusal_has_its_french(sentence: str) -> None:
    if sentence.startswith(_BY_CODE):
        return
    known = words.known(sentence) or words.known(sentence.partition(": ")[2])
    assert known, sentence
    assert render(known, _FRENCH) != render(known, languages.read("en"))


def test_the_sentences_are_found() -> None:
    assert len(SENTENCES) > 40  # a search that finds nothing proves nothing
    assert any("SMS" in one for one in SENTENCES)


def test_a_broken_document_is_told_in_french_with_its_values() -> None:
    text = invented.market_square(date(2027, 3, 1)).replace("sms_name: place du Marché", "sms_name: la grande place du Marché de la ville")
    with pytest.raises(DocumentTrouble) as trouble:
        documents.parse(text.replace("version: 1", "version: un").encode(), yaml=True)
    told = {fault.field: render(known, _FRENCH) for fault in trouble.value.faults if (known := words.known(fault.message))}
    assert told["mandate.version"].startswith("écrivez un nombre entier de 1 à")
    assert told["sms_name"] == "37 lettres\u00a0: un SMS laisse la place pour 22"
    with pytest.raises(DocumentTrouble) as trouble:
        documents.parse(b"title: a: b", yaml=True)
    known = words.known(trouble.value.faults[0].message)
    assert known
    assert "guillemets" in render(known, _FRENCH)


def test_every_role_has_a_name() -> None:
    assert words.ROLES.keys() == ROLES.keys()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("PLACE Il manque <b>", '<span class="opening">PLACE</span> Il manque &lt;b&gt;'),
        ("Place des bancs", "Place des bancs"),
        ("PLACE DU MARCHE TROP DE BRUIT", "PLACE DU MARCHE TROP DE BRUIT"),
        ("SNCF ne répond pas", "SNCF ne répond pas"),
        ("PLACE", "PLACE"),
    ],
)
def test_the_word_of_a_poster_stands_back_and_nothing_is_lost(text: str, shown: str) -> None:
    assert str(opened_by(text, ["PLACE", "SAHA"])) == shown
