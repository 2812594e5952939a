"""How SQLite goes about a question."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection


class Explaining:
    """A connection to SQLite that notes how it goes about each question."""

    def __init__(self, connection: AsyncConnection) -> None:
        self.connection = connection
        self.steps: list[str] = []

    async def execute(self, query: Any) -> Any:
        compiled = query.compile(dialect=self.connection.dialect)
        # How SQLite goes about it does not hang on the values.
        rows = await self.connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}", (0,) * len(compiled.positiontup))
        self.steps.extend(row.detail for row in rows)
        return await self.connection.execute(query)
