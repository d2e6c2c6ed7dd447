"""A file that appears whole or not at all."""

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from spread._errors import OutputError


@contextlib.contextmanager
def written(path: str | Path) -> Iterator[Path]:
    """Give a temporary path beside `path`; on success it takes its place in one step.

    After an error nothing is left at either name.

    Raises
    ------
    OutputError
        The place cannot be written, with the reason.

    Examples
    --------
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with written(Path(folder) / "a.txt") as draft:
    ...         _ = draft.write_text("done", encoding="utf-8")
    ...     (Path(folder) / "a.txt").read_text(encoding="utf-8")
    'done'
    """
    final = Path(path)
    draft = None
    try:
        final.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{final.name}.", suffix=".part", dir=final.parent)
        os.close(handle)
        draft = Path(name)
        yield draft
        with draft.open("rb+") as file:
            os.fsync(file.fileno())
        mask = os.umask(0)
        os.umask(mask)
        draft.chmod(0o666 & ~mask)
        draft.replace(final)
    except OSError as error:
        raise OutputError(
            "a file cannot be written",
            got=f"{final} ({error.strerror or error})",
            hint="Choose another place, or free space or permissions there",
        ) from error
    finally:
        if draft is not None:
            draft.unlink(missing_ok=True)
