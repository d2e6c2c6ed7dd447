import numpy as np
import pytest

from spread import _intervals


@pytest.mark.parametrize("method", ["linear", "inverted_cdf"])
@pytest.mark.parametrize("columns", [0, 1, 5, 12])
def test_quantiles_by_blocks_are_those_of_the_whole(monkeypatch, method, columns):
    monkeypatch.setattr(_intervals, "_COLUMNS", 5)
    drawn = np.random.default_rng(columns).random((40, columns)).astype(np.float32)
    before = drawn.copy()
    found = _intervals.quantiles(drawn, [0.025, 0.5, 0.975], method=method)
    wanted = np.quantile(drawn, [0.025, 0.5, 0.975], axis=0, method=method)
    assert found.dtype == wanted.dtype
    assert found.tolist() == wanted.tolist()
    assert (drawn == before).all()
