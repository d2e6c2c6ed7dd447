"""A place held by one process at a time; the system lets go of it when the process ends."""

import contextlib
import os
import socket
import sys
from collections.abc import Iterator
from pathlib import Path


class HeldError(Exception):
    """Another process holds the place; the text says which."""


@contextlib.contextmanager
def held(path: Path) -> Iterator[None]:
    """Hold a file, which is made and goes again.

    Raises
    ------
    HeldError
        Another process holds it.
    OSError
        It cannot be made.
    """
    descriptor = _taken(path)
    try:
        os.truncate(descriptor, 0)
        os.write(descriptor, f"process {os.getpid()} on {socket.gethostname()}".encode())
        try:
            yield
        finally:
            with contextlib.suppress(OSError):
                path.unlink()
    finally:
        os.close(descriptor)


def _taken(path: Path) -> int:
    """Return the file, made where there is none, once it is locked and stands at the path."""
    # What a link points to is somebody else's, and would be written over.
    not_linked = getattr(os, "O_NOFOLLOW", 0)
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | not_linked, 0o644)
        try:
            if not _locked(descriptor):
                holder = os.pread(descriptor, 200, 0) if hasattr(os, "pread") else b""
                raise HeldError(holder.decode("utf-8", "replace") or "another process")
            # Who held it takes it away at the end: a third may hold another file by now.
            if _stands_at(path, descriptor):
                return descriptor
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)


def _stands_at(path: Path, descriptor: int) -> bool:
    try:
        return os.path.samestat(path.lstat(), os.fstat(descriptor))
    except FileNotFoundError:
        return False


def _locked(descriptor: int) -> bool:
    """Take the lock; False where another has it."""
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if isinstance(error, BlockingIOError | PermissionError):
            return False
        raise
    return True
