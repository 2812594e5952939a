"""A comparison for other programs: the same numbers as the papers, full precision. Pure."""

from typing import Any

from measurement.network.compare import Apart, Compared, Comparison, Member
from measurement.network.compare_difference import Verdict


def as_json(comparison: Comparison) -> dict[str, Any]:
    """Return the comparison as plain data for JSON; members alphabetical, nobody ranked."""
    ours = comparison.ours
    return {
        "municipality": ours.municipality,
        "period": {"first": ours.first, "last": ours.last},
        "members": sorted(one.municipality for one in (ours, *comparison.others)),
        "measures": [_measure(one) for one in comparison.measures],
        "too_few_own_weeks": [one.id for one in comparison.thin],
        "too_few_own_answers": [one.id for one in comparison.few],
        "other_period": [
            {"municipality": one.municipality, "first": one.first, "last": one.last} for one in comparison.not_used
        ],
    }


def _measure(one: Compared) -> dict[str, Any]:
    told, funnel = one.measure, one.funnel
    at = [member.is_ours for member in one.members].index(True)
    return {
        "id": told.id, "version": told.version, "digest": told.digest, "unit": told.unit.value,
        "mean": one.mean, "median": one.middle, "count": len(one.members),
        "members": [_member(member) for member in one.members],
        "clearly_better": [_better(member) for member in one.with_verdict(Verdict.BETTER)],
        "too_few": [member.municipality for member in one.with_verdict(Verdict.TOO_FEW)],
        "funnel": None if funnel is None else {
            "target": funnel.target, "phi": funnel.phi, "tau2": funnel.tau2,
            # Where the others lie is not told: some lie below.
            "ours": {"plain": funnel.plain[at].name.lower(), "adjusted": funnel.adjusted[at].name.lower()},
        },
        "left_out": [_apart(each) for each in one.left_out],
        "differs": [_apart(each) for each in one.told],
    }  # fmt: skip


def _member(member: Member) -> dict[str, Any]:
    level = member.level
    return {
        "municipality": member.municipality, "name": member.name, "value": member.value, "numerator": member.part,
        "n": member.n, "spread": None if level is None else [level.spread.low, level.spread.high],
    }  # fmt: skip


def _better(member: Member) -> dict[str, Any]:
    beside = member.beside
    assert beside is not None
    return {
        "municipality": member.municipality, "difference": beside.difference,
        "interval": [beside.interval.low, beside.interval.high],
    }  # fmt: skip


def _apart(apart: Apart) -> dict[str, Any]:
    told = [{"what": one.differs.value, "ours": one.ours, "theirs": one.theirs} for one in apart.differences]
    return {"name": apart.name, "differences": told}
