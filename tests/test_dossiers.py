"""The duty to tell justice: two people, one sealed archive whose digest stands in the audit log, a letter that names nobody."""

import hashlib
import io
import re
import subprocess
import zipfile
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from outreach import audit, dossiers, notary, privacy
from outreach.contributions import decisions, reports
from outreach.contributions.decisions import Decision
from outreach.contributions.reports import Words
from outreach.contributions.withdrawal import withdraw
from outreach.db import Database
from outreach.dossiers import Dossier, NoDossier
from outreach.tables import address, dossier
from tests.conftest import Clock
from tests.contributing import LEA, MAX, Desk
from tests.town import Town, town
from tests.unsealed import kept

TEXT = "Je vais te retrouver, maire,\net tu le regretteras"


@pytest.fixture
def desk(database: Database, clock: Clock) -> Desk:
    return Desk(database, clock)


def threat(desk: Desk, reason: str = "R8") -> str:
    ref = desk.receive(TEXT)
    desk.decide(ref, "refuse", "token:1", reason=reason)
    return ref


def of(desk: Desk, ref: str) -> Dossier | None:
    with desk.database.read() as session:
        return dossiers.of(session, ref)


def made(desk: Desk, ref: str) -> bytes:
    assert not desk.write(dossiers.ask, ref, LEA)
    assert desk.write(dossiers.ask, ref, MAX)
    packed: bytes = desk.write(dossiers.fetch, ref, LEA)
    return packed


def read(packed: bytes, name: str) -> str:
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        return archive.read(name).decode()


def test_two_people_make_a_sealed_archive_with_its_digest_and_a_draft_letter(desk: Desk, tmp_path: Path) -> None:
    ref = threat(desk)
    assert not desk.write(dossiers.ask, ref, LEA)
    assert not desk.write(dossiers.ask, ref, LEA), "the same person twice is one person"
    with pytest.raises(NoDossier):
        desk.write(dossiers.fetch, ref, LEA)
    with desk.database.read() as session:
        assert (dossiers.waiting(session, LEA), dossiers.waiting(session, MAX)) == ((), (ref,))
        assert dossiers.waiting(session, MAX, frozenset({"ailleurs"})) == ()
    assert desk.write(dossiers.ask, ref, MAX)
    packed = desk.write(dossiers.fetch, ref, LEA)
    assert packed == desk.write(dossiers.fetch, ref, MAX)
    with pytest.raises(NoDossier):
        desk.write(dossiers.fetch, ref, "staff:3")
    digest = hashlib.sha256(packed).hexdigest()
    with desk.database.write() as session:
        notary.chain(session, desk.clock.now())
    with desk.database.read() as session:
        lines = audit.search(session, action="dossier.").items
        assert audit.verify(session).broken_at is None
        row = session.execute(sa.select(dossier)).one()
    assert [(line.action, line.actor) for line in reversed(lines)] == [
        ("dossier.asked", LEA), ("dossier.made", MAX), ("dossier.fetched", LEA), ("dossier.fetched", MAX),
    ]  # fmt: skip
    assert {line.detail.get("sha256") for line in lines} == {None, digest}
    assert row.digest == digest
    assert row.sealed[:2] != b"PK", "at rest only the house's key opens it"
    assert b"retrouver" not in row.sealed
    folder = tmp_path / "dossier"
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        archive.extractall(folder)
    subprocess.run(["sha256sum", "--check", "--strict", "EMPREINTES.sha256"], cwd=folder, check=True, capture_output=True)
    assert (folder / "piece-1-texte.txt").read_text() == TEXT
    assert {path.name for path in folder.iterdir()} == {
        "LISEZ-MOI.txt", "lettre-au-procureur.txt", "signalement-pharos.txt", "piece-1-texte.txt", "piece-2-fiche.txt",
        "piece-3-journal.csv", "EMPREINTES.sha256",
    }  # fmt: skip
    assert "contribution.decided" in (folder / "piece-3-journal.csv").read_text()


def test_the_letter_cites_the_law_leaves_blanks_and_names_nobody(desk: Desk) -> None:
    ref = threat(desk)
    packed = made(desk, ref)
    letter = read(packed, "lettre-au-procureur.txt")
    assert "article 40, alinéa 2, du code de procédure pénale" in letter
    assert "Je vais te retrouver, maire,\n    et tu le regretteras" in letter
    assert f"numéro {ref[:4]} {ref[4:]}" in letter
    assert "réquisition" in letter
    assert "14 septembre 2027 au plus tard" in letter, "six months after the refusal the link goes"
    assert "Il n'a pas été publié" in letter
    assert letter.count("[À COMPLÉTER") == 7
    pharos = read(packed, "signalement-pharos.txt")
    assert "https://www.internet-signalement.gouv.fr" in pharos
    assert "PHAROS n'est alors pas la bonne voie" in pharos
    with desk.database.read() as session:
        row = session.execute(sa.select(address)).one()
        from outreach.house import house

        number = house(session).keys.open("address", row.id, row.sealed).decode()
    every = "".join(read(packed, name) for name in zipfile.ZipFile(io.BytesIO(packed)).namelist())
    assert number.removeprefix("+33") not in every
    assert kept(desk.database, ["tu le regretteras"]) == {"tu le regretteras": {"contribution", "dossier"}}
    assert "Loire-2F7K" not in every


def test_a_text_that_was_public_says_from_when_to_when(desk: Desk) -> None:
    ref = desk.receive(TEXT)
    desk.decide(ref, "accept")
    desk.clock.advance(days=2)
    desk.write(reports.make, ref, "R3", Words())
    desk.write(reports.judge, ref, LEA, "hidden", "R3")
    desk.write(reports.judge, ref, MAX, "hidden", "R3")
    packed = made(desk, ref)
    assert re.search(
        r"public sur le site de la Ville à partir du 15 mars 2027 à .*, jusqu'au 17 mars 2027", read(packed, "lettre-au-procureur.txt")
    )
    assert "loi du 29 juillet 1881" in read(packed, "lettre-au-procureur.txt")
    assert "adresse de la page" in read(packed, "signalement-pharos.txt")


@pytest.mark.parametrize("reason", ["R1", "R2", "R5", "R9", "R11"])
def test_no_other_reason_calls_for_one(desk: Desk, reason: str) -> None:
    ref = threat(desk, reason)
    assert of(desk, ref) is None
    with pytest.raises(NoDossier):
        desk.write(dossiers.ask, ref, LEA)


def test_a_refusal_in_its_undo_window_a_waiting_text_and_a_stranger_call_for_none(desk: Desk) -> None:
    ref = desk.receive(TEXT)
    assert of(desk, ref) is None
    desk.write(decisions.decide, ref, LEA, Decision("refuse", reason="R8"), timedelta(seconds=10))
    assert of(desk, ref) is None
    assert of(desk, "00000000") is None


def test_what_its_author_erased_can_not_be_made_any_more_but_what_was_made_stays_for_its_year(desk: Desk) -> None:
    before, after = threat(desk), threat(desk)
    made(desk, before)
    desk.write(dossiers.ask, after, LEA)
    from conversations.effects import Withdraw

    with desk.database.write() as session:
        for ref in (before, after):
            withdraw(session, desk.citizen, Withdraw(ref), desk.clock.now())
    with pytest.raises(NoDossier):
        desk.write(dossiers.ask, after, MAX)
    told = of(desk, after)
    assert told is not None
    assert told.erased
    assert desk.write(dossiers.fetch, before, MAX)
    desk.clock.advance(days=365)
    desk.write(privacy.purge)
    assert desk.write(dossiers.fetch, before, MAX)
    desk.clock.advance(days=2)
    desk.write(privacy.purge)
    with pytest.raises(NoDossier):
        desk.write(dossiers.fetch, before, MAX)


def test_an_audit_line_holds_a_digest_under_its_own_name_alone() -> None:
    digest = hashlib.sha256(b"").hexdigest()
    assert digest in audit.line("staff:1", "dossier.made", "s", sha256=digest).detail
    for detail in ({"sha256": "0612345678"}, {"sha256": digest.upper()}, {"sha256": 1}, {"kind": digest}):
        with pytest.raises(ValueError, match="can't hold"):
            audit.line("staff:1", "dossier.made", "s", **detail)


@pytest.fixture
async def city(database: Database, clock: Clock) -> AsyncIterator[Town]:
    async with town(database, clock) as made_:
        await made_.opened()
        yield made_


async def test_two_colleagues_make_it_by_forms_alone(city: Town) -> None:
    ref = await city.say(TEXT)
    here = f"/desk/contributions/{ref}"
    await city.enter("moderator")
    await city.text(f"{here}/dossier", 404)
    await city.publish(ref, "refuse", reason="R8")
    assert f"{here}/dossier" in await city.text(here)
    other = await city.say("Des bancs")
    assert "/dossier" not in await city.text(f"/desk/contributions/{other}")
    page = await city.text(f"{here}/dossier")
    assert "Appelez d’abord le 17 ou le 112" in page
    async with await city.post(f"{here}/dossier", form_on=f"{here}/dossier") as answer:
        assert answer.headers["Location"] == f"{here}/dossier"
    assert "Une autre personne confirme" in await city.text(f"{here}/dossier")
    async with await city.post(f"{here}/dossier.zip", form_on="/desk") as answer:
        assert answer.status == 403
    await city.enter("moderator", email="max@ville.example")
    assert f"{here}/dossier" in await city.text("/desk")
    async with city.http.post(f"{here}/dossier") as answer:
        assert answer.status == 403, "a form of ours alone"
    async with await city.post(f"{here}/dossier", form_on=f"{here}/dossier") as answer:
        assert answer.status == 303
    async with await city.post(f"{here}/dossier.zip", form_on=f"{here}/dossier") as answer:
        packed: Any = await answer.read()
        assert answer.headers["Content-Disposition"] == f'attachment; filename="dossier-{ref}.zip"'
        assert answer.headers["Cache-Control"] == "no-store"
    assert read(packed, "piece-1-texte.txt") == TEXT
    assert hashlib.sha256(packed).hexdigest() in await city.text(f"{here}/dossier")
    await city.enter("moderator", email="zoe@ville.example")
    assert "dossier.zip" not in await city.text(f"{here}/dossier")
    async with await city.post(f"{here}/dossier.zip", form_on=f"{here}/dossier") as answer:
        assert answer.status == 403
