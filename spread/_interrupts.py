"""Ctrl-C while a command is still loading its modules: one line, as at any other time."""

import os
import signal
import sys
import threading
from types import FrameType

__all__ = ["INTERRUPTED", "end_at_once", "is_command", "raise_as_usual"]

INTERRUPTED = 130


def is_command() -> bool:
    """Whether `python -m spread.…` is being loaded, rather than imported by somebody's program.

    Examples
    --------
    >>> is_command()
    False
    """
    # While a package is loaded for -m, before its __main__ runs, the first argument is "-m".
    asked = sys.orig_argv[sys.orig_argv.index("-m") + 1 :] if "-m" in sys.orig_argv else []
    return sys.argv[:1] == ["-m"] and bool(asked) and asked[0].startswith("spread.")


def end_at_once() -> None:
    """End the program at Ctrl-C with one line; nothing is being written that has to be undone."""
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, _end)


def raise_as_usual() -> None:
    """Let Ctrl-C raise KeyboardInterrupt again, so that drafts are taken away."""
    if signal.getsignal(signal.SIGINT) is _end:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def _end(_number: int, _frame: FrameType | None) -> None:
    os.write(2, b"spread: interrupted before anything was written\n")
    os._exit(INTERRUPTED)
