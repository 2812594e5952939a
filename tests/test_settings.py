"""The configuration: every fault named at once, nothing lost in silence, the example documented and usable."""

import re
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from pydantic import BaseModel

from config.building import PROMISE_DAYS, calendar_of, make_key_file, office_of
from config.check import check_file
from config.check_mail import is_loopback
from config.settings import COMMAND_VARIABLES, Settings, load, secret
from config.texts import Texts
from tests.certificates import make_certificates

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


UNIT, ANNA, LISTEN = 'address = "kontakt@kommun.example"', 'email = "anna@kommun.example"', "[mail.listen]"
NOT_AN_ADDRESS = "ska vara en enda adress"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ((ANNA, 'email = "kontakt@kommun.example"'), "anna har en enhets adress"),
        ((ANNA, 'email = "Kontakt+anna@Kommun.example"'), "anna har en enhets adress"),
        ((ANNA, 'email = "anna,bo@kommun.example"'), f"E-postadressen för anna {NOT_AN_ADDRESS}"),
        ((ANNA, 'email = "anna@kommun.example,bo"'), f"E-postadressen för anna {NOT_AN_ADDRESS}"),
        ((ANNA, 'email = "anna@kommun.example;"'), f"E-postadressen för anna {NOT_AN_ADDRESS}"),
        ((ANNA, 'email = "anna..x@kommun.example"'), f"E-postadressen för anna {NOT_AN_ADDRESS}"),
        (('admin = ""', 'admin = "drift"'), f"mail.admin {NOT_AN_ADDRESS}"),
        (('admin = ""', 'admin = " "'), f"mail.admin {NOT_AN_ADDRESS}"),
        (('admin = ""', 'admin = "KONTAKT+x@kommun.example"'), "mail.admin är en enhets adress"),
        ((UNIT, 'address = "k@a..b"'), "k@a..b för enheten kontaktcenter är inte rätt skriven"),
        ((UNIT, 'address = ".@-"'), ".@- för enheten kontaktcenter är inte rätt skriven"),
        ((UNIT, 'address = "k@a.b."'), "k@a.b. för enheten kontaktcenter är inte rätt skriven"),
        ((UNIT, 'address = "k..k@a.b"'), "k..k@a.b för enheten kontaktcenter är inte rätt skriven"),
        (('8025\n# lmtp_port = 8024\nhostname = "localhost"', '8025\nhostname = ""'), "mail.listen.hostname ska"),
        (('tls = "none"\nhostname = "localhost"', 'tls = "none"\nhostname = "växjö"'), "mail.relay.hostname ska"),
        (('tls = "none"\nhostname = "localhost"', 'tls = "none"\nhostname = "a b"'), "mail.relay.hostname ska"),
        (("# lmtp_port = 8024", "lmtp_port = 8025"), "får inte vara samma"),
        (("max_count = 100", "max_count = 101"), "mail.files.max_count"),
        ((f'{LISTEN}\n', f'{LISTEN}\nhost = "mejl.kommun.example"\n#'), "mail.listen.host ska"),
        (('trusted_host = ""', 'trusted_host = "https://mx.kommun.example/"'), "mail.trusted_host ska"),
        (('trusted_host = ""', 'trusted_host = " "'), "mail.trusted_host ska"),
        (('name = "Exempel kommun"', 'name = "  "'), "municipality.name går inte att använda: det får inte vara tomt"),
        (('name = "Kontaktcenter"', 'name = " "'), "units.1.name går inte att använda: det får inte vara tomt"),
        (('name = "Anna Exempel"', 'name = "\\t"'), "officers.1.name går inte att använda: det får inte vara tomt"),
        (("sqlite:///var/kommunsvar.db", "garbage"), "database.url ska se ut som"),
        (("sqlite:///var/kommunsvar.db", "postgresql://a@b:port/c"), "database.url ska se ut som"),
        (("sqlite:///var/kommunsvar.db", "postgresql://a@b:99999/c"), "database.url ska se ut som"),
        (("sqlite:///var/kommunsvar.db", "mysql://a/b"), "mysql går inte att använda"),
        (("sqlite:///var/kommunsvar.db", "sqlite://"), "database.url ska namnge en fil"),
        (("sqlite:///var/kommunsvar.db", "sqlite:///:memory:"), "database.url ska namnge en fil"),
        (("sqlite:///var/kommunsvar.db", "sqlite:////"), "database.url ska namnge en fil"),
        (('tls = "none"\nhostname', 'tls = "none"\nauth = "password"\nusername = "u"\n#'), "kräver tls"),
    ],
)  # fmt: skip
def test_each_misleading_value_in_plain_words(example: Path, change: tuple[str, str], words: str) -> None:
    if "auth =" in change[1]:
        _change(example, ('auth = "none"\nusername = ""', ""))
    if change[0] == f"{LISTEN}\n":
        _change(example, ('host = "127.0.0.1"\nport = 8025', "port = 8025"))
    assert words in "\n".join(_faults(_change(example, change)))


def test_misleading_values_are_named_all_at_once(example: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KOMMUNSVAR_MALI__RELAY", "x")
    _change(
        example, (ANNA, 'email = "kontakt@kommun.example"'), ('admin = ""', 'admin = "x"'),
        ("# lmtp_port = 8024", "lmtp_port = 8025"), ("sqlite:///var/kommunsvar.db", "mysql://a/b"),
    )  # fmt: skip
    assert len(_faults(example)) == 5


@pytest.mark.parametrize(
    "change",
    [
        ('admin = ""', 'admin = "drift+larm@växjö.example"'),
        ('trusted_host = ""', 'trusted_host = "MX.kommun.example."'),
        ('host = "127.0.0.1"\nport = 8025', 'host = "::"\nport = 8025'),
        ("8025\n# lmtp_port = 8024", "0\nlmtp_port = 0"), ("sqlite:///var/kommunsvar.db", "postgres://a@b:5432/c"),
        ("sqlite:///var/kommunsvar.db", "sqlite+aiosqlite:///x.db"),
    ],
)  # fmt: skip
def test_what_is_right_is_no_fault(example: Path, change: tuple[str, str]) -> None:
    assert _faults(_change(example, change)) == []


def _with_tls(example: Path, certificate: str, key: str) -> list[str]:
    lines = f'tls_certificate = "{certificate}"\ntls_key = "{key}"'
    return _faults(_change(example, ("require_tls = false", lines)))


def test_files_for_tls_are_tried_and_the_faulty_one_named(example: Path, tmp_path: Path) -> None:
    good, other = tmp_path / "good", tmp_path / "other"
    good.mkdir()
    other.mkdir()
    ours, theirs = make_certificates(good), make_certificates(other)
    rubbish = tmp_path / "rubbish.pem"
    rubbish.write_text("-----BEGIN CERTIFICATE-----\nrubbish\n-----END CERTIFICATE-----\n")
    text = example.read_text()
    for certificate, key, faults in (
        (ours.cert_file, ours.key_file, []),
        (str(rubbish), ours.key_file, [f"Filen {rubbish} går inte att använda som certifikat."]),
        (ours.cert_file, str(rubbish), [f"Filen {rubbish} går inte att använda som nyckel utan lösenord."]),
        (ours.cert_file, theirs.key_file,
         [f"Nyckeln {theirs.key_file} hör inte till certifikatet {ours.cert_file}."]),
    ):  # fmt: skip
        example.write_text(text)
        assert _with_tls(example, certificate, key) == faults
    example.write_text(text)
    _change(example, ("\n[mail.relay]", f'\n[mail.relay]\nca_file = "{rubbish}"'))
    assert _faults(example) == [f"Filen {rubbish} går inte att använda som certifikat."]


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("KOMMUNSVAR_MALI__RELAY", "x", "MALI__RELAY är en okänd inställning. Menade du KOMMUNSVAR_MAIL__RELAY?"),
        ("KOMMUNSVAR_DATABASE_URL", "x", "Menade du KOMMUNSVAR_DATABASE__URL?"),
        ("KOMMUNSVAR_QQQQQQ", "x", "KOMMUNSVAR_QQQQQQ är en okänd inställning."),
        ("KOMMUNSVAR_MAIL__RELAI__HOST", "x", "mail.relai är en okänd inställning. Menade du relay?"),
        ("KOMMUNSVAR_OFFICERS", "[x", "officers går inte att använda: det ska vara en lista"),
        ("KOMMUNSVAR_MAIL", "[x", "mail går inte att använda: det ska vara en sektion"),
        ("KOMMUNSVAR_MAIL__LISTEN", "{", "mail.listen går inte att använda: det ska vara en sektion"),
        ("DATABASE_URL", "garbage", "database.url ska se ut som"),
    ],
)  # fmt: skip
def test_faults_of_the_environment(
    example: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str, words: str
) -> None:
    monkeypatch.setenv("KOMMUNSVAR_CONFIG", str(example))
    assert _faults(example) == []
    monkeypatch.setenv(name, value)
    faults = _faults(example)
    assert len(faults) == 1
    assert words in faults[0]


def test_variables_of_commands_are_no_settings(example: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sources = "".join(one.read_text() for one in (EXAMPLE.parent.parent / "commands").glob("*.py"))
    named = set(re.findall(r'envvar="KOMMUNSVAR_(\w+)"', sources))
    assert named == COMMAND_VARIABLES
    for one in named - {"CONFIG"}:
        monkeypatch.setenv(f"KOMMUNSVAR_{one}", "kvalitetschef")
    assert _faults(example) == []


def test_a_list_may_come_from_the_environment(example: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KOMMUNSVAR_MUNICIPALITY__OTHER_WAYS", '["Ring oss"]')
    assert load(example).municipality.other_ways == ("Ring oss",)


@pytest.mark.parametrize(
    ("today", "words"),
    [(date(2023, 12, 31), "Inga öppettider gäller än, bara från 2024-01-01."), (date(2024, 1, 1), "")],
)
def test_opening_hours_that_do_not_apply_yet_are_a_warning(example: Path, today: date, words: str) -> None:
    findings = [one for one in check_file(example, SV, today)[1] if "öppettider" in one.text]
    assert [one.fault for one in findings] == ([False] if words else [])
    assert all(words in one.text for one in findings)


def test_a_planned_change_of_hours_is_mentioned(example: Path) -> None:
    text = example.read_text()
    later = text[text.index("\n[[calendar]]") :].replace("2024-01-01", "2027-01-01")
    example.write_text(f"{text}\n{later}")
    assert _faults(example) == []
    assert "Kalendern från 2027-01-01 gäller inte än." in [one.text for one in check_file(example, SV, TODAY)[1]]


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
