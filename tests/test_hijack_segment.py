"""The exact posterior over one abrupt change."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import gammaln

from spread import hijack
from spread._errors import UsageError

# A worked example of 12 bins × (launch, counter, news), its numbers computed apart from
# this package with uniform Dirichlet priors (total mass 3).
WORKED = np.array(
    [
        *([9, 1, 2], [8, 0, 3], [10, 2, 1], [7, 1, 2], [9, 2, 2], [4, 11, 3]),
        *([2, 15, 4], [1, 18, 2], [2, 14, 5], [0, 20, 3], [1, 16, 4], [2, 13, 4]),
    ]
)


def test_worked_example_is_reproduced() -> None:
    found = hijack.segment(WORKED, prior=3)
    assert found.splits.tolist() == list(range(1, 12))
    assert found.probability[4] == pytest.approx(0.9996880918, abs=5e-11)
    assert found.probability[5] == pytest.approx(0.0003093021, abs=5e-11)
    assert found.probability[3] == pytest.approx(2.6002e-6, abs=5e-11)
    assert found.log_evidence_none == pytest.approx(-204.16293409895843, rel=1e-13)
    assert found.log_evidence.max() == pytest.approx(-158.91425024460614, rel=1e-13)
    assert found.log_bayes_factor == pytest.approx(42.85110053836226, rel=1e-12)


@pytest.mark.parametrize(
    ("categories", "one_each", "total_one"),
    [(10, 28.1, 37.6), (40, -1.7, 32.9), (200, -28.2, 27.9)],
)
def test_empty_categories_cost_little_because_prior_is_total(
    categories: int, one_each: float, total_one: float
) -> None:
    padded = np.pad(WORKED, ((0, 0), (0, categories - 3)))
    assert hijack.segment(padded, prior=1).log_bayes_factor == pytest.approx(total_one, abs=0.05)
    heavy = hijack.segment(padded, prior=categories).log_bayes_factor
    assert heavy == pytest.approx(one_each, abs=0.05)


def test_evidence_of_a_segment_is_the_chance_of_its_sequences() -> None:
    """With p ~ Dirichlet, the k-th draw has chance (a_k + seen) / (A + k): Pólya's urn."""
    order = [0, 1, 1, 2, 0]
    seen, chance = np.full(3, 1 / 3), 1.0
    for category in order:
        chance *= seen[category] / seen.sum()
        seen[category] += 1
    one_bin_each = np.eye(3)[order]
    assert hijack.segment(one_bin_each).log_evidence_none == pytest.approx(math.log(chance))


@settings(max_examples=30, derandomize=True, deadline=None)
@given(st.lists(st.lists(st.integers(0, 9), min_size=2, max_size=2), min_size=2, max_size=7))
def test_agrees_with_a_plain_twin(rows: list[list[int]]) -> None:
    def evidence(part: list[list[int]]) -> float:
        counts = [sum(column) for column in zip(*part, strict=True)]
        total = gammaln(1.0) - gammaln(1.0 + sum(counts))
        return float(total + sum(gammaln(0.5 + c) - gammaln(0.5) for c in counts))

    each = [evidence(rows[:i]) + evidence(rows[i:]) for i in range(1, len(rows))]
    weights = [math.exp(e) for e in each]
    found = hijack.segment(rows)
    assert found.probability == pytest.approx([w / sum(weights) for w in weights])
    expected = math.log(sum(weights) / len(weights)) - evidence(rows)
    assert found.log_bayes_factor == pytest.approx(expected, abs=1e-9)


def test_order_of_categories_does_not_matter() -> None:
    expected = hijack.segment(WORKED).probability
    for order in itertools.permutations(range(3)):
        assert hijack.segment(WORKED[:, list(order)]).probability == pytest.approx(expected)


@pytest.mark.parametrize("counts", [[[1, 2]], [1, 2, 3], [[1, -1], [1, 1]], [[math.nan], [1]]])
def test_what_is_no_table_of_counts_is_refused(counts: list[object]) -> None:
    with pytest.raises(UsageError, match="counts"):
        hijack.segment(counts)


@pytest.mark.parametrize("prior", [0, -1, math.inf, math.nan, True])
def test_prior_has_to_be_a_mass(prior: float) -> None:
    with pytest.raises(
        UsageError, match=r"prior cannot be used: got .*; allowed: a total mass > 0"
    ):
        hijack.segment(WORKED, prior=prior)


def test_shows_itself() -> None:
    found = hijack.segment(WORKED)
    assert repr(found).startswith("Segmentation(change after bin 5 of 12, probability 1.000")
    assert "after bin 5 of 12" in found._repr_html_()
