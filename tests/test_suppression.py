"""What may be published, seen by somebody who subtracts."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from measurement.statistics.suppression import Counts, Reason, suppress

FEW, COMPLEMENT, EARLIER, SAME = Reason.TOO_FEW, Reason.COMPLEMENT, Reason.EARLIER, Reason.SAME_ANSWER


def of(**sizes: int) -> dict[str, Counts]:
    """Return groups known by their numbers of answers alone."""
    return {name: (size,) for name, size in sizes.items()}


@pytest.mark.parametrize(
    ("whole", "groups", "expected"),
    [
        # Large groups: all are shown.
        (60, of(a=20, b=40), {"": None, "a": None, "b": None}),
        # Two groups, one small: the other is hidden with it, or 30 - 25 = 5 would tell.
        (30, of(a=25, b=5), {"": None, "a": COMPLEMENT, "b": FEW}),
        # Three, one small: the smallest of the others goes with it; 12 + 5 = 17 are left.
        (92, of(a=75, b=5, c=12), {"": None, "a": None, "b": FEW, "c": COMPLEMENT}),
        # Two small ones of 9 + 8 = 17 hide each other.
        (77, of(a=60, b=9, c=8), {"": None, "a": None, "b": FEW, "c": FEW}),
        # Two small ones of 4 + 3 = 7 do not.
        (67, of(a=40, b=4, c=3, d=20), {"": None, "a": None, "b": FEW, "c": FEW, "d": COMPLEMENT}),
        # A group without answers hides nobody: 30 - 25 = 5 is all b's.
        (30, of(a=25, b=5, c=0), {"": None, "a": COMPLEMENT, "b": FEW, "c": Reason.EMPTY}),
        # 20 answers of no group at all hide b: 45 - 22 = 23 are left.
        (45, of(a=22, b=3), {"": None, "a": None, "b": FEW}),
        # The only one of no group at all is hidden like a group.
        (26, of(a=25), {"": None, "a": COMPLEMENT}),
        # 9 and 10, 4 and 5.
        (19, of(a=10, b=9), {"": None, "a": COMPLEMENT, "b": FEW}),
        (20, of(a=10, b=10), {"": None, "a": None, "b": None}),
        (5, of(a=5), {"": None, "a": FEW}),
        (4, of(a=4, b=0), {"": FEW, "a": Reason.WHOLE_HIDDEN, "b": Reason.EMPTY}),
        (0, of(a=0), {"": Reason.EMPTY, "a": Reason.EMPTY}),
        (40, {}, {"": None}),
    ],
)
def test_few_and_their_complement(
    whole: int, groups: Mapping[str, Counts], expected: dict[str, Reason | None]
) -> None:  # fmt: skip
    assert suppress((whole,), groups) == expected


@pytest.mark.parametrize(
    ("groups", "expected"),
    [
        # 12 who all gave a five: what each of them said would be known; b hides with them.
        ({"a": (12, 0), "b": (30, 10)}, {"a": SAME, "b": COMPLEMENT}),
        # 30 are no small group any more.
        ({"a": (30, 0), "b": (30, 10)}, {"a": None, "b": None}),
        # Hidden b and c would be told alike by what is left, (0, 14): d is hidden too.
        ({"b": (0, 7), "c": (0, 7), "d": (20, 3), "e": (50, 9)}, {"b": FEW, "c": FEW, "d": COMPLEMENT, "e": None}),
    ],
)
def test_a_small_group_of_one_mind(groups: dict[str, Counts], expected: dict[str, Reason | None]) -> None:
    whole = tuple(map(sum, zip(*groups.values(), strict=True)))
    assert suppress(whole, groups) == {"": None, **expected}


@pytest.mark.parametrize(
    ("groups", "earlier", "expected"),
    [
        # The same again tells nothing new.
        (of(a=40, b=40), {"": (80,), "a": (40,), "b": (40,)}, {"": None, "a": None, "b": None}),
        # Three more since the last report: they could be told. What is left stands as it did.
        (of(a=43, b=40), {"": (80,), "a": (40,), "b": (40,)}, dict.fromkeys(("a", "b"), Reason.WHOLE_HIDDEN)
         | {"": EARLIER}),
        # Twelve more in all, three of them in a: a is hidden, and b with it.
        (of(a=43, b=49), {"": (80,), "a": (40,), "b": (40,)}, {"": None, "a": EARLIER, "b": EARLIER}),
        (of(a=43, b=60), {"": (80,), "a": (40,), "b": (40,)}, {"": None, "a": EARLIER, "b": COMPLEMENT}),
        # Ten more in each may be told.
        (of(a=50, b=50), {"": (80,), "a": (40,), "b": (40,)}, {"": None, "a": None, "b": None}),
        # a was hidden last time: nothing to subtract it from, and nobody new in what was left.
        (of(a=10, b=60, c=30), {"": (80,), "b": (50,), "c": (20,)}, {"": None, "a": None, "b": None, "c": None}),
        # 102 - 90 = 12 against 80 - 70 = 10: the two new ones of a would be told unless c and a are hidden.
        (of(a=12, b=60, c=30), {"": (80,), "b": (50,), "c": (20,)},
         {"": None, "a": COMPLEMENT, "b": None, "c": COMPLEMENT}),
        # Of 30 more, b has 20 and c 0: what is left to a and d grew by 10.
        (of(a=9, b=70, c=20, d=11), {"": (80,), "b": (50,), "c": (20,)},
         {"": None, "a": FEW, "b": None, "c": None, "d": COMPLEMENT}),
        # Of 26 more, b has 20: what is left to a and d grew by six, who would be told; hiding c would not help.
        (of(a=8, b=70, c=20, d=8), {"": (80,), "b": (50,), "c": (20,)},
         {"": None, "a": FEW, "b": COMPLEMENT, "c": None, "d": FEW}),
    ],
)  # fmt: skip
def test_against_what_was_published_before(
    groups: dict[str, Counts], earlier: dict[str, Counts], expected: dict[str, Reason | None]
) -> None:
    assert suppress((sum(one for (one,) in groups.values()),), groups, earlier) == expected


def test_one_who_changed_the_grade_would_be_told() -> None:
    assert suppress((30, 20), {}, {"": (31, 19)})[""] is EARLIER


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(ValueError, match="more answers"):
        suppress((10,), of(a=8, b=3))
    with pytest.raises(ValueError, match="negative"):
        suppress((10,), of(a=-1))


counts = st.tuples(st.integers(0, 25), st.integers(0, 25))
tables = st.dictionaries(st.sampled_from("abcdef"), counts, max_size=6)


def added(*parts: Counts) -> Counts:
    return tuple(map(sum, zip((0, 0), *parts, strict=True)))


@given(tables, st.tuples(st.integers(0, 12), st.integers(0, 3)))
def test_whoever_subtracts_what_is_shown_learns_of_no_small_group(groups: dict[str, Counts], loose: Counts) -> None:
    whole = added(*groups.values(), loose)
    verdicts = suppress(whole, groups)
    shown = [name for name in groups if verdicts[name] is None]
    assert all(sum(groups[name]) >= 10 for name in shown)
    if verdicts[""] is None and shown:
        rest = tuple(one - other for one, other in zip(whole, added(*(groups[name] for name in shown)), strict=True))
        left = [one for name, one in groups.items() if name not in shown and any(one)] + [loose][: any(loose)]
        assert sum(rest) == 0 or sum(rest) >= 10
        assert len(left) != 1 or left == [loose]  # nobody stands alone in what is left
    else:
        assert sum(whole) < 5 or not shown


@given(tables, tables)
def test_whoever_keeps_the_last_report_learns_of_no_small_change(
    before: dict[str, Counts], more: dict[str, Counts]
) -> None:
    groups = {name: added(*(table[name] for table in (before, more) if name in table)) for name in before | more}
    first = suppress(added(*before.values()), before)
    earlier = {name: before[name] for name in before if first[name] is None}
    if first[""] is None:
        earlier[""] = added(*before.values())
    verdicts = suppress(added(*groups.values()), groups, earlier)
    both = [name for name in earlier if verdicts.get(name, FEW) is None]
    for name in both:
        came = sum(groups[name] if name else added(*groups.values())) - sum(earlier[name])
        assert came == 0 or came >= (10 if name else 5)
    parts = [name for name in both if name]
    if "" in both and parts:
        came = sum(sum(one) for one in groups.values()) - sum(earlier[""])
        came -= sum(sum(groups[name]) - sum(earlier[name]) for name in parts)
        assert came == 0 or came >= 10
