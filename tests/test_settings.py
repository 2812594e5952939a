"""The configuration: every fault named at once, nothing lost in silence, the example documented and usable."""

from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from pydantic import BaseModel

from config.building import PROMISE_DAYS, calendar_of, make_key_file, office_of
from config.check import check_file
from config.check_mail import is_loopback
from config.settings import Settings, load, secret
from config.texts import Texts

EXAMPLE = Path(__file__).parent.parent / "config" / "service.toml"
SV = Texts("sv", ZoneInfo("Europe/Stockholm"))
TODAY = date(2026, 11, 16)


@pytest.fixture
def example(tmp_path: Path) -> Path:
    """The documented example with a key, the rest as it stands."""
    (tmp_path / "key").write_text("x" * 32)
    config = tmp_path / "service.toml"
    config.write_text(EXAMPLE.read_text().replace("var/key", f"{tmp_path}/key"))
    return config


def _faults(config: Path) -> list[str]:
    return [one.text for one in check_file(config, SV, TODAY)[1] if one.fault]


def _change(config: Path, *changes: tuple[str, str]) -> Path:
    text = config.read_text()
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    config.write_text(text)
    return config


def test_the_example_has_no_fault_and_says_what_is_missing(example: Path) -> None:
    assert _faults(example) == []
    warnings = [one.text for one in check_file(example, SV, TODAY)[1]]
    assert [text.split(" ")[0] for text in warnings] == ["mail.trusted_host", "mail.admin"]


def test_every_setting_stands_in_the_example(example: Path) -> None:
    text = EXAMPLE.read_text()

    def names(model: type[BaseModel]) -> set[str]:
        found = set()
        for name, field in model.model_fields.items():
            found.add(name)
            for inner in [field.annotation, *getattr(field.annotation, "__args__", ())]:
                if isinstance(inner, type) and issubclass(inner, BaseModel):
                    found |= names(inner)
        return found

    # Secrets are documented where they belong: in the environment, or as the key with _file.
    missing = {name for name in names(Settings) if name not in text} - {"password", "access_token", "ca_file", "key"}
    assert missing == set()


def test_every_fault_is_named_at_once(example: Path) -> None:
    _change(
        example, ("trusted_host =", "trusted_hst ="), ("port = 25\n", "port = 99999\n"), ('id = "bo"', 'idd = "bo"'),
        ('monday = ["08:00-16:30"]', 'monday = ["8-16"]'), ('tls = "none"', 'tls = "maybe"'),
        ("require_tls = false", 'require_tls = "kanske"'),
    )  # fmt: skip
    faults = "\n".join(_faults(example))
    for words in (
        "officers.2.id saknas", "officers.2.idd är en okänd inställning. Menade du id?",
        "mail.trusted_hst är en okänd inställning. Menade du trusted_host?", "mail.relay.port", "högst 65535",
        "calendar.1.week.monday.1", "08:00-16:30", "mail.relay.tls", "starttls", "mail.listen.require_tls",
    ):  # fmt: skip
        assert words in faults


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (('units = ["kontaktcenter"]', 'units = ["bygg"]'), "hör till enheten bygg, som inte finns"),
        (('id = "bo"', 'id = "anna"'), "anna står två gånger"),
        (("\n[mail.relay]", '\n[mail.relay]\nca_file = "/nowhere/ca.pem"'), "/nowhere/ca.pem finns inte"),
        (("require_tls = false", "require_tls = true"), "kräver tls_certificate"),
        (('host = "127.0.0.1"\nport = 25', 'host = "smtp.example.org"\nport = 25'), "går mejlen oskyddade"),
        (('auth = "none"', 'auth = "password"'), "mail.relay.password saknas"),
        (('address = "kontakt@kommun.example"', 'address = "kontakt och annat@kommun.example"'), "units.1.address"),
        (("ordinary_day_minutes = 510", "ordinary_day_minutes = 0"), "ordinary_day_minutes"),
        (('monday = ["08:00-16:30"]', 'monday = ["08:00-16:30", "09:00-10:00"]'), "Öppettiderna stämmer inte"),
    ],
)
def test_each_fault_in_plain_words(example: Path, change: tuple[str, str], words: str) -> None:
    assert words in "\n".join(_faults(_change(example, change)))


def test_a_missing_file_a_missing_key_and_bad_toml_are_said(tmp_path: Path, example: Path) -> None:
    assert "finns inte" in _faults(tmp_path / "nowhere.toml")[0]
    assert "TOML" in _faults(_change(example, ("[municipality]", "[municipality")))[0]
    assert _faults(EXAMPLE) == ["Filen för secrets.key går inte att läsa."]


def test_the_environment_wins_over_the_file(example: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KOMMUNSVAR_MAIL__RELAY__HOST", "smtp.kommun.example")
    monkeypatch.setenv("DATABASE_URL", "postgresql://somewhere/else")
    assert load(example).mail.relay.host == "smtp.kommun.example"
    assert load(example).mail.relay.port == 25
    assert load(example).database.url == "postgresql://somewhere/else"
    alone = load(example, environment=False)
    assert (alone.mail.relay.host, alone.database.url) == ("127.0.0.1", "sqlite:///var/kommunsvar.db")


def test_secrets_are_not_shown(example: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KOMMUNSVAR_MAIL__RELAY__PASSWORD", "hemligt-losenord")
    settings = load(example)
    assert "hemligt-losenord" not in repr(settings)
    assert secret(settings.mail.relay.password, None) == "hemligt-losenord"


def test_an_office_is_built_with_promises_for_every_kind(example: Path) -> None:
    office = office_of(load(example), "mark")
    assert office.promises == PROMISE_DAYS
    assert office.unit_at(("x@y", "Kontakt+c-1@Kommun.example")).id == "kontaktcenter"
    assert office.accepts("KONTAKT+anything@kommun.example")
    assert office.accepts("postmaster@kommun.example")
    assert not office.accepts("kontakt@other.example")
    assert calendar_of(load(example)).versions[0].ordinary_day_minutes == 510


def test_a_key_file_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "deep" / "key"
    make_key_file(file)
    key = file.read_text()
    make_key_file(file)
    assert file.read_text() == key
    assert len(key.strip()) >= 43
    assert file.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(("host", "here"), [("127.0.0.1", True), ("::1", True), ("localhost", True), ("a.b", False)])
def test_what_this_machine_is(host: str, here: bool) -> None:
    assert is_loopback(host) is here
