"""Prefix sums that replace the enumeration of trees.

Events of a cascade, 0 = root, have times t, weights f and a kernel g(s) = Σ_c w_c e^{−r_c s}.
The parent of event k is i < k with probability p_ik ∝ f_i g(t_k − t_i). Everything rests on
three arrays, a row an event and a column a component, built by `decays` and `prefix_sums`:

    decay_kc = e^{−r_c (t_k − t_{k−1})}
    level_kc = f_k + decay_kc level_{k−1,c}            = Σ_{i ≤ k} f_i e^{−r_c (t_k − t_i)}
    share_kc with p_ik = f_i Σ_c share_kc e^{−r_c (t_{k−1} − t_i)}

Sums are scaled to the event before, and the slowest component sets the scale of the
shares, so that nothing underflows however far apart two events are.
"""

import numpy as np
from numpy.typing import NDArray

from spread._compile import kernel

Numbers = NDArray[np.float64]
Offsets = NDArray[np.int64]


@kernel
def decays(
    times: Numbers, offsets: Offsets, rates: Numbers, weights: Numbers
) -> tuple[Numbers, Numbers]:
    """Return decay, and the shares before they are scaled, each (n, M); O(n M)."""
    n, m = len(times), len(rates)
    decay, unscaled = np.zeros((n, m)), np.zeros((n, m))
    slowest = rates.min()
    for cascade in range(len(offsets) - 1):
        for k in range(offsets[cascade] + 1, offsets[cascade + 1]):
            gap = times[k] - times[k - 1]
            for c in range(m):
                decay[k, c] = np.exp(-rates[c] * gap)
                unscaled[k, c] = weights[c] * np.exp(-(rates[c] - slowest) * gap)
    return decay, unscaled


@kernel
def prefix_sums(
    f: Numbers, offsets: Offsets, decay: Numbers, unscaled: Numbers
) -> tuple[Numbers, Numbers]:
    """Return level and share, each (n, M), of what `decays` gives; O(n M)."""
    m = decay.shape[1]
    level, share = np.zeros(decay.shape), np.zeros(decay.shape)
    for cascade in range(len(offsets) - 1):
        start, end = offsets[cascade], offsets[cascade + 1]
        if start < end:
            level[start] = f[start]
        for k in range(start + 1, end):
            total = 0.0
            for c in range(m):
                total += unscaled[k, c] * level[k - 1, c]
                level[k, c] = f[k] + decay[k, c] * level[k - 1, c]
            for c in range(m):
                share[k, c] = unscaled[k, c] / total
    return level, share


@kernel
def influences(f: Numbers, offsets: Offsets, decay: Numbers, share: Numbers) -> Numbers:
    """Return expected descendants, itself included; O(n M)."""
    phi = np.ones(len(f))
    onward = np.empty(decay.shape[1])
    for cascade in range(len(offsets) - 1):
        start, end = offsets[cascade], offsets[cascade + 1]
        onward[:] = 0.0
        for i in range(end - 2, start - 1, -1):
            total = 0.0
            for c in range(len(onward)):
                onward[c] = share[i + 1, c] * phi[i + 1] + decay[i + 1, c] * onward[c]
                total += onward[c]
            phi[i] = 1.0 + f[i] * total
    return phi


@kernel
def expected_depths(f: Numbers, offsets: Offsets, decay: Numbers, share: Numbers) -> Numbers:
    """Return each event's expected depth; O(n M)."""
    depth = np.zeros(len(f))
    held = np.empty(decay.shape[1])
    for cascade in range(len(offsets) - 1):
        start, end = offsets[cascade], offsets[cascade + 1]
        held[:] = 0.0
        for k in range(start + 1, end):
            depth[k] = 1.0
            for c in range(len(held)):
                depth[k] += share[k, c] * held[c]
            for c in range(len(held)):
                held[c] = f[k] * depth[k] + decay[k, c] * held[c]
    return depth


@kernel
def expected_viralities(
    f: Numbers, offsets: Offsets, decay: Numbers, level: Numbers, share: Numbers
) -> Numbers:
    """Return each cascade's expected structural virality; O(n M²).

    T_k sums the expected distances from event k to the earlier ones, N weighs the sums
    S_p of the possible parents p, R the distances between pairs of possible parents.
    """
    m = decay.shape[1]
    result = np.full(len(offsets) - 1, np.nan)
    sums, pairs, q = np.empty(m), np.empty((m, m)), np.empty(m)
    for cascade in range(len(offsets) - 1):
        start, end = offsets[cascade], offsets[cascade + 1]
        sums[:] = 0.0
        pairs[:] = 0.0
        distances = 0.0
        for k in range(start + 1, end):
            t = float(k - start)
            for c in range(m):
                t += share[k, c] * sums[c]
            distances += t
            q[:] = level[k - 1]
            # `pairs` is symmetric: sums side by side, which processors add at once.
            for c in range(m):
                for b in range(m):
                    q[b] += share[k, c] * pairs[c, b]
            for b in range(m):
                sums[b] = decay[k, b] * (sums[b] + q[b]) + f[k] * t
                for c in range(m):
                    pairs[b, c] = decay[k, b] * decay[k, c] * pairs[b, c] + f[k] * (
                        decay[k, b] * q[b] + decay[k, c] * q[c]
                    )
        n = float(end - start)
        if n > 1:
            result[cascade] = 2 * distances / (n * (n - 1))
    return result


@kernel
def expected_credits(
    f: Numbers,
    offsets: Offsets,
    decay: Numbers,
    share: Numbers,
    counted: Numbers,
    nodes: Numbers,
    node_weights: Numbers,
) -> Numbers:
    """Return each event's expected Shapley credit; O(n M Q) for Q nodes.

    1 / (depth + 1) = ∫₀¹ x^depth dx splits into a factor G for the way up, with the
    generating function of the depth, and a factor S for the way down. Nodes stand side by
    side, so that processors take several at once.
    """
    m, wide = decay.shape[1], len(nodes)
    credit = np.zeros(len(f))
    longest = 0
    for cascade in range(len(offsets) - 1):
        longest = max(longest, offsets[cascade + 1] - offsets[cascade])
    up = np.empty((longest, wide))
    held = np.empty((m, wide))
    total, down = np.empty(wide), np.empty(wide)
    for cascade in range(len(offsets) - 1):
        start, end = offsets[cascade], offsets[cascade + 1]
        if start == end:
            continue
        up[0] = 1.0
        held[:] = f[start]
        for k in range(start + 1, end):
            total[:] = 0.0
            for c in range(m):
                for x in range(wide):
                    total[x] += share[k, c] * held[c, x]
            for x in range(wide):
                up[k - start, x] = nodes[x] * total[x]
            for c in range(m):
                for x in range(wide):
                    held[c, x] = f[k] * up[k - start, x] + decay[k, c] * held[c, x]
        held[:] = 0.0
        down[:] = 0.0
        for i in range(end - 1, start - 1, -1):
            total[:] = 0.0
            if i + 1 < end:
                for c in range(m):
                    for x in range(wide):
                        held[c, x] = share[i + 1, c] * down[x] + decay[i + 1, c] * held[c, x]
                        total[x] += held[c, x]
            for x in range(wide):
                down[x] = counted[i] + nodes[x] * f[i] * total[x]
                credit[i] += node_weights[x] * up[i - start, x] * down[x]
    return credit


@kernel
def log_prefix_sums(times: Numbers, f: Numbers, offsets: Offsets, rates: Numbers) -> Numbers:
    """Return ln Σ_{i ≤ k} f_i e^{r_c (t_i − t_0)}, which never falls along a cascade; O(n M).

    Shape (M, n): a search stays within one component, whose sums then lie side by side.
    """
    logs = np.empty((len(rates), len(times)))
    for cascade in range(len(offsets) - 1):
        start, end = offsets[cascade], offsets[cascade + 1]
        for c in range(len(rates)):
            for k in range(start, end):
                term = np.log(f[k]) + rates[c] * (times[k] - times[start])
                if k > start:
                    before = logs[c, k - 1]
                    high, low = max(before, term), min(before, term)
                    term = high + np.log1p(np.exp(low - high))
                logs[c, k] = term
    return logs


@kernel
def reached(offsets: Offsets, level: Numbers, share: Numbers) -> Numbers:
    """Return, per event, the cumulated probabilities of its parent's component; O(n M).

    `level` is overwritten with them, to spare as much memory again.
    """
    for cascade in range(len(offsets) - 1):
        start = offsets[cascade]
        for k in range(offsets[cascade + 1] - 1, start, -1):
            total = 0.0
            for c in range(share.shape[1]):
                total += share[k, c] * level[k - 1, c]
                level[k, c] = total
    return level


@kernel
def parent_at(k: int, u: float, start: int, logs: Numbers, reach: Numbers) -> int:
    """Return the parent of event k at the quantile u of its distribution; O(M + log n).

    Among the sums of the component that u falls into, the search doubles its way back
    from the event before: parents are mostly recent.
    """
    c = 0
    before = 0.0
    for c in range(reach.shape[1]):
        if u < reach[k, c] or c == reach.shape[1] - 1:
            p = reach[k, c] - before
            u = min((u - before) / p, 1.0) if p > 0 else 1.0
            break
        before = reach[k, c]
    sums = logs[c]
    target = np.log(u) + sums[k - 1] if u > 0 else -np.inf
    low, high, step = start, k - 1, 8
    while high > low:
        back = max(high - step, low)
        if sums[back] < target:
            low = back + 1
            break
        high = back
        step *= 8
    while low < high:
        middle = (low + high) // 2
        if sums[middle] >= target:
            high = middle
        else:
            low = middle + 1
    return low


@kernel
def draw_parents(
    uniforms: Numbers,
    offsets: Offsets,
    wanted: NDArray[np.bool_],
    logs: Numbers,
    reach: Numbers,
) -> NDArray[np.int32]:
    """Return one parent per event of the cascades wanted, else −1, for each row of uniforms.

    O(n (M + log n)) a row. What an event's parents have in common is read once for all rows:
    reading takes longer than drawing.
    """
    rows = len(uniforms)
    parents = np.full(uniforms.shape, -1, np.int32)
    for cascade in range(len(offsets) - 1):
        if not wanted[cascade]:
            continue
        start, end = offsets[cascade], offsets[cascade + 1]
        if start + 1 < end:
            parents[:, start + 1] = start
        for k in range(start + 2, end):
            for row in range(rows):
                parents[row, k] = parent_at(k, uniforms[row, k], start, logs, reach)
    return parents


@kernel
def parent_probabilities(
    parents: NDArray[np.int32], times: Numbers, f: Numbers, rates: Numbers, share: Numbers
) -> Numbers:
    """Return the probability of each event's named parent, 1 at roots; O(n M)."""
    p = np.ones(len(parents))
    for k in range(len(parents)):
        if parents[k] >= 0:
            lag = times[k - 1] - times[parents[k]]
            total = 0.0
            for c in range(len(rates)):
                total += share[k, c] * np.exp(-rates[c] * lag)
            p[k] = f[parents[k]] * total
    return p


@kernel
def entropies_of_one_exponential(
    times: Numbers, f: Numbers, offsets: Offsets, rate: float
) -> Numbers:
    """Return each parent's entropy in nats, NaN at roots; O(n).

    With h = f e^{−r τ} over candidates: H = ln Σh − Σ h ln h / Σh, from three prefix sums.
    """
    entropy = np.full(len(times), np.nan)
    for cascade in range(len(offsets) - 1):
        start, end = offsets[cascade], offsets[cascade + 1]
        total, logged, lagged = 0.0, 0.0, 0.0
        for k in range(start + 1, end):
            gap = times[k - 1] - times[k - 2] if k - 1 > start else 0.0
            e = np.exp(-rate * gap)
            lagged = e * (lagged + gap * total)
            total = f[k - 1] + e * total
            logged = f[k - 1] * np.log(f[k - 1]) + e * logged
            entropy[k] = max(np.log(total) - (logged - rate * lagged) / total, 0.0)
    return entropy


@kernel
def entropies_at_quantiles(
    times: Numbers,
    f: Numbers,
    offsets: Offsets,
    rates: Numbers,
    logs: Numbers,
    reach: Numbers,
    share: Numbers,
    points: int,
) -> Numbers:
    """Return each parent's entropy in nats: exact for up to `points` candidates, else by
    the mean of −ln p at one quantile in each of half as many slices, which moves by the
    golden ratio from event to event so that errors cancel; O(n M points).
    """
    golden = 0.6180339887498949
    entropy = np.full(len(times), np.nan)
    for cascade in range(len(offsets) - 1):
        start, end = offsets[cascade], offsets[cascade + 1]
        for k in range(start + 1, end):
            exact = k - start <= points
            slices = k - start if exact else points // 2
            total = 0.0
            for j in range(slices):
                i = start + j
                if not exact:
                    u = (j + ((k - start) * golden) % 1.0) / slices
                    i = parent_at(k, u, start, logs, reach)
                p = 0.0
                for c in range(len(rates)):
                    p += share[k, c] * np.exp(-rates[c] * (times[k - 1] - times[i]))
                p *= f[i]
                if p > 0:
                    total -= np.log(p) * (p if exact else 1.0 / slices)
            entropy[k] = max(total, 0.0)
    return entropy
