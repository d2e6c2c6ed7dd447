"""What is asked while an archive's tables are made: each query by its name.

The words of DuckDB stand in a file beside this one, made once of what `_plan` says in Ibis: to
put all queries into words takes longer than a small archive takes to be read.
"""

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    import ibis

_WORDS: Final = "duckdb.sql"
NAMED: Final = "-- name: "
"""What stands before a query's name in the file."""


class Query(NamedTuple):
    """What is asked under a name, in DuckDB's words or in Ibis."""

    name: str

    @property
    def sql(self) -> str:
        """The query in DuckDB's words."""
        return words()[self.name]

    @property
    def table(self) -> "ibis.Table":
        """The query in Ibis."""
        from spread.archive.merging._plan import plan

        return plan()[self.name]


def part_name(name: str) -> str:
    """Return how the parts of a table are called in queries."""
    return f"part_{name}"


@cache
def words() -> dict[str, str]:
    """Return all queries in DuckDB's words, as they stand in the file."""
    text = (files(__package__) / _WORDS).read_text(encoding="utf-8")
    queries = (section.partition("\n") for section in text.split(NAMED)[1:])
    return {name: sql.strip() for name, _, sql in queries}
