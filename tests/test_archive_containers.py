"""Packed files and files inside files: nothing is lost silently, nothing is extracted."""

import bz2
import gzip
import io
import json
import random
import re
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from invented_archive import counted, lines, put, v1_tweet

from spread import archive
from spread._errors import UsageError
from spread.archive.files import _lines
from spread.archive.files._packed import zstd
from spread.archive.formats import _cells

TWEETS = [v1_tweet(n, f"tweet {n} {random.Random(n).random()} #myNYPD") for n in range(30)]
TEXT = lines(*TWEETS)


def test_a_cut_array_costs_no_array_on_a_line_after_it(tmp_path: Path) -> None:
    pages = [json.dumps(TWEETS[n : n + 10]) for n in (0, 10, 20)]
    cut = pages[0][: pages[0].rindex(', {"id"')]
    counts, _ = counted(tmp_path, "\n".join([cut, *pages[1:]]).encode())
    assert (counts["kept_tweets"], counts["rejected"]) == (29, 1)


def tarred(**members: bytes) -> bytes:
    """Return a tar file; __ in a name stands for a dot."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as file:
        for name, data in members.items():
            header = tarfile.TarInfo(name.replace("__", "."))
            header.size = len(data)
            file.addfile(header, io.BytesIO(data))
    return out.getvalue()


def zipped(*members: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as file:
        for name, data in members:
            file.writestr(name, data)
    return out.getvalue()


def streamed_zip(*members: tuple[str, bytes]) -> bytes:
    """Return a zip file as a server sends it: sizes stand behind the members."""

    class Sink(io.RawIOBase):
        data = b""

        def writable(self) -> bool:
            return True

        def write(self, data: bytes) -> int:  # type: ignore[override]
            self.data += bytes(data)
            return len(data)

    sink = Sink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as file:  # type: ignore[arg-type]
        for name, data in members:
            file.writestr(name, data)
    return sink.data


HALVES = (("a.jsonl", lines(*TWEETS[:15])), ("b/c.jsonl", lines(*TWEETS[15:])))
PACKED = {
    "bz2": bz2.compress(TEXT),
    "bz2 streams": bz2.compress(HALVES[0][1]) + bz2.compress(HALVES[1][1]),
    "zst": zstd.compress(TEXT),
    "zst frames": zstd.compress(HALVES[0][1]) + zstd.compress(HALVES[1][1]),
    "zip": zipped(*HALVES),
    "stored zip": zipped(*HALVES, method=zipfile.ZIP_STORED),
    "streamed zip": streamed_zip(*HALVES),
    "tar": tarred(a__jsonl=HALVES[0][1], b__json=HALVES[1][1]),
    "tar.gz": gzip.compress(tarred(a__jsonl=TEXT)),
    "tar.bz2": bz2.compress(tarred(a__jsonl=TEXT)),
    "tar of bz2": tarred(a__json__bz2=bz2.compress(TEXT)),
    "zip of gz": zipped(("x.json.gz", gzip.compress(TEXT)), method=zipfile.ZIP_STORED),
    "zip of zip": zipped(("x.zip", zipped(*HALVES))),
}


@pytest.mark.parametrize("kind", PACKED)
def test_the_same_tweets_in_every_packing(tmp_path: Path, kind: str) -> None:
    counts, rejects = counted(tmp_path, PACKED[kind])
    assert rejects == []
    assert (counts["records"], counts["kept_tweets"]) == (30, 30)


def _cuts(packed: bytes) -> list[bytes]:
    """Cut at 40 places, all before the last byte that matters."""
    end = len(packed.rstrip(b"\x00")) if b"ustar" in packed[:512] else len(packed)
    return [packed[: end * n // 41] for n in range(1, 41)]


@pytest.mark.parametrize(
    "kind", ["gz", "bz2", "zst", "tar", "zip", "streamed zip", "tar.gz", "tar of bz2"]
)
def test_of_forty_cuts_forty_are_reported(tmp_path: Path, kind: str) -> None:
    whole = gzip.compress(TEXT) if kind == "gz" else PACKED[kind]
    for cut in _cuts(whole):
        counts, rejects = counted(tmp_path, cut)
        assert rejects, f"{kind} cut to {len(cut)} of {len(whole)} bytes"
        assert counts["records"] == counts["kept_tweets"] + counts["rejected"]


def test_a_tar_file_cut_between_members_is_told_from_a_whole_one(tmp_path: Path) -> None:
    whole = tarred(a__jsonl=b"\n" * 512, b__jsonl=TEXT)
    first_member = whole[:1024]
    _, rejects = counted(tmp_path, first_member)
    assert [r["reason"] for r in rejects] == ["TRUNCATED"]


# Where a check sum covers the bytes: zst has one if its packer was told so (the zstd command
# is), tar has one of each header and none of what its members hold.
CHECKED = {
    "gz": gzip.compress(TEXT),
    "bz2": PACKED["bz2"],
    "zst": zstd.compress(TEXT, options={zstd.CompressionParameter.checksum_flag: 1}),
    "zip": PACKED["zip"],
    "streamed zip": PACKED["streamed zip"],
    "tar of bz2": PACKED["tar of bz2"],
    "tar headers": PACKED["tar"],
}


def _flipped(kind: str, whole: bytes) -> list[bytes]:
    """Flip a bit at 40 places that a check sum covers."""
    start = 520 if kind == "tar of bz2" else 60
    places = list(range(start, len(whole.rstrip(b"\x00")) - 400))
    if kind == "tar headers":
        places = [at + n for name in (b"a.jsonl", b"b.json") for at in [whole.index(name)]
                  for n in range(140)]  # fmt: skip
    flipped = []
    for at in random.Random(5).sample(places, 40):
        copy = bytearray(whole)
        copy[at] ^= 16
        flipped.append(bytes(copy))
    return flipped


@pytest.mark.parametrize("kind", CHECKED)
def test_of_forty_flipped_bits_none_does_harm_unreported(tmp_path: Path, kind: str) -> None:
    for number, flipped in enumerate(_flipped(kind, CHECKED[kind])):
        counts, rejects = counted(tmp_path, flipped)
        assert counts["records"] == counts["kept_tweets"] + counts["rejected"]
        if not rejects:
            # A bit that nothing hangs on, such as a date in a header: all is there unharmed.
            texts = pq.read_table(tmp_path / "parts" / "tweets-000000.parquet")["text"].to_pylist()
            assert texts == [tweet["text"] for tweet in TWEETS], f"{kind}, flip {number}"


MANY = [v1_tweet(n, f"{random.Random(n).random()} #myNYPD") for n in range(900)]
LONG = lines(*MANY)
BLOCKS: dict[str, tuple[bytes, Callable[[], Any]]] = {
    "gz": (gzip.compress(LONG), lambda: zlib.decompressobj(31)),
    "bz2": (bz2.compress(LONG, 1), bz2.BZ2Decompressor),
    "zst": (zstd.compress(LONG), zstd.ZstdDecompressor),
}


@pytest.mark.parametrize(("kind", "flips"), [("gz", 9), ("bz2", 40), ("zst", 9)])
def test_what_stands_before_a_flipped_bit_is_kept(tmp_path: Path, kind: str, flips: int) -> None:
    """Kept is what the bytes before it give: of gzip every byte, of the others whole blocks."""
    whole, made = BLOCKS[kind]
    most = 0
    for at in random.Random(5).sample(range(60, len(whole) - 60), flips):
        good = made().decompress(whole[:at]).count(b"\n")
        counted(tmp_path, whole[:at] + bytes([whole[at] ^ 16]) + whole[at + 1 :])
        if good:
            part = pq.read_table(tmp_path / "parts" / "tweets-000000.parquet")
            ids = [tweet["id_str"] for tweet in MANY[:good]]
            assert part["tweet_id"].to_pylist()[:good] == ids
        most = max(most, good)
    assert most > 390


@pytest.mark.parametrize("kind", ["bz2", "zst"])
def test_a_damaged_stream_says_how_much_of_the_file_gives_nothing(
    tmp_path: Path, kind: str
) -> None:
    whole, made = BLOCKS[kind]
    # The last byte that is fed before a second block comes is where the first one's text ends.
    stream = made()
    taken = next(n for n in range(len(whole)) if stream.decompress(whole[n : n + 1]))
    _, rejects = counted(tmp_path, whole[: taken + 4000] + b"\x00" * 60 + whole[taken + 4060 :])
    lost = re.search(r"at least its last ([\d,]+) bytes give no text", rejects[-1]["detail"])
    assert lost is not None
    assert 0 <= len(whole) - taken - int(lost[1].replace(",", "")) <= 1024


@pytest.mark.parametrize("kind", ["gz", "bz2", "zst", "tar", "zip", "streamed zip", "tar.gz"])
def test_bytes_after_the_end_are_told(tmp_path: Path, kind: str) -> None:
    whole = gzip.compress(TEXT) if kind == "gz" else PACKED[kind]
    counts, rejects = counted(tmp_path, whole + b"\x00" * 600 + b"junk" * 300)
    assert (counts["records"], counts["kept_tweets"]) == (31, 30)
    assert [r["reason"] for r in rejects] == ["TRAILING"]
    assert "1,200 bytes that are no packed data follow the end" in rejects[0]["detail"]


@pytest.mark.parametrize("kind", ["tar", "zip", "streamed zip", "tar.gz"])
def test_files_that_were_joined_are_all_read(tmp_path: Path, kind: str) -> None:
    counts, rejects = counted(tmp_path, PACKED[kind] * 3)
    assert (counts["kept_tweets"], rejects) == (90, [])


def test_a_damaged_member_is_reported_and_the_rest_read(tmp_path: Path) -> None:
    bad = bytearray(gzip.compress(TEXT))
    bad[-6] ^= 1
    for whole in (
        tarred(a__json__gz=bytes(bad), b__json__gz=gzip.compress(lines(*TWEETS[:4]))),
        zipped(("a.json.gz", bytes(bad)), ("b.json", lines(*TWEETS[:4]))),
    ):
        counts, rejects = counted(tmp_path, whole)
        assert [r["reason"] for r in rejects] == ["CRC"]
        where = f"in a.json.gz: at byte {len(TEXT):,}: "
        assert rejects[0]["detail"].startswith(f"{where}the check sum")
        assert counts["kept_tweets"] == 34


def test_a_damaged_zip_member_does_not_hide_the_next(tmp_path: Path) -> None:
    whole = bytearray(zipped(*HALVES))
    whole[200] ^= 255
    counts, rejects = counted(tmp_path, bytes(whole))
    assert "CRC" in [r["reason"] for r in rejects]
    assert counts["kept_tweets"] >= 15


def test_a_damaged_tar_header_costs_its_member(tmp_path: Path) -> None:
    whole = bytearray(tarred(a__jsonl=lines(*TWEETS[:2]), b__jsonl=lines(*TWEETS[2:4])))
    second = whole.index(b"b.jsonl")
    whole[second + 100] ^= 1
    counts, rejects = counted(tmp_path, bytes(whole))
    assert [r["reason"] for r in rejects] == ["CRC"]
    assert counts["kept_tweets"] == 2


@pytest.mark.parametrize("pack", [gzip.compress, zstd.compress])
def test_a_bomb_is_left_alone(tmp_path: Path, pack: Callable[[bytes], bytes]) -> None:
    inside = pack(pack(b" " * (17 << 20)))
    counts, rejects = counted(tmp_path, inside)
    assert [r["reason"] for r in rejects] == ["BOMB"]
    assert counts["records"] == 1


def test_a_name_in_a_tar_file_is_no_longer_than_names_are(tmp_path: Path) -> None:
    header = tarfile.TarInfo("long")
    header.type, header.size = tarfile.GNUTYPE_LONGNAME, 1 << 40
    one, other = (lines(v1_tweet(n)).ljust(1024) for n in (1, 2))
    claims = header.tobuf(tarfile.GNU_FORMAT)
    packed = tarred(a__json=one)[: 512 + 1024] + claims + tarred(b__json=other)
    (tmp_path / "t.tar").write_bytes(packed)
    report = archive.read(tmp_path / "t.tar").report
    assert (report.totals["kept"], report.reasons) == (2, {"CRC": 1})


def test_a_cut_block_says_how_much_of_the_file_gave_nothing(tmp_path: Path) -> None:
    packed = bz2.compress(TEXT) + bz2.compress(TEXT * 9)[:500]
    counts, rejects = counted(tmp_path, packed)
    assert counts["kept_tweets"] == 30
    assert "at least its last 500 bytes give no text" in rejects[0]["detail"]


def test_files_that_hold_nothing_are_named(tmp_path: Path) -> None:
    put(tmp_path / "a.jsonl", TWEETS[0])
    (tmp_path / "b.jsonl").write_bytes(b"\n\n")
    report = archive.read(tmp_path).report
    assert any(w.startswith("a file holds nothing: ") and "b.jsonl" in w for w in report.warnings)


BEYOND = {
    "record_mb": (lines(v1_tweet(1, "x" * (9 << 20))), 10),
    "depth": (lines(v1_tweet(1, deep=json.loads("[" * 90 + "]" * 90))), 91),
    "ratio": (gzip.compress(b" " * (20 << 20)), 10_000),
}


@pytest.mark.parametrize("name", BEYOND)
def test_a_limit_is_set_as_the_reject_says(tmp_path: Path, name: str) -> None:
    text, needed = BEYOND[name]
    (tmp_path / "t.jsonl").write_bytes(text)
    (tmp_path / "u.jsonl").write_bytes(lines(TWEETS[0]))
    told = archive.read(tmp_path).report.rejects.detail.item()
    assert f"limits={{'{name}': {needed:g}}} (--limit {name}={needed:g}) lets it in" in told
    for workers in (1, 2):
        read = archive.read(tmp_path, limits={name: needed}, workers=workers)
        assert (len(read.report.rejects), read.report.totals["rejected"]) == (0, 0)


def test_a_line_of_any_length_is_read_where_that_is_allowed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_lines, "LINE_MOST", 1 << 20)
    file = put(tmp_path / "t.jsonl", TWEETS[0], v1_tweet(90, "x" * (3 << 20)), TWEETS[1])
    report = archive.read(file, limits={"record_mb": 1}).report
    assert report.rejects.reason.tolist() == ["TOO_LARGE"]
    assert "limits={'record_mb': 4}" in report.rejects.detail.item()
    assert archive.read(file, limits={"record_mb": 4}).report.totals["kept"] == 3


@pytest.mark.parametrize(
    ("limits", "told"),
    [
        ({"records": 9}, "no such limit: got records; allowed: record_mb, depth, ratio"),
        ({"depth": 501}, "the limit depth cannot be used: got 501"),
        ({"record_mb": 0}, "the limit record_mb cannot be used: got 0"),
        (9, "limits cannot be used"),
    ],
)
def test_a_limit_that_cannot_be_is_refused(tmp_path: Path, limits: Any, told: str) -> None:
    with pytest.raises(UsageError) as caught:
        archive.read(put(tmp_path / "t.jsonl", TWEETS[0]), limits=limits)
    assert str(caught.value).startswith(told)


def test_archives_inside_archives_end_somewhere(tmp_path: Path) -> None:
    deep = TEXT
    for _ in range(5):
        deep = gzip.compress(deep)
    _, rejects = counted(tmp_path, deep)
    assert [r["reason"] for r in rejects] == ["TOO_DEEP"]


def test_names_and_links_in_a_tar_file_lead_nowhere(tmp_path: Path) -> None:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as file:
        for name, kind, target in (
            ("link.json", tarfile.SYMTYPE, "/etc/passwd"),
            ("self.json", tarfile.SYMTYPE, "self.json"),
            ("hard.json", tarfile.LNKTYPE, "link.json"),
            ("device.json", tarfile.CHRTYPE, ""),
            ("folder", tarfile.DIRTYPE, ""),
        ):
            header = tarfile.TarInfo(name)
            header.type, header.linkname = kind, target
            file.addfile(header)
        for name in ("../../outside.json", "/absolute.json", "x" * 300 + ".json"):
            header = tarfile.TarInfo(name)
            header.size = len(lines(TWEETS[0]))
            file.addfile(header, io.BytesIO(lines(TWEETS[0])))
    before = sorted(tmp_path.parent.iterdir())
    counts, rejects = counted(tmp_path, out.getvalue())
    assert (counts["kept_tweets"], rejects) == (3, [])
    assert [name.partition("!")[2] for name in counts["ignored"]] == [
        "link.json", "self.json", "hard.json", "device.json",
    ]  # fmt: skip
    assert sorted(tmp_path.parent.iterdir()) == before


def test_links_that_lead_in_a_circle_are_left_aside(tmp_path: Path) -> None:
    put(tmp_path / "a.jsonl", TWEETS[0])
    (tmp_path / "loop.json").symlink_to("loop.json")
    (tmp_path / "lost.json").symlink_to("nowhere.json")
    (tmp_path / "up").symlink_to(tmp_path, target_is_directory=True)
    report = archive.read(tmp_path).report
    assert report.totals["records"] == 1
    # A link to a folder is named, and not followed.
    assert [Path(name).name for name in report.ignored] == ["loop.json", "lost.json", "up"]


def test_members_left_aside_are_named(tmp_path: Path) -> None:
    file = tmp_path / "all.zip"
    file.write_bytes(zipped(("a.json", TEXT), ("b.png", b"\x89PNG"), ("__MACOSX/a.json", b"x")))
    report = archive.read(file).report
    assert [name.rpartition("all.zip!")[2] for name in report.ignored] == [
        "b.png", "__MACOSX/a.json",
    ]  # fmt: skip
    assert report.totals["rejected"] == 0


def test_a_locked_zip_member_is_said_to_be_locked(tmp_path: Path) -> None:
    whole = bytearray(zipped(("a.json", TEXT), ("b.json", lines(TWEETS[0]))))
    whole[6] |= 1
    counts, rejects = counted(tmp_path, bytes(whole))
    assert "password" in rejects[0]["detail"]
    assert counts["kept_tweets"] == 1


def test_text_files_of_a_tar_that_hold_no_records_say_so(shared: Path, tmp_path: Path) -> None:
    counts, rejects = counted(tmp_path, (shared / "tideh" / "cascades.tar.gz").read_bytes())
    assert counts["records"] == counts["rejected"] > 0
    assert {r["reason"] for r in rejects} == {"UNKNOWN_FORMAT"}


def test_an_array_as_one_long_line_is_limited_by_the_record(tmp_path: Path) -> None:
    array = json.dumps([*TWEETS[:3], v1_tweet(9, "x" * (9 << 20)), *TWEETS[3:5]]).encode()
    counts, rejects = counted(tmp_path, array)
    assert [(r["source_record"], r["reason"]) for r in rejects] == [(4, "TOO_LARGE")]
    assert counts["kept_tweets"] == 5


@pytest.mark.parametrize("text", [b"x" * 999, b"a\n" + b"x" * 999, b"\r" * 99, b"a\r\nb\rc\n\n"])
def test_no_byte_of_a_table_is_searched_twice_for_the_end_of_its_line(text: bytes) -> None:
    """Each match begins where the one before ended, so that the search is linear."""
    assert b"".join(match[0] for match in _cells._LINE.finditer(text)) == text


def test_lines_of_tables_end_in_three_ways_across_chunks() -> None:
    chunks = [b"a\r", b"\nb\rc\n\nd", b"e\r"]
    assert list(_cells.lines(iter(chunks), 99)) == ["a\r\n", "b\r", "c\n", "\n", "de\r"]
    assert list(_cells.lines(iter([b"a\n"]), 99)) == ["a\n"]
