"""The tables as `measurement` describes them are the store's."""

import pytest
from sqlalchemy import TableClause

import bot.store.evidence_schema  # noqa: F401 -- its tables belong to the metadata
from bot.store.columns import metadata
from measurement.assessment import tables as assessment
from measurement.improvement import tables as improvement
from measurement.network import tables as network

DESCRIBED = [
    assessment.ASSESSMENTS, assessment.ENTRIES, assessment.EVIDENCE, assessment.BESIDE, assessment.INTERVIEWS,
    improvement.IMPROVEMENTS, improvement.ENTRIES,
    network.BUNDLES, network.KEYS, network.OUTSIDE_VALUES, network.OUTSIDE_TITLES,
]  # fmt: skip


@pytest.mark.parametrize("described", DESCRIBED, ids=lambda table: str(table.name))
def test_columns_are_the_stores(described: TableClause) -> None:
    assert [column.name for column in described.columns] == [
        column.name for column in metadata.tables[described.name].columns
    ]
