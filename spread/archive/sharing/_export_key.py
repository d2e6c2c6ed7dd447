"""The key of pseudonyms: a file of its own, which stays with those who made the archive."""

import hmac
import os
import secrets
import stat
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

import pyarrow as pa

from spread._errors import OutputError, UsageError

FEWEST_BYTES: Final = 16
_MOST_BYTES: Final = 4096
_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO

Rename = Callable[[pa.Array], pa.Array]


def new_key(path: str | Path) -> None:
    """Make a key for pseudonyms: 256 random bits in a file that only its owner can read.

    Who has the key can tell which account a pseudonym stands for: keep it apart from
    what is shared, and destroy it when nobody needs to go back any more.

    Parameters
    ----------
    path
        The file to be made.

    Raises
    ------
    UsageError
        A file is there already.
    OutputError
        It cannot be written.

    References
    ----------
    Pseudonyms are HMAC-SHA-256 (RFC 2104) of ids under this key

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     new_key(f"{folder}/key")
    ...     len((Path(folder) / "key").read_text(encoding="ascii").strip())
    64
    """
    file = Path(path)
    if os.path.lexists(file):
        raise UsageError(
            "a file is there already",
            got=str(file),
            allowed="a new file",
            hint="Use the key that is there, or name another",
        )
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as key:
            key.write(secrets.token_hex(32) + "\n")
    except OSError as error:
        raise OutputError(
            "the key cannot be written", got=f"{file} ({error.strerror or error})"
        ) from error


def read_key(path: str | Path, *, beside: Path) -> bytes:
    """Return the key in a file, which only its owner can read from now on.

    Parameters
    ----------
    path
        The file; an end of line after the key is no part of it.
    beside
        The folder to be shared, in which the key must not be.
    """
    file = Path(path)
    if beside.resolve() in file.resolve().parents:
        raise UsageError(
            "the key would be shared with the data",
            got=str(file),
            hint="Keep it outside the folder that is shared",
        )
    try:
        with file.open("rb") as content:
            key = content.read(_MOST_BYTES + 1).rstrip(b"\r\n")
        if os.name == "posix" and file.stat().st_mode & _OTHERS:
            file.chmod(stat.S_IRUSR | stat.S_IWUSR)
    except FileNotFoundError as error:
        raise UsageError(
            "there is no key file",
            got=str(file),
            hint="Make one with archive.new_key(path), or on the command line with --new-key",
        ) from error
    except OSError as error:
        raise UsageError(
            "the key file cannot be used", got=f"{file} ({error.strerror or error})"
        ) from error
    if not FEWEST_BYTES <= len(key) <= _MOST_BYTES:
        raise UsageError(
            "this is no key",
            got=f"{file} with {len(key) if len(key) <= _MOST_BYTES else 'too many'} bytes",
            allowed=f"{FEWEST_BYTES} to {_MOST_BYTES:,} bytes",
            hint="Make one with archive.new_key(path): a short one can be guessed",
        )
    return key


def pseudonym(key: bytes, own_id: str) -> str:
    """Return the pseudonym of an id: its HMAC-SHA256 in hexadecimal digits.

    Examples
    --------
    The second test case of RFC 4231, https://doi.org/10.17487/RFC4231:

    >>> pseudonym(b"Jefe", "what do ya want for nothing?")[:16]
    '5bdcc146bf60754e'
    """
    return hmac.digest(key, own_id.encode("utf-8", "surrogatepass"), "sha256").hex()


def renaming(key: bytes) -> Rename:
    """Return what puts pseudonyms in place of a column of ids; null stays null."""

    def rename(column: pa.Array) -> pa.Array:
        encoded = column.dictionary_encode()
        return pa.array(_each(key, encoded.dictionary.to_pylist()), pa.string()).take(
            encoded.indices
        )

    return rename


def _each(key: bytes, ids: Iterable[str]) -> list[str]:
    return [pseudonym(key, own_id) for own_id in ids]
