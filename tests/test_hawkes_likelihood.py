"""The likelihood against printed values, plain sums and differences."""

import numpy as np
import pytest

from spread import hawkes
from spread._errors import UsageError

TOY = [0.3, 0.7, 1.1, 2.0, 2.2, 4.5]
KERNELS = {
    "exponential": {"decay": 1.3},
    "exponentials": {"decay": [4.0, 0.3], "shares": [0.7, 0.3]},
    "power law": {"c_s": 0.5, "theta": 0.8},
}


def kernel_value(kernel: dict, s: np.ndarray) -> np.ndarray:
    if "theta" in kernel:
        c, theta = kernel["c_s"], kernel["theta"]
        return theta * c**theta * (s + c) ** -(1 + theta)
    decay, shares = np.atleast_1d(kernel["decay"]), np.atleast_1d(kernel.get("shares", 1.0))
    return np.sum(shares * decay * np.exp(-np.multiply.outer(s, decay)), axis=-1)


def kernel_integral(kernel: dict, s: np.ndarray) -> np.ndarray:
    if "theta" in kernel:
        return 1 - (1 + s / kernel["c_s"]) ** -kernel["theta"]
    decay, shares = np.atleast_1d(kernel["decay"]), np.atleast_1d(kernel.get("shares", 1.0))
    return np.sum(shares * -np.expm1(-np.multiply.outer(s, decay)), axis=-1)


def plain(times, types, f, mu, a, kernel, end, given=0) -> float:
    """Return the log-likelihood by two loops, O(n²)."""
    logs = -end * np.sum(mu)
    for i, (t, k) in enumerate(zip(times, types, strict=True)):
        past = kernel_value(kernel, t - times[:i]) * f[:i] * a[types[:i], k]
        logs += np.log(mu[k] + past.sum()) if i >= given else 0.0
        logs -= a[k].sum() * f[i] * kernel_integral(kernel, end - t)
    return float(logs)


def drawn(n: int = 60, kinds: int = 2, seed: int = 1) -> tuple:
    rng = np.random.default_rng(seed)
    times = np.sort(rng.uniform(0, 50, n))
    return times, rng.integers(0, kinds, n), rng.pareto(2, n) + 1


def test_the_toy_has_its_closed_value() -> None:
    toy = {"baseline": 0.6, "branching": 0.4, "decay": 1.3}
    found = hawkes.log_likelihood(TOY, parameters=toy, end_s=5)
    assert found == pytest.approx(-5.974359177434385, abs=1e-12)


@pytest.mark.parametrize(
    ("beta", "expected"),
    [(1e1, -7.8561), (1e2, -5.7522), (1e4, -1.1714), (1e8, 8.0387), (1e12, 17.249)],
)
def test_one_exact_tie_makes_the_likelihood_unbounded(beta: float, expected: float) -> None:
    # Two loops give these with the tied events taken as 0 apart, one after the other.
    tied = {"baseline": 0.5, "branching": 0.2, "decay": beta}
    found = hawkes.log_likelihood([1, 2, 2, 5, 7.3], parameters=tied, end_s=10)
    assert found == pytest.approx(expected, abs=6e-5 * max(1, abs(expected)))


@pytest.mark.parametrize("name", KERNELS)
def test_many_types_with_marks_match_two_loops(name: str) -> None:
    times, types, marks = drawn()
    mu, a = np.array([0.3, 0.5]), np.array([[0.3, 0.1], [0.2, 0.05]])
    kernel = KERNELS[name]
    parameters = {"baseline": mu, "branching": a, "mark_exponent": 0.7, **kernel}
    found = hawkes.log_likelihood(times, parameters=parameters, end_s=60, marks=marks, types=types)
    expected = plain(times, types, marks**0.7, mu, a, kernel, 60)
    assert found == pytest.approx(expected, rel=1e-5 if name == "power law" else 1e-12)


@pytest.mark.parametrize("name", KERNELS)
@pytest.mark.parametrize("kinds", [1, 2])
def test_the_gradient_is_the_slope_of_the_likelihood(name: str, kinds: int) -> None:
    times, types, marks = drawn(kinds=kinds)
    base = np.full(kinds, 0.4), np.full((kinds, kinds), 0.2)
    window = {"end_s": 60.0, "types": types, "marks": marks}

    def value(mu, a, scale, b) -> float:
        kernel = dict(KERNELS[name])
        first = "c_s" if name == "power law" else "decay"
        moved = np.atleast_1d(kernel[first]).astype(float)
        moved[0] *= np.exp(scale)
        kernel[first] = moved if name == "exponentials" else float(moved[0])
        parameters = {"baseline": mu, "branching": a, "mark_exponent": b, **kernel}
        return hawkes.log_likelihood(times, parameters=parameters, **window)

    exact = hawkes.gradient(
        times,
        parameters={
            "baseline": base[0], "branching": base[1], "mark_exponent": 0.7, **KERNELS[name]
        },
        **window,
    )  # fmt: skip
    h, moved = 1e-5, base[1].copy()
    moved[0, -1] += h
    less = base[1].copy()
    less[0, -1] -= h
    unit = h * np.eye(kinds)[0]
    slopes = [
        (exact["baseline"][0], value(base[0] + unit, base[1], 0, 0.7),
         value(base[0] - unit, base[1], 0, 0.7)),
        (exact["branching"][0, -1], value(base[0], moved, 0, 0.7), value(base[0], less, 0, 0.7)),
        (exact["kernel"][0], value(*base, h, 0.7), value(*base, -h, 0.7)),
        (exact["mark_exponent"][0], value(*base, 0, 0.7 + h), value(*base, 0, 0.7 - h)),
    ]  # fmt: skip
    # Central differences are right to h² f''' / 6, with rounding 1e-16 |f| / h.
    for found, up, down in slopes:
        assert found == pytest.approx((up - down) / (2 * h), rel=1e-5, abs=1e-5)


# Printed by the tests of the R package evently (tests/testthat/test_model.R).
@pytest.mark.parametrize(
    ("parameters", "marks", "expected"),
    [
        ({"branching": 0.9, "decay": 1.0}, None, 0.1666101),
        ({"branching": 0.9, "decay": 1.0, "mark_exponent": 0.5}, [1, 2], 0.2170621),
        # Its power law K (s + c)^−(1+θ) has the total K / (θ c^θ): here 0.9 / 2.
        ({"branching": 0.45, "c_s": 2.0, "theta": 1.0}, None, 0.09225),
        ({"branching": 0.45, "c_s": 2.0, "theta": 1.0, "mark_exponent": 0.5}, [1, 2], 0.1155495),
    ],
)
def test_intensities_of_marked_kernels(parameters: dict, marks: object, expected: float) -> None:
    # 1e-5 of the sum of exponentials that stands for the power law, and the printed digits.
    found = hawkes.intensity(
        3, [0, 1], parameters={"baseline": 0.0, **parameters}, end_s=5, marks=marks
    )
    assert found[0, 0] == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize(("end", "expected"), [(1e6, -1.3), (1.0, -1.3 * (1 - np.exp(-1)))])
def test_a_lone_root_tells_what_it_did_not_call_forth(end: float, expected: float) -> None:
    lone = {"baseline": 0.0, "branching": 1.3, "decay": 1.0}
    found = hawkes.log_likelihood([0.0], parameters=lone, end_s=end, given=1)
    assert found == pytest.approx(expected, rel=1e-12)


def test_no_event_leaves_the_empty_window() -> None:
    still = {"baseline": 5.0, "branching": 0.3, "decay": 10.0}
    assert hawkes.log_likelihood([], parameters=still, end_s=2) == -10


def test_one_event_leaves_its_own_rate_and_what_it_excites() -> None:
    one = {"baseline": 5.0, "branching": 0.3, "decay": 10.0}
    expected = np.log(5) - 10 - 0.3 * (1 - np.exp(-10 * 0.5))
    assert hawkes.log_likelihood([1.5], parameters=one, end_s=2) == pytest.approx(expected)


@pytest.mark.parametrize("kinds", [1, 2])
def test_events_far_apart_do_not_underflow(kinds: int) -> None:
    # Without a baseline ln λ(5000) = ln(αβ) − 5000 β; as a plain number λ would be 0.
    a = np.full((kinds, kinds), 0.4)
    parameters = {"baseline": np.zeros(kinds), "branching": a, "decay": 2.0}
    found = hawkes.log_likelihood(
        [0.0, 5000.0], parameters=parameters, end_s=5000, given=1, types=[0, 0]
    )
    assert found == pytest.approx(np.log(0.8) - 10_000 - 0.4 * kinds, rel=1e-12)
    slopes = hawkes.gradient(
        [0.0, 5000.0], parameters=parameters, end_s=5000, given=1, types=[0, 0]
    )
    assert slopes["kernel"][0] == pytest.approx(1 - 10_000, rel=1e-12)
    assert slopes["branching"][0, 0] == pytest.approx(1 / 0.4 - 1, rel=1e-12)


def test_rows_in_any_order_are_the_same_events() -> None:
    toy = {"baseline": 0.6, "branching": 0.4, "decay": 1.3}
    turned = hawkes.log_likelihood(TOY[::-1], parameters=toy, end_s=5)
    assert turned == hawkes.log_likelihood(TOY, parameters=toy, end_s=5)


def test_branching_ratios_of_marked_kernels() -> None:
    # evently: K E[m^β] / (θ c^θ), E[m^β] = 1.016 / (1.016 − β) there; K = .1, c = .2, θ = .3.
    law = {"baseline": 0.0, "branching": 0.1 / (0.3 * 0.2**0.3), "c_s": 0.2, "theta": 0.3}
    assert hawkes.branching_matrix(law)[0, 0] == pytest.approx(0.5402189, abs=1e-7)
    mean = 1.016 / 0.016
    assert hawkes.branching_matrix(law, marks=[mean, mean])[0, 0] == pytest.approx(
        34.3039, abs=1e-4
    )


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"branching": None}, "a parameter is missing"),
        ({"branching": [[0.1, 0.1], [0.1, 0.1]]}, "baseline and branching disagree"),
        ({"decay": -1.0}, "the kernel cannot be used"),
        ({"baseline": -1.0}, "must be 0 or more"),
    ],
)
def test_what_cannot_be_used_is_named(change: dict, message: str) -> None:
    toy = {"baseline": 0.6, "branching": 0.4, "decay": 1.3, **change}
    toy = {name: value for name, value in toy.items() if value is not None}
    with pytest.raises(UsageError, match=message):
        hawkes.log_likelihood([1], parameters=toy, end_s=2)


def test_an_event_outside_the_window_is_refused() -> None:
    toy = {"baseline": 0.6, "branching": 0.4, "decay": 1.3}
    with pytest.raises(UsageError, match="times must lie in the window"):
        hawkes.log_likelihood([3], parameters=toy, end_s=2)
