"""Facts hold codes, ids and UTC, and come back from their JSON as they went."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.facts import decode_data, encode_data, from_micros, require_utc, to_micros, to_utc, whole_second
from tests.facts import received

plain = st.from_regex(r"[\w:.+/-]{0,40}", fullmatch=True)


@given(st.dictionaries(plain, plain | st.integers() | st.booleans()))
def test_data_come_back_as_they_went(data: dict[str, str | int | bool]) -> None:
    assert decode_data(encode_data(data)) == data


@given(st.datetimes(min_value=datetime(1900, 1, 1), max_value=datetime(2200, 1, 1), timezones=st.just(UTC)))
def test_microseconds_are_exact(instant: datetime) -> None:
    assert from_micros(to_micros(instant)) == instant


@pytest.mark.parametrize("text", ["hej på dig", "anna@example.org", "x" * 81, "a\nb"])
def test_text_names_and_addresses_never_get_into_a_fact(text: str) -> None:
    with pytest.raises(ValueError, match="codes and ids only"):
        received(1, reason=text)


def test_naive_and_foreign_instants_are_refused() -> None:
    with pytest.raises(ValueError, match="UTC"):
        require_utc(datetime(2026, 1, 1))
    with pytest.raises(ValueError, match="UTC"):
        require_utc(datetime(2026, 1, 1, tzinfo=timezone(timedelta(hours=1))))
    with pytest.raises(ValueError, match="without a zone"):
        to_utc(datetime(2026, 1, 1))
    assert to_utc(datetime(2026, 1, 1, 1, tzinfo=timezone(timedelta(hours=1)))) == datetime(2026, 1, 1, tzinfo=UTC)


def test_what_is_not_an_object_is_no_data() -> None:
    with pytest.raises(ValueError, match="JSON object"):
        decode_data("[1]")


def test_a_second_is_cut_never_rounded_up() -> None:
    assert whole_second(datetime(2026, 1, 1, 0, 0, 59, 999_999, tzinfo=UTC)).second == 59
