"""A bar that shows how far a reading has come, where somebody sees it."""

import contextlib
import os
import sys
import warnings
from collections.abc import Callable, Iterator


@contextlib.contextmanager
def bar(size: int, progress: bool | None) -> Iterator[Callable[[int], object]]:
    """Show how many bytes were read, and give what is told of them.

    Parameters
    ----------
    size
        How many there are.
    progress
        Show it; None for where that is a terminal or Jupyter, and no machine's run (`CI` is set).
    """
    if not (_is_watched() if progress is None else progress):
        yield lambda _: None
        return
    with warnings.catch_warnings():
        # A notebook without ipywidgets is told so, and gets a bar of signs.
        warnings.simplefilter("ignore")
        from tqdm.auto import tqdm

        made = tqdm(total=size, unit="B", unit_scale=True, desc="reading", leave=False)
    with made:
        yield made.update


def _is_watched() -> bool:
    return not os.environ.get("CI") and (sys.stderr.isatty() or _is_jupyter())


def _is_jupyter() -> bool:
    ipython = sys.modules.get("IPython")
    shell = None if ipython is None else ipython.get_ipython()
    return type(shell).__name__ == "ZMQInteractiveShell"
