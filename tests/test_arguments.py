"""What may be given: a wrong argument is one line, before any work."""

import numpy as np
import pandas as pd
import pytest

from spread import _arguments
from spread._errors import MissingColumnError, UsageError

WRONG = [None, "x", "", [], {}, float("nan"), float("inf"), np.array([1, 2]), pd.DataFrame(), True]


@pytest.mark.parametrize("wrong", [*WRONG, -1, 0, 2.5, 3.0, 2**63, 1j], ids=lambda x: repr(x)[:20])
def test_a_count_is_a_whole_number(wrong: object) -> None:
    with pytest.raises(UsageError, match=r"^runs cannot be used: got .*; allowed: an integer"):
        _arguments.require_count("runs", wrong)


@pytest.mark.parametrize("wrong", [*WRONG, -1, 0, 1.5, 10**400, 1j], ids=lambda x: repr(x)[:20])
def test_a_number_keeps_within_its_bounds(wrong: object) -> None:
    with pytest.raises(UsageError, match=r"^level cannot .* allowed: a number > 0 and <= 1$"):
        _arguments.require_number("level", wrong, above=0, most=1)


@pytest.mark.parametrize("wrong", [*WRONG, "fast", 1], ids=lambda x: repr(x)[:20])
def test_a_choice_is_among_the_named_ones(wrong: object) -> None:
    with pytest.raises(UsageError, match=r"^unknown method: got .*; allowed: leiden, louvain$"):
        _arguments.require_one_of("method", wrong, ("leiden", "louvain"))


def test_numbers_of_numpy_are_numbers() -> None:
    assert _arguments.require_count("runs", np.int8(3)) == 3
    assert _arguments.require_number("level", np.float32(0.5), most=1) == 0.5
    assert _arguments.require_number("horizon_s", np.inf, infinite=True) == np.inf
    assert _arguments.require_one_of("method", np.str_("leiden"), ("leiden",)) == "leiden"


def test_a_count_has_a_ceiling() -> None:
    with pytest.raises(UsageError, match=r"allowed: an integer from 1 to 4$"):
        _arguments.require_count("runs", 5, most=4)


def test_a_table_has_its_columns() -> None:
    metrics = pd.DataFrame({"size": [1]})
    assert _arguments.require_columns("metrics", metrics, ["size"]) is metrics
    with pytest.raises(MissingColumnError, match=r"metrics lack columns: got size\. Add depth"):
        _arguments.require_columns("metrics", metrics, ["size", "depth"])
    with pytest.raises(UsageError, match="got NoneType; allowed: a pandas DataFrame"):
        _arguments.require_columns("metrics", None, ["size"])
