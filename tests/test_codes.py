"""A seat's code as a picture, read back as a scanner at the door reads it."""

import io

import zxingcpp
from PIL import Image

from outreach import codes
from outreach.db import Database
from tests.conftest import Clock
from tests.meeting import City, meeting

NINA = "900001"


def read(picture: bytes) -> str:
    (found,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(picture)))
    return str(found.text)


def test_the_picture_says_the_four_digits_and_nothing_else() -> None:
    file = codes.picture("5307")
    assert (file.name, file.type, file.content) == ("code-5307.png", "image/png", "")
    assert read(file.picture) == "5307"


def test_who_signed_up_on_telegram_gets_the_code_that_the_door_knows(database: Database, clock: Clock) -> None:
    city = City(database, clock, meeting("atelier-1", "2027-05-12 18:30"))
    city.say(NINA, "/start", "/ateliers", "[Oui]", "[Mon code en image]", network="telegram")
    with database.read() as session:
        picture = next(file for file in city.files(session, NINA) if file and file.picture)
    assert city.states() == {"confirmed": 1}
    assert f"Code à l'entrée: {read(picture.picture)}" in city.lines(NINA, "telegram")[-1].text.replace("entrée :", "entrée:")


def test_by_sms_the_same_word_tells_it_and_sends_no_picture(database: Database, clock: Clock) -> None:
    city = City(database, clock, meeting("atelier-1", "2027-05-12 18:30"))
    (seated,) = city.say("+33639980001", "ATELIER", "1")
    code = seated.split("Code à l'entrée: ")[1][:4]
    assert city.say("+33639980001", "CODE") == [f"Code à l'entrée: {code}, mercredi 12/05 18h30, Maison Bellevue."]
