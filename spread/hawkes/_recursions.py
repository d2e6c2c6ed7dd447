"""One pass over the events: the log-likelihood and all that its gradient needs.

Type k has the intensity λ_k(t) = μ_k(t) + Σ_p A_pk Σ_{j of type p, t_j < t} f_j g(t − t_j) with
g(s) = Σ_c w_c e^{−r_c s}. Two states a type and component carry the past along,

    S_pc = Σ_j f_j e^{−r_c (t − t_j)},    D_pc = Σ_j f_j (t − t_j) e^{−r_c (t − t_j)} = −∂S/∂r_c,

and a third, E, is S with ∂f/∂b in place of f, b the exponent of the marks. The integral of S
over a gap is (S before − S after) / r, so that a window with holes costs nothing more.
A row of type −1 is no event but an edge of such a hole; its f is 0.
"""

import numpy as np
from numpy.typing import NDArray

from spread._compile import kernel

Numbers = NDArray[np.float64]
Types = NDArray[np.int64]
Flags = NDArray[np.bool_]

_TINY = 1e-250
_HUGE = 1e250


# A sum or a least by NumPy, or a slice that is assigned, takes the compiler ten times as long.
@kernel
def least(values: Numbers) -> float:
    """Return the least of some numbers."""
    found = np.inf
    for value in values:
        found = min(found, value)
    return found


@kernel
def one_type(
    times: Numbers,
    f: Numbers,
    seen: Flags,
    counted: Flags,
    mu: Numbers,
    branching: float,
    rate: float,
) -> tuple[float, float, float, Numbers]:
    """Return ℓ without ∫μ, ∂ℓ/∂α, ∂ℓ/∂r and μ_i/λ_i for one exponential; O(n)."""
    n = len(times)
    outside = np.zeros(n)
    logs, product = 0.0, 1.0
    s, d, total, moment = 0.0, 0.0, 0.0, 0.0
    by_level, by_moment = 0.0, 0.0
    for i in range(n):
        gap = times[i] - times[i - 1] if i > 0 else 0.0
        decay = np.exp(-rate * gap)
        after, d_after = s * decay, decay * (d + gap * s)
        if counted[i]:
            intensity = mu[i] + branching * rate * after
            if intensity < _TINY and mu[i] == 0.0 and branching * s > 0.0:
                logs += np.log(branching * rate * s) - rate * gap
                by_level += 1.0 / (branching * rate)
                by_moment += (d + gap * s) / (branching * rate * s)
            elif intensity <= 0.0:
                return -np.inf, 0.0, 0.0, outside
            else:
                product *= intensity
                if product < _TINY or product > _HUGE:
                    logs += np.log(product)
                    product = 1.0
                inverse = 1.0 / intensity
                outside[i] = mu[i] * inverse
                by_level += after * inverse
                by_moment += d_after * inverse
        if seen[i]:
            total += s - after
            moment += d - d_after
        s, d = after + f[i], d_after
    logs += np.log(product)
    by_branching = rate * by_level - total
    by_rate = branching * (by_level - rate * by_moment + moment)
    return logs - branching * total, by_branching, by_rate, outside


@kernel
def many_types(
    times: Numbers,
    types: Types,
    f: Numbers,
    df: Numbers,
    seen: Flags,
    counted: Flags,
    mu: Numbers,
    branching: Numbers,
    rates: Numbers,
    weights: Numbers,
    births: Types,
) -> tuple[float, Numbers, Numbers, Numbers, float, Numbers]:
    """Return ℓ without ∫μ, its derivatives by A, w, r and b, and μ_i/λ_i; O(n K M).

    What was excited before a type's row in `births` (-1: none) called forth none of it.
    """
    n, k_types, m = len(times), branching.shape[0], len(rates)
    early = np.zeros((3, k_types, k_types, m))
    s, d, e = np.zeros((k_types, m)), np.zeros((k_types, m)), np.zeros((k_types, m))
    total, moment, tilt = np.zeros((k_types, m)), np.zeros((k_types, m)), np.zeros((k_types, m))
    by_a, by_w, by_r = np.zeros((k_types, k_types)), np.zeros(m), np.zeros(m)
    by_b, logs, product = 0.0, 0.0, 1.0
    outside, decay, scaled = np.zeros(n), np.empty(m), np.empty(m)
    slowest = least(rates)
    for i in range(n):
        gap = times[i] - times[i - 1] if i > 0 else 0.0
        k = types[i]
        for c in range(m):
            decay[c] = np.exp(-rates[c] * gap)
        if counted[i]:
            intensity, shift = mu[i], 0.0
            for c in range(m):
                scaled[c] = decay[c]
                for p in range(k_types):
                    intensity += branching[p, k] * weights[c] * decay[c] * s[p, c]
            if intensity < _TINY and mu[i] == 0.0:
                intensity, shift = 0.0, slowest * gap
                for c in range(m):
                    scaled[c] = np.exp(-(rates[c] - slowest) * gap)
                    for p in range(k_types):
                        intensity += branching[p, k] * weights[c] * scaled[c] * s[p, c]
            if intensity <= 0.0:
                return -np.inf, by_a, by_w, by_r, 0.0, outside
            product *= intensity
            logs -= shift
            if product < _TINY or product > _HUGE or shift > 0.0:
                logs += np.log(product)
                product = 1.0
            inverse = 1.0 / intensity
            outside[i] = mu[i] * inverse
            for p in range(k_types):
                a = branching[p, k] * inverse
                for c in range(m):
                    level = scaled[c] * s[p, c]
                    by_a[p, k] += weights[c] * level * inverse
                    by_w[c] += a * level
                    by_r[c] -= a * weights[c] * scaled[c] * (d[p, c] + gap * s[p, c])
                    by_b += a * weights[c] * scaled[c] * e[p, c]
        for p in range(k_types):
            for c in range(m):
                after = decay[c] * s[p, c]
                d_after = decay[c] * (d[p, c] + gap * s[p, c])
                e_after = decay[c] * e[p, c]
                if seen[i]:
                    total[p, c] += s[p, c] - after
                    moment[p, c] += d[p, c] - d_after
                    tilt[p, c] += e[p, c] - e_after
                s[p, c], d[p, c], e[p, c] = after, d_after, e_after
        if k >= 0:
            if births[k] == i:
                for p in range(k_types):
                    for c in range(m):
                        early[0, k, p, c], early[1, k, p, c] = total[p, c], moment[p, c]
                        early[2, k, p, c] = tilt[p, c]
            for c in range(m):
                s[k, c] += f[i]
                e[k, c] += df[i]
    logs += np.log(product)
    for p in range(k_types):
        for c in range(m):
            x = weights[c] / rates[c]
            for k in range(k_types):
                out, level = branching[p, k], total[p, c] - early[0, k, p, c]
                logs -= out * x * level
                by_a[p, k] -= x * level
                by_w[c] -= out * level / rates[c]
                by_r[c] += out * x * (level / rates[c] + moment[p, c] - early[1, k, p, c])
                by_b -= out * x * (tilt[p, c] - early[2, k, p, c])
    return logs, by_a, by_w, by_r, by_b, outside


@kernel
def excitations(
    times: Numbers,
    types: Types,
    f: Numbers,
    at: Numbers,
    n_types: int,
    rates: Numbers,
    weights: Numbers,
) -> tuple[Numbers, Numbers]:
    """Return at each moment `at`, ascending, what each type excites and its integral from 0.

    An event at the moment itself is not yet counted; both (len(at), types); O(n K M).
    """
    m, j = len(rates), 0
    s, total = np.zeros((n_types, m)), np.zeros((n_types, m))
    level, integral = np.zeros((len(at), n_types)), np.zeros((len(at), n_types))
    now = 0.0
    for i in range(len(at)):
        while True:
            event = j < len(times) and times[j] < at[i]
            then = times[j] if event else at[i]
            for c in range(m):
                decay = np.exp(-rates[c] * (then - now))
                for p in range(n_types):
                    total[p, c] += s[p, c] * (1.0 - decay)
                    s[p, c] *= decay
            now = then
            if not event:
                break
            for c in range(m):
                s[types[j], c] += f[j]
            j += 1
        for p in range(n_types):
            for c in range(m):
                level[i, p] += weights[c] * s[p, c]
                integral[i, p] += weights[c] / rates[c] * total[p, c]
    return level, integral


@kernel
def information(
    times: Numbers,
    types: Types,
    f: Numbers,
    df: Numbers,
    counted: Flags,
    mu: Numbers,
    branching: Numbers,
    rates: Numbers,
    weights: Numbers,
    by_rates: Numbers,
    by_weights: Numbers,
    scales: Numbers,
    knots: Types,
    heights: Numbers,
    starts: Types,
    size: int,
) -> Numbers:
    """Return Σ ∇ln λ ∇ln λᵀ over the events counted; O(n (K M + (K + Q + H)²)).

    An event's rate depends on its own type's scale, on the few knots beside it, on its own
    column of A, on the kernel's Q parameters (`by_rates`, `by_weights`: (Q, M), how these move
    rates and weights) and on b: the square of so few numbers is added where they belong.
    `knots` and `heights` (n, H) say which knots move ln μ and by how much; `starts` is where
    scales, knots, A, kernel and b begin in the vector, negative for what it lacks.
    """
    n, k_types, m, q_size = len(times), branching.shape[0], len(rates), by_rates.shape[0]
    s, d, e = np.zeros((k_types, m)), np.zeros((k_types, m)), np.zeros((k_types, m))
    by_w, by_r, scaled = np.zeros(m), np.zeros(m), np.empty(m)
    place = np.zeros(knots.shape[1] + k_types + q_size + 2, dtype=np.int64)
    slope = np.zeros(len(place))
    found = np.zeros((size, size))
    slowest = least(rates)
    for i in range(n):
        gap = times[i] - times[i - 1] if i > 0 else 0.0
        k = types[i]
        if counted[i]:
            shift = slowest * gap if mu[i] == 0.0 else 0.0
            intensity = mu[i]
            for c in range(m):
                scaled[c] = np.exp(shift - rates[c] * gap)
                for p in range(k_types):
                    intensity += branching[p, k] * weights[c] * scaled[c] * s[p, c]
            inverse = 1.0 / intensity if intensity > 0.0 else 0.0
            outside, used, by_b = mu[i] * inverse, 0, 0.0
            if starts[0] >= 0:
                place[used], slope[used] = starts[0] + k, outside / scales[k]
                used += 1
                for h in range(knots.shape[1]):
                    if heights[i, h] != 0.0:
                        place[used] = starts[1] + knots[i, h]
                        slope[used] = outside * heights[i, h]
                        used += 1
            for c in range(m):
                by_w[c], by_r[c] = 0.0, 0.0
            for p in range(k_types):
                a, by_a = branching[p, k] * inverse, 0.0
                for c in range(m):
                    level = scaled[c] * s[p, c]
                    by_a += weights[c] * level * inverse
                    by_w[c] += a * level
                    by_r[c] -= a * weights[c] * scaled[c] * (d[p, c] + gap * s[p, c])
                    by_b += a * weights[c] * scaled[c] * e[p, c]
                place[used], slope[used] = starts[2] + p * k_types + k, by_a
                used += 1
            for q in range(q_size):
                place[used], slope[used] = starts[3] + q, 0.0
                for c in range(m):
                    slope[used] += by_r[c] * by_rates[q, c] + by_w[c] * by_weights[q, c]
                used += 1
            if starts[4] >= 0:
                place[used], slope[used] = starts[4], by_b
                used += 1
            for x in range(used):
                for y in range(x):
                    found[place[x], place[y]] += slope[x] * slope[y]
                found[place[x], place[x]] += 0.5 * slope[x] ** 2
        for c in range(m):
            decay = np.exp(-rates[c] * gap)
            for p in range(k_types):
                d[p, c] = decay * (d[p, c] + gap * s[p, c])
                s[p, c] *= decay
                e[p, c] *= decay
            if k >= 0:
                s[k, c] += f[i]
                e[k, c] += df[i]
    for x in range(size):
        for y in range(x + 1):
            both = found[x, y] + found[y, x]
            found[x, y], found[y, x] = both, both
    return found
