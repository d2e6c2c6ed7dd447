"""The outline of the world, read from TopoJSON: coasts and borders as lines."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from spread._errors import InputError

__all__ = ["Outline", "outline_lines"]

Outline: TypeAlias = str | Path | Mapping[str, Any]
"""A TopoJSON file, or what it holds."""


def outline_lines(
    outline: Outline, layer: str, *, without: str | None = None
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return longitudes and latitudes of a layer's lines, a gap after each.

    Lines that the layer `without` has too are left out.

    Arcs are delta-coded integers (https://github.com/topojson/topojson-specification).

    Raises
    ------
    InputError
        It is no such TopoJSON.
    """
    try:
        topology = _topology(outline)
        scale, shift = topology["transform"]["scale"], topology["transform"]["translate"]
        numbers = _arcs(topology["objects"][layer])
        if without is not None:
            numbers -= _arcs(topology["objects"][without])
        lines: list[NDArray[np.float64]] = []
        for number in sorted(numbers):
            arc = np.cumsum(np.asarray(topology["arcs"][number], dtype=np.float64)[:, :2], axis=0)
            lines += [arc * scale + shift, np.full((1, 2), np.nan)]
    except (OSError, ValueError, KeyError, TypeError, IndexError) as error:
        raise InputError(
            "the outline of the map cannot be read",
            got=f"{type(error).__name__}: {error}",
            allowed=f"TopoJSON with a layer {layer}",
            hint='`samples.path("world")` is one',
        ) from error
    path = np.concatenate(lines).astype(np.float32) if lines else np.empty((0, 2), np.float32)
    return path[:, 0], path[:, 1]


def _topology(outline: Outline) -> Mapping[str, Any]:
    if isinstance(outline, Mapping):
        return outline
    return json.loads(Path(outline).read_text(encoding="utf-8"))


def _arcs(geometry: Mapping[str, Any]) -> set[int]:
    """Return the numbers of the arcs of a geometry; a reversed arc is the same line."""
    if "geometries" in geometry:
        return set().union(*(_arcs(part) for part in geometry["geometries"]))
    return {arc if arc >= 0 else ~arc for arc in _flat(geometry.get("arcs", []))}


def _flat(arcs: Any) -> list[int]:
    if isinstance(arcs, int):
        return [arcs]
    return [arc for part in arcs for arc in _flat(part)]
