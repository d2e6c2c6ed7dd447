"""Which archive a command studies: the one that is named, the tables kept of it, or the sample."""

import argparse
from pathlib import Path

from spread import archive, samples
from spread._errors import InputError, UsageError
from spread.archive import Archive
from spread.archive.files._found import find
from spread.cli._answer import DONE, said
from spread.study import Source

__all__ = ["is_sample", "require_kept", "source"]


def require_kept(options: argparse.Namespace) -> None:
    """Refuse a folder of tables that is none where no archive is named to be read into it."""
    if options.keep is not None and not options.archive and not _is_kept(options.keep):
        raise InputError(
            "no tables are kept there, and no archive is named",
            got=f"--keep {options.keep}",
            hint="Check the name, or name the archive whose tables are to be kept there",
        )


def source(options: argparse.Namespace, progress: bool | None) -> Source:
    """Return the archive, if its tables are kept or it is read strictly; else its paths."""
    require_kept(options)
    if options.keep is not None and _is_kept(options.keep):
        kept = archive.open(options.keep)
        _require_same(kept, options)
        return kept
    if not options.archive and progress is not False:
        said("no archive is named: this is the shipped sample, #myNYPD (synthetic)", DONE)
    paths: list[str | Path] = options.archive or [samples.path("mynypd")]
    if options.keep is None and not options.strict:
        return paths
    return archive.read(paths, to=options.keep, strict=options.strict, progress=progress)


def is_sample(opened: Archive) -> bool:
    """Whether it is the shipped archive, and not another that was kept in the same place."""
    return {Path(name).name for name in opened.report.files.source_file} == {
        samples.path("mynypd").name
    }


def _is_kept(folder: Path) -> bool:
    return (folder / "tweets.parquet").exists()


def _require_same(kept: Archive, options: argparse.Namespace) -> None:
    """Refuse tables that were made of other files than those named now."""
    if not options.archive:
        return
    known = {Path(name).name for name in kept.report.files.source_file}
    named = {file.name for file in find(options.archive).files}
    if other := sorted(named - known):
        raise UsageError(
            "the tables kept there are of other files",
            got=f"{other[0]} is not among those in {options.keep}",
            hint="Name another folder with --keep",
        )
