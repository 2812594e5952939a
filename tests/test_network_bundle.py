"""A bundle is signed, opened only from whom we trust, and refused in clear words when anything is wrong with it."""

import hashlib
import json
import stat
from base64 import b64encode
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import given
from hypothesis import strategies as st

from config.texts import Texts
from measurement.measures import Unit
from measurement.network.bundle import Attachment, Bundle, Contact, Practice, SurveyTold, Total, WeekValue
from measurement.network.bundle_check import faults_of
from measurement.network.envelope import MOST_JSON, BundleFault
from measurement.network.members import id_of, in_order, is_municipality, municipalities
from measurement.network.sealed import Opened, TrustedKey, open_sealed, read_kept, seal
from measurement.network.signing import (
    KeyFault,
    canonical,
    checked_public,
    fingerprint,
    own_key,
    public_of,
    same_fingerprint,
    sign,
)
from tests.network_town import MADE, bundle_of, even_told

TEXTS = Texts("sv", ZoneInfo("Europe/Stockholm"))
NOW = MADE + timedelta(hours=1)
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER = Ed25519PrivateKey.from_private_bytes(bytes(32))
HANDBOOK = b"%PDF-1.7 handbok"


def trusted(municipality: str = "0160", key: Ed25519PrivateKey = KEY, name: str = "Täby") -> TrustedKey:
    return TrustedKey(municipality=municipality, name=name, key=public_of(key), by="kvalitetsledaren", at=MADE)


def bundle() -> Bundle:
    attached = Attachment(name="Handbok.pdf", title="Handbok", digest=hashlib.sha256(HANDBOOK).hexdigest(),
                          content=b64encode(HANDBOOK).decode())  # fmt: skip
    return bundle_of("0160", (even_told(0.9, 50), even_told(0.8, 20, "reception.good")), attachments=(attached,))


def opened(content: bytes, *keys: TrustedKey) -> Opened:
    return open_sealed(content, keys or (trusted(),), NOW, TEXTS)


def refused(content: bytes, *keys: TrustedKey) -> str:
    with pytest.raises(BundleFault) as caught:
        open_sealed(content, keys or (trusted(),), NOW, TEXTS)
    return " ".join(caught.value.faults)


def test_what_was_sealed_comes_out_again() -> None:
    content = seal(bundle(), KEY)
    found = opened(content)
    assert found.bundle == bundle()
    assert found.key == public_of(KEY)
    signed_words = canonical(json.loads(content)["bundle"])
    assert found.digest == hashlib.sha256(public_of(KEY).encode() + b"\n" + signed_words).hexdigest()
    assert read_kept(found.content) == bundle()
    # The same bundle and key give the same bytes; a line break at the end, as mail adds, changes nothing.
    assert seal(bundle(), KEY) == content
    assert opened(content + b"\r\n").digest == found.digest


def test_no_person_unit_or_case_has_a_place_in_it() -> None:
    told = json.loads(seal(bundle(), KEY))["bundle"]
    assert sorted(told) == [
        "attachments", "channels", "contact", "first", "hours", "last", "made_at", "measures", "municipality", "name",
        "phone_seconds", "practices", "rule", "survey", "threshold",
    ]  # fmt: skip
    assert sorted(told["measures"][0]["weeks"][0]) == ["denominator", "n", "numerator", "value", "week"]


@given(st.data())
def test_any_changed_byte_is_refused(data: st.DataObject) -> None:
    content = seal(bundle(), KEY)
    place = data.draw(st.integers(0, len(content) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda one: one != content[place]))
    changed = content[:place] + bytes([byte]) + content[place + 1 :]
    # White space at either end is none of the file's.
    if changed.strip() != content:
        assert refused(changed)


def test_a_changed_figure_says_that_the_signature_is_wrong() -> None:
    content = seal(bundle(), KEY).replace(b'"n": 50', b'"n": 51', 1)
    assert refused(content) == ("Signaturen stämmer inte: filen har ändrats efter att den skrevs under. Be om en ny.")


def test_the_same_signature_in_other_letters_is_another() -> None:
    # The last letter before == has four bits that base64 does not use: g, h, i … stand for the same bytes.
    content = seal(bundle(), KEY)
    signature = json.loads(content)["signature"]
    at = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".index(signature[-3])
    other = signature[:-3] + "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"[at ^ 1] + "=="
    assert "Signaturen stämmer inte" in refused(content.replace(signature.encode(), other.encode()))


def test_a_large_file_is_turned_away_before_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object, **__: object) -> None:
        raise AssertionError("it was read")

    zeros = b",\n  ".join([b"0"] * (MOST_JSON // 4))
    wrapped = b'{\n "bundle": [\n  ' + zeros + b"\n ]" + seal(bundle(), KEY)[-230:]
    monkeypatch.setattr("json.loads", never)
    assert "inget nätverkspaket" in refused(b"[" + b"0," * 10**6 + b"0]")
    assert "inget nätverkspaket" in refused(b'{\n "bundle": [\n  ' + zeros)
    assert "Signaturen" in refused(wrapped[:10_000] + seal(bundle(), KEY)[-260:])
    tail = seal(bundle(), KEY)[seal(bundle(), KEY).rindex(b',\n "form"') :]
    assert "för stor" in refused(b'{\n "bundle": [\n  ' + zeros + b",\n  0" * 10**5 + b"\n ]" + tail)
    # A key that nobody trusts: what it signed is not read either.
    assert "ingen nyckel" in refused(seal(bundle(), OTHER), trusted("0115", KEY, "Vallentuna"))


def test_whom_we_do_not_trust_is_named_with_the_fingerprint() -> None:
    content = seal(bundle(), KEY)
    said = refused(content, trusted("0115", OTHER, "Vallentuna"))
    assert "ingen nyckel som vi litar på för Täby (0160)" in said
    assert fingerprint(public_of(KEY)) in said
    assert "network trust 0160" in said
    assert "annan nyckel" in refused(content, trusted(key=OTHER))


def test_nobody_signs_for_another_municipality() -> None:
    said = refused(seal(bundle(), KEY), trusted("0115", KEY, "Vallentuna"), trusted(key=OTHER))
    assert said == "Paketet säger sig komma från Täby (0160), men är underskrivet med Vallentunas nyckel."


def test_nobody_calls_itself_anything_else_than_it_was_trusted_as() -> None:
    finnish = replace(bundle(), municipality="049", name="Vallentuna")
    said = refused(seal(finnish, KEY), trusted("049", KEY, "Esbo"))
    assert "kallar sig Vallentuna, men nyckeln är betrodd som Esbo (049)" in said
    assert opened(seal(replace(finnish, name="Esbo"), KEY), trusted("049", KEY, "Esbo")).bundle.name == "Esbo"


def test_what_steers_a_terminal_is_not_repeated_from_a_stranger() -> None:
    content = seal(replace(bundle(), name="\x1b[2JTäby"), OTHER)
    assert "\x1b" not in refused(content, trusted())


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "inget nätverkspaket"),
        (b"\xff\xfe\x00", "inget nätverkspaket"),
        (b"[1, 2]", "inget nätverkspaket"),
        (b"[" * 100_000, "inget nätverkspaket"),
        (b'{"form": "kommunsvar-network-bundle", "version": NaN}', "inget nätverkspaket"),
        (b'{"form": "kommunsvar-network-bundle", "version": 1}', "inget nätverkspaket"),
        (b'{"form": "kommunsvar-network-bundle", "version": 2, "new": "things"}', "form 2). Den här läser form 1"),
    ],
    ids=["empty", "binary", "list", "deep", "nan", "no bundle", "future"],
)
def test_what_is_no_bundle_is_told_so(content: bytes, said: str) -> None:
    assert said in refused(content)


def signed(told: dict[str, Any]) -> bytes:
    return canonical({"form": "kommunsvar-network-bundle", "version": 1, "key": public_of(KEY),
                      "signature": sign(KEY, canonical(told)), "bundle": told})  # fmt: skip


def test_fields_are_named_when_they_cannot_be_read() -> None:
    told = json.loads(seal(bundle(), KEY))["bundle"]
    assert refused(signed({**told, "phone_seconds": "60"})) == "Fältet phone_seconds går inte att läsa."
    assert refused(signed({**told, "rule": "whenever"})) == "Fältet rule går inte att läsa."
    told["measures"][1]["weeks"][2]["n"] = None
    assert refused(signed(told)) == "Fältet measures.1.weeks.2.n går inte att läsa."


@pytest.mark.parametrize("place", ["n", "phone_seconds", "channels", "open_minutes", "invited"])
@pytest.mark.parametrize("number", [10**9, 10**18, 10**400, -(10**400)])
def test_absurd_numbers_are_refused_in_words(place: str, number: int) -> None:
    told = json.loads(seal(bundle(), KEY))["bundle"]
    week = told["measures"][0]["weeks"][0]
    inside = {"n": week, "phone_seconds": told, "channels": told["channels"], "open_minutes": told["hours"],
              "invited": told["survey"]}[place]  # fmt: skip
    inside["mail" if place == "channels" else place] = number
    assert "är orimligt stort." in refused(signed(told))


def test_fields_that_we_do_not_know_are_not_passed_over() -> None:
    told = json.loads(seal(bundle(), KEY))["bundle"]
    assert "fält som den här versionen" in refused(signed({**told, "officers": ["anna"]}))


def _week(**changes: Any) -> Callable[[Bundle], Bundle]:
    """Return a change of the third week of the first measure."""

    def change(one: Bundle) -> Bundle:
        measure = one.measures[0]
        weeks = list(measure.weeks)
        weeks[2] = replace(weeks[2], **changes)
        return replace(one, measures=(replace(measure, weeks=tuple(weeks)), *one.measures[1:]))

    return change


def _measure(**changes: Any) -> Callable[[Bundle], Bundle]:
    return lambda one: replace(one, measures=(replace(one.measures[0], **changes), *one.measures[1:]))


def _plain(**changes: Any) -> Callable[[Bundle], Bundle]:
    return lambda one: replace(one, **changes)


def _attached(**changes: Any) -> Callable[[Bundle], Bundle]:
    return lambda one: replace(one, attachments=(replace(one.attachments[0], **changes),))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_plain(municipality="9999"), "Ingen kommun har numret 9999"),
        (_plain(municipality="0115"), "Nummer 0115 är Vallentuna, inte Täby"),
        (_plain(first="2026-W27", last="2026-W02"), "går baklänges"),
        (_plain(first="2026-W54"), "är inga veckor"),
        (_plain(first="2020-W01"), "längre än två år"),
        (_plain(last="2026-W40"), "efter att paketet gjordes"),
        (_plain(made_at=NOW + timedelta(days=2)), "i framtiden"),
        (_plain(made_at=datetime(2026, 8, 17)), "ingen tidszon"),
        (_plain(threshold=5), "Gränsen för små tal är 5"),
        (_plain(phone_seconds=0), "direkt svar i telefon"),
        (_plain(made_at=datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)), "gjort 9999-12-31 23:59. Det är i framtiden"),
        (_plain(first="9999-W01", last="9999-W52"), "efter att paketet gjordes"),
        (_plain(threshold=31), "I nätverket är den 10 till 30"),
        (_plain(channels={"mail": 9}), "mindre än 10"),
        (_plain(channels={"mail": 27 * 10**6}), "orimligt stort"),
        (_plain(survey=SurveyTold(invited=30, delivered=20, answered=9)), "färre svar än 10"),
        (_plain(name="Täby\n– Vallentuna"), "namn som inte går att visa"),
        (_plain(name="Täby\u200b"), "namn som inte går att visa"),
        (_plain(name="Täby\u061c"), "namn som inte går att visa"),
        (_plain(practices=(Practice(measure="", text="a\u200fb"),)), "En beskrivning är tom"),
        (_plain(practices=tuple(Practice(measure=f"m{at}", text="x" * 3800) for at in range(4))), "högst 12000 tecken"),
        (_plain(practices=(Practice(measure="", text="x"), Practice(measure="", text="y"))), "två beskrivningar"),
        (_week(n=2 * 10**6, denominator=2 * 10**6, numerator=2 * 10**6, value=1.0), "talen går inte ihop"),
        (_measure(weeks=(), withheld=26), "summan stämmer inte"),
        (_plain(contact=Contact(role="kvalitetsledare", address="ring mig")), "ingen roll med en e-postadress"),
        (_plain(practices=(Practice(measure="", text="\x1b[2J"),)), "En beskrivning är tom"),
        (_week(n=9, denominator=9, numerator=9, value=1.0), "2026-W04: talet är mindre än 10"),
        (_week(numerator=51), "2026-W04: talen går inte ihop"),
        (_week(value=0.5), "2026-W04: talen går inte ihop"),
        (_week(value=float(2)), "2026-W04: talen går inte ihop"),
        (_week(numerator=None, denominator=None), "2026-W04: talen går inte ihop"),
        (_week(week="2026-W02"), "i ordning inom perioden"),
        (_week(week="2027-W02"), "i ordning inom perioden"),
        (_measure(covered=30), "fler veckor än perioden har"),
        (_measure(withheld=1), "fler veckor än perioden har"),
        (_attached(name="../handbok.pdf"), "inte går att spara"),
        (_attached(name="handbok.exe"), "inte går att spara"),
        (_attached(digest="0" * 64), "inte den som delades"),
        (_attached(content="%%%"), "går inte att läsa"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_said_in_words(change: Callable[[Bundle], Bundle], said: str) -> None:
    assert faults_of(bundle(), NOW, TEXTS) == []
    assert said in " ".join(faults_of(change(bundle()), NOW, TEXTS))


def test_a_total_that_would_tell_a_withheld_week_is_refused() -> None:
    # 26 weeks of 50, of which 45 in time: 1 300 and 1 170. Without the last week the rest is 50: it may be told.
    measure = even_told(0.9, 50)
    held = replace(measure, weeks=measure.weeks[:-1], withheld=1)
    assert measure.total is not None
    few = replace(measure.total, n=1255, denominator=1255, numerator=1130, value=1130 / 1255)
    for total, faults in ((measure.total, []), (few, ["avslöjar ett litet tal"])):
        found = faults_of(replace(bundle(), measures=(replace(held, total=total),)), NOW, TEXTS)
        assert [said in one for said, one in zip(faults, found, strict=True)] == [True] * len(faults)
    # More in time than there were left: 1 250 weeks' worth is told, so 1 200 of 1 300 leaves 75 of 50.
    wrong = replace(measure.total, numerator=1200, value=1200 / 1300)
    assert faults_of(replace(bundle(), measures=(replace(held, total=wrong),)), NOW, TEXTS)


def test_an_index_has_no_parts_and_stays_within_a_hundred() -> None:
    weeks = tuple(WeekValue(week=one.week, numerator=None, denominator=None, n=40, value=80.0)
                  for one in even_told(0.8, 40).weeks)  # fmt: skip
    index = even_told(0.8, 40, "reception.good")
    told = replace(index, id="reception.index", unit=Unit.INDEX, weeks=weeks,
                   total=Total(numerator=None, denominator=None, n=1040, value=80.0))  # fmt: skip
    assert faults_of(replace(bundle(), measures=(told,)), NOW, TEXTS) == []
    high = replace(told, weeks=(replace(weeks[0], value=101.0), *weeks[1:]))
    assert "går inte ihop" in " ".join(faults_of(replace(bundle(), measures=(high,)), NOW, TEXTS))
    few = replace(told, weeks=(replace(weeks[0], n=29), *weeks[1:]))
    assert "mindre än 30" in " ".join(faults_of(replace(bundle(), measures=(few,)), NOW, TEXTS))
    other = replace(told, total=Total(numerator=None, denominator=None, n=1040, value=70.0))
    assert "summan stämmer inte" in " ".join(faults_of(replace(bundle(), measures=(other,)), NOW, TEXTS))


def test_the_key_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "var" / "network.pem"
    made = own_key(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert public_of(own_key(path)) == public_of(made)
    path.chmod(0o640)
    with pytest.raises(KeyFault, match="chmod 600"):
        own_key(path)


def test_what_is_no_key_is_not_written_over(tmp_path: Path) -> None:
    path = tmp_path / "network.pem"
    path.write_bytes(b"")
    path.chmod(0o600)
    with pytest.raises(KeyFault, match="holds no key"):
        own_key(path)
    assert path.read_bytes() == b""
    pem = X25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(pem)
    with pytest.raises(KeyFault, match="another kind of key"):
        own_key(path)


def test_a_public_key_is_checked_as_it_is_handed_over() -> None:
    public = public_of(KEY)
    assert checked_public(f" {public[:20]}\n{public[20:]} ") == public
    for wrong in ("", "nyckel", public[:-4], public + "AAAA", "å" * 44):
        with pytest.raises(KeyFault, match="44 characters"):
            checked_public(wrong)
    # SHA-256 of the 32 bytes, its first 32 digits.
    digits = hashlib.sha256(KEY.public_key().public_bytes_raw()).hexdigest()[:32]
    assert fingerprint(public).replace(" ", "") == digits
    assert same_fingerprint(fingerprint(public), digits.upper())
    assert not same_fingerprint(fingerprint(public), "")


def test_sweden_has_290_municipalities_and_names_are_found() -> None:
    assert len(municipalities()) == 290
    assert [id_of(name) for name in ("Vallentuna", "vallentuna kommun", "Stockholms stad", "Gotlands kommun",
                                     "Exempel kommun")] == ["0115", "0115", "0180", "0980", None]  # fmt: skip
    assert [is_municipality(one) for one in ("0115", "049", "0114 ", "9999", "49")] == [True, True, False, False, False]


def test_names_stand_as_in_a_swedish_register() -> None:
    names = ["Österåker", "Älmhult", "Åre", "Upplands-Bro", "Täby", "Överkalix"]
    assert sorted(names, key=in_order) == ["Täby", "Upplands-Bro", "Åre", "Älmhult", "Österåker", "Överkalix"]
