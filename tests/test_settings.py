from dataclasses import fields
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import settings
from bot.settings import PREFIX, VARIABLES, Settings, SettingTrouble, read, readers
from outreach import hours


def given_(**values: str) -> dict[str, str]:
    return {PREFIX + name: value for name, value in values.items()}


KANNEL = {
    "KANNEL_URL": "http://127.0.0.1:13013",
    "KANNEL_USERNAME": "u",
    "KANNEL_PASSWORD": "p",
    "KANNEL_SENDER": "38100",
    "KANNEL_SECRET": "s",
}


def test_every_variable_has_a_field_a_default_and_a_sentence() -> None:
    assert [variable.name.lower() for variable in VARIABLES] == [field.name for field in fields(Settings)]
    assert all(variable.sentence.endswith(".") for variable in VARIABLES)


def test_the_defaults_serve_without_anything_written() -> None:
    found = read({})
    assert found.host == "127.0.0.1"
    assert found.port == 8080
    assert found.database_url.startswith("sqlite:///")
    assert found.languages == ("fr", "en")
    assert found.timezone == ZoneInfo("Europe/Paris")
    assert found.undo == timedelta(seconds=10)
    assert found.telegram_mode == "polling"
    assert not found.simulator
    assert found.desk_port is None


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    lines = (
        "# ours",
        "",
        "export ALLERVERS_PORT=9000",
        'ALLERVERS_CITY="Ville de Sorlac"',
        "OTHER='x'",
        "ALLERVERS_LOG=debug # loud",
        'ALLERVERS_PHONE="3900" # ours',
    )
    file.write_text("\n".join(lines), encoding="utf-8")
    found = read(given_(PORT="9001"), file)
    assert (found.port, found.city, found.log, found.phone) == (9001, "Ville de Sorlac", "debug", "3900")
    assert read({}, tmp_path / "absent").port == 8080


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("ALLERVERS_TELEGRAM_TOKN=1:a", "did you mean ALLERVERS_TELEGRAM_TOKEN?"),
        ("ALLERVERS_PORT", "write NAME=value"),
        ('ALLERVERS_CITY="Nan', 'opens with " and does not close'),
        ("ALLERVERS_CITY='Nantes\" # ours", "opens with ' and does not close"),
    ],
)
def test_a_line_that_means_nothing_is_told_with_its_number(tmp_path: Path, line: str, said: str) -> None:
    file = tmp_path / ".env"
    file.write_text(f"ALLERVERS_HOST=127.0.0.1\n{line}\n", encoding="utf-8")
    with pytest.raises(SettingTrouble, match="line 2") as caught:
        read({}, file)
    assert said in str(caught.value)


def test_a_file_that_is_no_text_is_told(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"ALLERVERS_CITY=\xff\xfe")
    with pytest.raises(SettingTrouble, match="can't be read"):
        read({}, tmp_path / ".env")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "0"),
        ("PORT", "99999"),
        ("PORT", "huit"),
        ("DESK_PORT", "-1"),
        ("DATABASE_URL", "mysql://root:hunter2@db/x"),
        ("DATABASE_URL", "postgresql://root:hunter2@db:port/x"),
        ("PUBLIC_URL", "dialogue.ville.fr"),
        ("PUBLIC_URL", "http://x:99999"),
        ("TIMEZONE", "Europe/Nantes"),
        ("TERRITORY", "BE"),
        ("LANGUAGES", "français"),
        ("LANGUAGES", ","),
        ("LANGUAGES", "fr,xx"),
        ("CITY_SMS", "Besançon"),
        ("CITY_SMS", "Ville de Saint-Herblain"),
        ("TELEGRAM_NAME", "le bot"),
        ("TELEGRAM_TOKEN", "hunter2 hunter2"),
        ("TELEGRAM_MODE", "push"),
        ("TELEGRAM_SECRET", "hunter2 é"),
        ("TELEGRAM_RATE", "0"),
        ("TELEGRAM_RATE", "nan"),
        ("KANNEL_RATE", "fast"),
        ("KANNEL_SENDER", "06 12 34 56 78"),
        ("KANNEL_SENDER", "+33 7 12 34 56 78"),
        ("KANNEL_SENDER", "Mairie de Saint-Herblain"),
        ("SMTP_URL", "mail:hunter2@x"),
        ("OIDC_ISSUER", "http://idp.ville.example"),
        ("OIDC_ISSUER", "idp"),
        ("PROXY_URL", "proxy:3128"),
        ("SIMULATOR", "peut-être"),
        ("CLOCK", "tomorrow"),
        ("UNDO_SECONDS", "-1"),
        ("SMS_PRICE", "cher"),
        ("SMS_BUDGET", "-5"),
        ("SMS_ANSWER_HOURS", "deux jours"),
        ("POLLING_DAYS", "12/03/2028"),
        ("LOG", "loud"),
        ("CITY", "a\x00b"),
    ],
)
def test_a_wrong_value_stops_with_one_line_that_names_the_variable_and_no_secret(name: str, value: str) -> None:
    with pytest.raises(SettingTrouble) as caught:
        read(given_(**{name: value}))
    message = str(caught.value)
    assert message.startswith(PREFIX + name)
    assert "\n" not in message
    assert "hunter2" not in message
    assert "write" in message or "signed" in message


@pytest.mark.parametrize("missing", ["KANNEL_USERNAME", "KANNEL_PASSWORD", "KANNEL_SENDER", "KANNEL_SECRET"])
def test_half_a_gateway_is_refused(missing: str) -> None:
    assert read(given_(**KANNEL)).kannel_sender == "38100"
    with pytest.raises(SettingTrouble, match=PREFIX + missing):
        read(given_(**{name: value for name, value in KANNEL.items() if name != missing}))


@pytest.mark.parametrize("sender", ["38100", "36111", "+33 9 37 00 00 00", "09 38 12 34 56", "VilleNantes", "3646"])
def test_senders_that_may_write_in_france(sender: str) -> None:
    assert read(given_(**KANNEL | {"KANNEL_SENDER": sender})).kannel_sender


def test_an_address_of_the_desk_needs_a_port_of_its_own() -> None:
    with pytest.raises(SettingTrouble, match="ALLERVERS_DESK_PORT"):
        read(given_(DESK_HOST="127.0.0.2"))
    assert read(given_(DESK_HOST="127.0.0.2", DESK_PORT="8081")).desk_port == 8081


def test_the_pages_are_where_the_service_listens_until_somebody_says_otherwise() -> None:
    here = read(given_(PORT="9000"))
    assert (here.public_url, here.is_public) == ("http://127.0.0.1:9000", False)
    assert read(given_(PUBLIC_URL="https://dialogue.ville.example/")).is_public


def test_only_a_demonstration_moves_its_clock() -> None:
    with pytest.raises(SettingTrouble, match="CLOCK"):
        read(given_(CLOCK="30d"))
    assert read(given_(CLOCK="30d", SIMULATOR="1")).clock == timedelta(days=30)
    assert read(given_(CLOCK="-2h", SIMULATOR="on")).clock == timedelta(hours=-2)
    assert read(given_(CLOCK="90", SIMULATOR="on")).clock == timedelta(seconds=90)
    assert read(given_(CLOCK="0")).clock == timedelta()


def test_a_webhook_needs_a_secret_and_https() -> None:
    with pytest.raises(SettingTrouble, match="TELEGRAM_SECRET"):
        read(given_(TELEGRAM_TOKEN="1:a", TELEGRAM_MODE="webhook"))
    with pytest.raises(SettingTrouble, match="PUBLIC_URL"):
        read(given_(TELEGRAM_TOKEN="1:a", TELEGRAM_MODE="webhook", TELEGRAM_SECRET="x"))
    local = read(given_(TELEGRAM_TOKEN="1:a", TELEGRAM_MODE="webhook", TELEGRAM_SECRET="x", TELEGRAM_API_URL="http://127.0.0.1:9000/"))
    assert local.telegram_api_url == "http://127.0.0.1:9000"
    assert read(given_(TELEGRAM_MODE="webhook")).telegram_token == ""


def test_the_city_signs_its_sms_with_its_name_when_that_fits() -> None:
    assert read(given_(CITY="Ville de Nantes")).city_sms == "Ville de Nantes"
    assert read(given_(CITY="Ville de Besançon")).city_sms == ""
    assert read(given_(CITY="Ville de Besançon", CITY_SMS="Besancon")).city_sms == "Besancon"


def test_no_secret_is_shown() -> None:
    secrets = {variable.name: f"hunter2{at}" for at, variable in enumerate(VARIABLES) if variable.secret}
    secrets["DATABASE_URL"] = "postgresql://user:hunter2@db/x"
    secrets["SMTP_URL"] = "smtp://user:hunter2@mail:25"
    secrets["PROXY_URL"] = "http://user:hunter2@proxy:3128"
    found = read(given_(**secrets))
    assert found.telegram_token.startswith("hunter2")
    assert "hunter2" not in repr(found)
    assert "hunter2" not in str(found)


def test_a_language_waits_for_a_named_reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readers, "_LOCALES", tmp_path)
    file = tmp_path / "ar" / "LC_MESSAGES" / "messages.po"
    file.parent.mkdir(parents=True)
    file.write_text('msgid ""\nmsgstr ""\n"Language: ar\\n"\n', encoding="utf-8")
    with pytest.raises(SettingTrouble, match="nobody has signed"):
        read(given_(LANGUAGES="fr,ar"))
    file.write_text('msgid ""\nmsgstr ""\n"Language: ar\\n"\n"X-Read-By: A. Reader, 2027-01-04\\n"\n', encoding="utf-8")
    assert read(given_(LANGUAGES="fr,ar")).languages == ("fr", "ar")


def test_each_territory_has_its_holidays() -> None:
    assert set(readers._TERRITORIES) <= set(hours.TERRITORIES)


@given(st.text(alphabet=st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=60).map(str.strip))
def test_what_is_quoted_is_read_back(value: str) -> None:
    assert settings.unquote(settings.quote(value)) == value


def test_the_variables_of_the_design_are_all_there() -> None:
    names = {variable.name for variable in VARIABLES}
    wanted = [
        "DATABASE_URL",
        "KEY_FILE",
        "PUBLIC_URL",
        "HOST",
        "PORT",
        "DESK_HOST",
        "DESK_PORT",
        "TIMEZONE",
        "LANGUAGES",
        "CITY",
        "CITY_SMS",
        "CONTROLLER",
        "DPO",
        "LEGAL_BASIS",
        "TELEGRAM_TOKEN",
        "TELEGRAM_MODE",
        "TELEGRAM_API_URL",
        "TELEGRAM_SECRET",
        "TELEGRAM_RATE",
        "KANNEL_URL",
        "KANNEL_USERNAME",
        "KANNEL_PASSWORD",
        "KANNEL_SENDER",
        "KANNEL_SECRET",
        "KANNEL_RATE",
        "SMTP_URL",
        "OIDC_ISSUER",
        "OIDC_CLIENT_ID",
        "OIDC_CLIENT_SECRET",
        "PROXY_URL",
        "SIMULATOR",
        "CLOCK",
        "UNDO_SECONDS",
        "METRICS_TOKEN",
        "LOG",
    ]
    assert set(wanted) <= names
