"""One run of a model on flat arrays: who is reached, from whom, in which round."""

import numpy as np
from numpy.typing import NDArray

from spread._compile import kernel
from spread.diffusion._draws import State, begin, skip, uniform

__all__ = ["cascade_run", "cascade_sizes", "roots", "threshold_run", "threshold_sizes"]

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Floats = NDArray[np.float64]


@kernel
def seeded(seeds: Ints, run: int, seen: Longs, order: Ints, parent: Ints, when: Ints) -> int:
    """Put the seeds first; return how many there are."""
    for i in range(seeds.size):
        seen[seeds[i]] = run
        order[i] = seeds[i]
        parent[i] = -1
        when[i] = 0
    return seeds.size


@kernel
def cascade_run(
    offsets: Longs,
    targets: Ints,
    chances: Floats,
    log_failure: float,
    seeds: Ints,
    run: int,
    state: State,
    seen: Longs,
    place: Ints,
    wins: Ints,
    order: Ints,
    parent: Ints,
    when: Ints,
) -> int:
    """Run the independent cascade; return how many are reached.

    Whoever is reached tries each out-edge once. `seen[v] == run` marks the reached; `place`
    is where they stand in `order`. Of several that succeed with one vertex in one round each
    is its parent with the same chance. With one chance for all edges (`log_failure` = ln(1 −
    p), else NaN) failures are skipped at once. O(reached + successes), or O(their edges).
    """
    count = seeded(seeds, run, seen, order, parent, when)
    for i in range(count):
        place[order[i]] = i
        wins[order[i]] = 0
    alike = log_failure == log_failure
    head = 0
    while head < count:
        vertex = order[head]
        i = offsets[vertex]
        end = offsets[vertex + 1]
        while i < end:
            if alike:
                failures = skip(state, log_failure)
                if failures >= end - i:
                    break
                i += failures
            elif uniform(state) >= chances[i]:
                i += 1
                continue
            target = targets[i]
            i += 1
            if seen[target] != run:
                seen[target] = run
                place[target] = count
                wins[target] = 1
                order[count] = target
                parent[count] = head
                when[count] = when[head] + 1
                count += 1
            elif when[place[target]] == when[head] + 1:
                wins[target] += 1
                if uniform(state) * wins[target] < 1.0:
                    parent[place[target]] = head
        head += 1
    return count


@kernel
def cascade_sizes(
    offsets: Longs,
    targets: Ints,
    chances: Floats,
    log_failure: float,
    seeds: Ints,
    first: int,
    sizes: Longs,
    seed: int,
) -> None:
    """Fill `sizes` with how many are reached in runs `first`, `first` + 1, …"""
    vertices = offsets.size - 1
    seen = np.full(vertices, -1, np.int64)
    place = np.empty(vertices, np.int32)
    wins = np.empty(vertices, np.int32)
    order = np.empty(vertices, np.int32)
    parent = np.empty(vertices, np.int32)
    when = np.empty(vertices, np.int32)
    state = np.empty(1, np.uint64)
    for i in range(sizes.size):
        begin(seed, first + i, state)
        sizes[i] = cascade_run(
            offsets, targets, chances, log_failure, seeds, first + i, state,
            seen, place, wins, order, parent, when,
        )  # fmt: skip


@kernel
def threshold_run(
    offsets: Longs,
    targets: Ints,
    weights: Floats,
    seeds: Ints,
    run: int,
    state: State,
    seen: Longs,
    touched: Longs,
    threshold: Floats,
    pressure: Floats,
    order: Ints,
    parent: Ints,
    when: Ints,
) -> int:
    """Run the linear threshold model; return how many are reached.

    A vertex is reached once the weights of its reached in-neighbours pass its threshold,
    uniform on 0 to 1 and drawn when it is first touched. Its parent is the neighbour that
    passed it: with a uniform threshold each is that with a chance like its weight, as
    if the vertex had picked at most one in-edge. O(edges of the reached).
    """
    count = seeded(seeds, run, seen, order, parent, when)
    head = 0
    while head < count:
        vertex = order[head]
        for i in range(offsets[vertex], offsets[vertex + 1]):
            target = targets[i]
            if seen[target] == run:
                continue
            if touched[target] != run:
                touched[target] = run
                threshold[target] = uniform(state)
                pressure[target] = 0.0
            pressure[target] += weights[i]
            if threshold[target] < pressure[target]:
                seen[target] = run
                order[count] = target
                parent[count] = head
                when[count] = when[head] + 1
                count += 1
        head += 1
    return count


@kernel
def threshold_sizes(
    offsets: Longs,
    targets: Ints,
    weights: Floats,
    seeds: Ints,
    first: int,
    sizes: Longs,
    seed: int,
) -> None:
    """Fill `sizes` with how many are reached in runs `first`, `first` + 1, …"""
    vertices = offsets.size - 1
    seen = np.full(vertices, -1, np.int64)
    touched = np.full(vertices, -1, np.int64)
    threshold = np.empty(vertices)
    pressure = np.empty(vertices)
    order = np.empty(vertices, np.int32)
    parent = np.empty(vertices, np.int32)
    when = np.empty(vertices, np.int32)
    state = np.empty(1, np.uint64)
    for i in range(sizes.size):
        begin(seed, first + i, state)
        sizes[i] = threshold_run(
            offsets, targets, weights, seeds, first + i, state,
            seen, touched, threshold, pressure, order, parent, when,
        )  # fmt: skip


@kernel
def roots(above: Longs) -> Longs:
    """Return the row of each row's seed; `above` names the parent's row, an earlier one, or −1."""
    root = np.empty(above.size, np.int64)
    for i in range(above.size):
        root[i] = i if above[i] < 0 else root[above[i]]
    return root
