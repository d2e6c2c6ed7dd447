"""The notebooks run from top to bottom, and carry no output in git."""

import re
from pathlib import Path

import nbformat
import plotly.graph_objects as go
import plotly.io as pio
import pytest
from nbclient import NotebookClient

NOTEBOOKS = sorted((Path(__file__).parents[1] / "notebooks").glob("*.ipynb"))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_a_notebook_runs(path: Path, tmp_path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    folder = {"metadata": {"path": str(tmp_path)}}
    NotebookClient(notebook, timeout=180, resources=folder).execute()
    assert len(notebook.cells) <= 25
    assert any(
        "application/vnd.plotly.v1+json" in output.get("data", {})
        for cell in notebook.cells
        for output in cell.get("outputs", [])
    )


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_a_notebook_is_stripped(path: Path) -> None:
    cells = nbformat.read(path, as_version=4).cells
    assert not any(cell.get("outputs") or cell.get("execution_count") for cell in cells)


def test_the_renderer_for_exported_pages_gives_both() -> None:
    """Without HTML beside Plotly's own type, nbconvert writes a page without figures."""
    (told,) = set(re.findall(r"PLOTLY_RENDERER=(\S+)", NOTEBOOKS[-1].read_text("utf-8")))
    bundle: dict[str, object] = {}
    for name in told.split("+"):
        bundle |= pio.renderers[name].to_mimebundle(go.Figure().to_dict())
    assert set(bundle) == {"application/vnd.plotly.v1+json", "text/html"}
