"""One file's records: each is kept, a notice, or rejected with its reason."""

import gzip
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from invented_archive import counted, lines, put, snowflake, v1_tweet, v2_tweet, v2_user

from spread import archive
from spread.archive._faults import REASONS, DamageError
from spread.archive.files import _lines
from spread.archive.files._lines import pieces
from spread.archive.files._packed import Meter, unpacked

ONE, TWO, THREE = v1_tweet(1), v1_tweet(2), v2_tweet(3)


def _pretty(value: Any) -> bytes:
    return json.dumps(value, indent=2).encode()


@pytest.mark.parametrize(
    "text",
    [
        lines(ONE, TWO, THREE),
        lines(ONE, TWO, THREE).replace(b"\n", b"\r\n"),
        b"\xef\xbb\xbf" + lines(ONE, TWO, THREE),
        lines(ONE, TWO, THREE).rstrip(b"\n"),
        lines(ONE, b"", b"  ", TWO, b"\r", THREE),
        json.dumps([ONE, TWO, THREE]).encode(),
        _pretty([ONE, TWO, THREE]),
        b"[\n" + lines(ONE, TWO, THREE).strip().replace(b"\n", b",\n") + b"\n]\n",
        _pretty(ONE) + b"\n" + _pretty(TWO) + b"\n" + _pretty(THREE),
        _pretty(ONE) + _pretty(TWO) + json.dumps(THREE).encode(),
        lines(ONE).strip() + lines(TWO).strip() + lines(THREE),
        lines([ONE, TWO], [THREE]),
        lines(ONE) + _pretty([TWO, THREE]),
        lines(ONE, {"data": [THREE]}, TWO),
        lines({"statuses": [ONE, TWO], "search_metadata": {}}, THREE),
        gzip.compress(lines(ONE, TWO)) + gzip.compress(lines(THREE)),
        gzip.compress(lines(ONE, TWO, THREE)) + b"\x00" * 512,
    ],
)
def test_the_same_three_tweets_in_every_layout(tmp_path: Path, text: bytes) -> None:
    counts, rejects = counted(tmp_path, text)
    assert rejects == []
    assert (counts["records"], counts["kept_tweets"], counts["rejected"]) == (3, 3, 0)


@pytest.mark.parametrize(
    ("record", "reason", "says"),
    [
        (b'{"id_str": "1", "te', "BAD_JSON", "truncated"),
        (lines(ONE).strip() + b"TRAILER", "BAD_JSON", "trailing"),
        (b'xt": "second half of a line"}', "BAD_JSON", "malformed"),
        (b"\x00\x01\x02 noise", "UNKNOWN_FORMAT", "no JSON object"),
        (b'{"text": "\xff\xfe", "id_str": "5", "user": {"id": 1}}', "BAD_UTF8", "UTF-8"),
        ({"id": 1.05e18, "text": "a", "user": {"id": 1}}, "ID_FLOAT", "1.05e+18"),
        ({"id_str": "6.29E+17", "text": "a", "user": {"id": 1}}, "ID_FLOAT", "6.29E+17"),
        ({"id": 3, "text": "a", "user": {"id": 1.5e10}}, "ID_FLOAT", "15000000000.0"),
        (v1_tweet(1, user={"screen_name": "nobody"}), "NO_USER", "no author"),
        (v2_tweet(1, author_id=None), "NO_USER", "no author_id"),
        (v1_tweet(1, id=None, id_str=None), "NO_ID", "no id"),
        (v1_tweet(1, id=7, id_str="7", created_at="yesterday"), "BAD_TIME", "created_at"),
        (v1_tweet(1, id=7, id_str="7", created_at="2014-04-22T18:00:00"), "BAD_TIME", "created"),
        (
            v1_tweet(1, id=7, id_str="7", created_at="Mon Jan 01 00:00:00 +0000 0001"),
            "BAD_TIME",
            "cre",
        ),
        (
            v1_tweet(1, id=7, id_str="7", created_at="Fri Dec 31 23:59:59 +0000 9999"),
            "BAD_TIME",
            "cre",
        ),
        (v1_tweet(1, text=5), "BAD_FIELD", "$.text"),
        (b'{"a":' * 65 + b"1" + b"}" * 65, "UNKNOWN_FORMAT", "keys a"),
        (v1_tweet(1, deep=json.loads("[" * 64 + "]" * 64)), "TOO_DEEP", "64 levels"),
        (b'{"a":' * 3000 + b"1" + b"}" * 3000, "TOO_DEEP", "500 levels"),
        (v1_tweet(1, text="x" * (9 << 20)), "TOO_LARGE", "record of"),
        ({"id": "1", "content": "<p>", "account": {}}, "NO_USER", "no account"),
        (b"458640532934737920", "UNKNOWN_FORMAT", "a file of their own"),
        (b"null", "UNKNOWN_FORMAT", "no JSON object"),
        (b"{}", "UNKNOWN_FORMAT", "an empty object"),
    ],
)
def test_a_bad_record_costs_itself_only(
    tmp_path: Path, record: Any, reason: str, says: str
) -> None:
    counts, rejects = counted(tmp_path, lines(ONE, record, TWO))
    assert [(r["source_record"], r["reason"]) for r in rejects] == [(2, reason)]
    assert says in rejects[0]["detail"]
    assert reason in REASONS
    assert (counts["records"], counts["kept_tweets"], counts["rejected"]) == (3, 2, 1)


BAD = b'{"id_str": "x"}'


@pytest.mark.parametrize(
    ("text", "bad"),
    [
        (lines(ONE, BAD, TWO), BAD),
        (b"\xef\xbb\xbf  " + lines(*[ONE] * 300, BAD, TWO), BAD),
        (b"\xef\xbb\xbf [" + json.dumps([ONE])[1:-1].encode() + b", " + BAD + b"]", BAD),
        (b"[\n" + json.dumps(ONE, indent=1).encode() + b",\n" + BAD + b"\n]", BAD),
        (b"window.YTD.tweets.part0 = [\n" + json.dumps(ONE).encode() + b",\n" + BAD + b"]", BAD),
        (lines(*[ONE] * 9) + b"no JSON\n" + lines(TWO), b"no JSON"),
    ],
)
def test_a_reject_names_the_byte_where_its_record_starts(
    tmp_path: Path, text: bytes, bad: bytes
) -> None:
    for name, whole in (("a.json", text), ("a.json.gz", gzip.compress(text))):
        read = archive.read(_file(tmp_path / name, whole), progress=False)
        assert read.report.rejects.detail[0].startswith(f"at byte {text.index(bad):,}: ")


def _file(path: Path, text: bytes) -> Path:
    path.write_bytes(text)
    return path


def test_a_line_cut_in_two_is_two_rejects_or_still_one_object(tmp_path: Path) -> None:
    whole = lines(ONE).strip()
    for at in range(1, len(whole), 7):
        counts, rejects = counted(tmp_path, lines(TWO, whole[:at], whole[at:], THREE))
        try:
            json.loads(whole[:at] + b"\n" + whole[at:])
        except ValueError:
            assert (counts["kept_tweets"], len(rejects)) == (2, 2)
            assert [r["source_record"] for r in rejects] == [2, 3]
        else:
            assert (counts["kept_tweets"], len(rejects)) == (3, 0)


def test_a_cut_pretty_object_does_not_swallow_what_follows(tmp_path: Path) -> None:
    cut = _pretty(ONE)[: len(_pretty(ONE)) // 2].rsplit(b"\n", 1)[0]
    counts, _ = counted(tmp_path, cut + b"\n" + lines(TWO, THREE))
    assert counts["kept_tweets"] == 2
    assert counts["records"] == counts["kept_tweets"] + counts["rejected"]


def _slowly(text: bytes) -> Iterator[bytes]:
    return (text[at : at + 999] for at in range(0, len(text), 999))


def test_an_array_of_any_length_on_one_line_is_streamed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_lines, "LINE_MOST", 4000)
    whole = json.dumps([v1_tweet(n) for n in range(50)]).encode()
    for text in (whole, whole[:-1] + b',{"id": nonsense}]', whole[:-1] + b',"x", 7]'):
        found = pieces(_slowly(text))
        values = [json.loads(piece.data) for piece in found if b"id_str" in piece.data]
        assert values == json.loads(whole)
    line = json.dumps(v1_tweet(1, "x" * 5000)).encode()
    found = pieces(_slowly(lines(line, ONE)))
    assert [piece.fault for piece in found] == ["TOO_LARGE", None]


def test_half_of_a_surrogate_pair_becomes_a_replacement(tmp_path: Path) -> None:
    text = r'{"id_str":"1","created_at":"2014-04-22T18:00:00Z","text":"%s","user":{"id":1}}'
    for typed in (r"x\ud83dy", r"x\udc00y", r"x\ud83d", r"\\\ud83d \ud83d\ude00 \\ud83d"):
        counts, rejects = counted(tmp_path, (text % typed).encode())
        assert (counts["kept_tweets"], rejects) == (1, [])


def test_other_line_ends_stay_inside_a_tweet(tmp_path: Path) -> None:
    tweet = json.dumps(v1_tweet(1, "a\u2028b\u0085c"), ensure_ascii=False).encode()
    counts, _ = counted(tmp_path, lines(tweet))
    assert (counts["records"], counts["kept_tweets"]) == (1, 1)


def test_notices_are_counted_and_blank_lines_are_no_records(tmp_path: Path) -> None:
    notices = [
        {"delete": {"status": {"id_str": "1", "user_id_str": "2"}}},
        {"scrub_geo": {"user_id_str": "2", "up_to_status_id_str": "9"}},
        {"limit": {"track": 3}},
        {"status_withheld": {"id": 1, "user_id": 2, "withheld_in_countries": ["DE"]}},
        {"user_withheld": {"id": 2, "withheld_in_countries": ["DE"]}},
        {"disconnect": {"code": 4}},
        {"warning": {"code": "FALLING_BEHIND"}},
        {"errors": [{"title": "operational-disconnect"}]},
        {"meta": {"result_count": 0}},
        {"data": {"withheld": {"tweet": {"id": "1"}, "withheld_in_countries": ["DE"]}}},
        {"data": {"user_suspend": {"user": {"id": "1"}, "event_at": ""}}},
        {"title": "ConnectionException", "detail": "", "connection_issue": "", "type": "about"},
    ]
    counts, rejects = counted(tmp_path, lines(b"[]", *notices, b"", b" [ ]", ONE))
    assert (counts["records"], counts["notices"], counts["blank"]) == (13, 12, 3)
    assert rejects == []


def test_a_deletion_of_v2_is_honoured(tmp_path: Path) -> None:
    gone = {"delete": {"tweet": {"id": ONE["id_str"], "author_id": "1"}, "event_at": ""}}
    report = archive.read(put(tmp_path / "a.jsonl", {"data": gone}, ONE, v1_tweet(7))).report
    assert (report.totals["kept_tweets"], report.totals["notices"]) == (1, 2)


@pytest.mark.parametrize(
    ("written", "reason"),
    [("-5", "NO_ID"), ("9" * 30, "NO_ID"), ("NaN", "NO_ID"), ("4.5e17", "ID_FLOAT"),
     ("6,29E+17", "ID_FLOAT"), ("458640532934737920.0", "ID_FLOAT")],
)  # fmt: skip
def test_an_id_that_is_none_is_not_called_rounded(
    tmp_path: Path, written: str, reason: str
) -> None:
    _, rejects = counted(tmp_path, lines(v1_tweet(1, id_str=written)))
    assert [reject["reason"] for reject in rejects] == [reason]


def test_elements_of_a_page_are_records_and_what_it_includes_is_none(tmp_path: Path) -> None:
    page = {
        "data": [THREE, v2_tweet(4), {"tweet_count": 3, "start": ""}],
        "includes": {"users": [v2_user(1)], "tweets": [v2_tweet(5), {"id": "x", "text": ""}]},
    }
    counts, rejects = counted(tmp_path, lines(page, {"users": [v2_user(1), v2_user(2)]}))
    assert (counts["records"], counts["kept_tweets"], counts["kept_users"]) == (5, 2, 2)
    assert [(r["source_record"], r["reason"]) for r in rejects] == [
        (3, "UNKNOWN_FORMAT"),
        (1, "EMBEDDED"),
    ]
    assert counts["rejected"] == 1


def test_what_is_unreadable_inside_a_tweet_is_said_and_the_tweet_kept(tmp_path: Path) -> None:
    retweet = v1_tweet(9, retweeted_status=v1_tweet(1, user={}))
    counts, rejects = counted(tmp_path, lines(retweet))
    assert (counts["kept_tweets"], counts["rejected"]) == (1, 0)
    assert (rejects[0]["reason"], "NO_USER" in rejects[0]["detail"]) == ("EMBEDDED", True)


def test_a_count_that_no_table_holds_is_unknown(tmp_path: Path) -> None:
    """2^63 followers, or an offset of 2^31 s from UTC: the tweet is kept, the number is not."""
    huge = v1_tweet(1, retweet_count=2**63)
    huge["user"] |= {"followers_count": 2**64, "utc_offset": 2**31}
    user = v2_user(9) | {"public_metrics": {"followers_count": 2**63}}
    paged = v2_tweet(2, author_id="9") | {"public_metrics": {"retweet_count": 2**63}}
    page = {"data": [paged], "includes": {"users": [user]}}
    (tmp_path / "a.jsonl").write_text("\n".join(json.dumps(row) for row in (huge, page)))
    made = archive.read(tmp_path / "a.jsonl", workers=1)
    assert made.report.totals["rejected"] == 0
    tweets, users = made.frame("tweets"), made.frame("users")
    assert len(tweets) == 2
    assert tweets[["retweet_count"]].isna().all(axis=None)
    assert users[["followers", "utc_offset_s"]].isna().all(axis=None)


def test_details_are_one_printable_line_of_200_bytes(tmp_path: Path) -> None:
    _, rejects = counted(tmp_path, b"\x1b[31m\xff" + b"x" * 500)
    assert rejects[0]["detail"].isprintable()
    assert len(rejects[0]["detail"]) < 300


TEXT = lines(*(v1_tweet(n, f"{random.Random(n).random()} #myNYPD") for n in range(40)))


@pytest.mark.parametrize("share", [0.0, 0.001, 0.02, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99, 0.999])
def test_of_a_truncated_gzip_the_good_lines_are_kept(tmp_path: Path, share: float) -> None:
    packed = gzip.compress(TEXT)
    cut = packed[: 2 + int(share * (len(packed) - 2))]
    counts, rejects = counted(tmp_path, cut)
    # What any inflater can get out of these bytes, counted in whole lines.
    import zlib

    good = zlib.decompressobj(31).decompress(cut)
    assert counts["kept_tweets"] == good.count(b"\n")
    assert [r["reason"] for r in rejects] == ["TRUNCATED"]
    assert counts["records"] == counts["kept_tweets"] + 1


def test_a_wrong_check_sum_and_a_flipped_bit_are_found(tmp_path: Path) -> None:
    packed = bytearray(gzip.compress(TEXT))
    packed[-6] ^= 1
    counts, rejects = counted(tmp_path, bytes(packed))
    assert (counts["kept_tweets"], [r["reason"] for r in rejects]) == (40, ["CRC"])
    packed = bytearray(gzip.compress(TEXT))
    packed[len(packed) // 2] ^= 255
    _, rejects = counted(tmp_path, bytes(packed))
    assert rejects[-1]["reason"] in ("CRC", "TRUNCATED")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (b"\x89PNG\r\n\x1a\n\x00\x00", "a picture"),
        (b"PAR1\x15\x04", "Parquet"),
        ("{}".encode("utf-16"), "UTF-16"),
        (random.Random(1).randbytes(9000), "binary"),
        (gzip.compress(random.Random(1).randbytes(9000)), "binary"),
    ],
)
def test_a_file_that_is_no_text_is_one_reject(tmp_path: Path, text: bytes, says: str) -> None:
    counts, rejects = counted(tmp_path, text)
    assert [r["reason"] for r in rejects] == ["NOT_TEXT"]
    assert says in rejects[0]["detail"]
    assert counts["records"] == counts["rejected"] == 1


@pytest.mark.parametrize("stray", [b"[", b"[1,", b'[{"a": 1', b"[[", b'["x', b'{"a": "\\ud83d"'])
def test_a_stray_bracket_reads_on_where_two_records_follow_each_other(stray: bytes) -> None:
    # What would close the bracket stands behind all: the records are no elements of it.
    text = [*([lines(ONE)] * 3), stray + b"\n", *([lines(TWO)] * 3), b"]\n}]\n5\n"]
    whole = [piece[:2] for piece in pieces(iter([b"".join(text)]))]
    assert len(whole) >= len(text)
    for cut in (1, 2, 5, 6):
        halves = (b"".join(text[:cut]), b"".join(text[cut:]))
        assert [piece[:2] for half in halves for piece in pieces(iter([half]))] == whole


PAGE = b'\r\n <!DOCTYPE html>\n<script>\n{\n[1,\n{"a": 1}\n</script>\n503\n\n'


@pytest.mark.parametrize(
    ("text", "says"), [(PAGE, "web page (HTML)"), (b"<?xml?>\n<a>\n</a>\n", "as XML and web pages")]
)
def test_a_web_page_is_one_reject_and_what_follows_is_read(
    tmp_path: Path, text: bytes, says: str
) -> None:
    for more, kept in ((b"", 0), (lines(ONE, b"<p>", TWO), 2)):
        counts, rejects = counted(tmp_path, text + more)
        assert (counts["kept_tweets"], counts["records"]) == (kept, kept + 1 + (kept > 0))
        assert says in rejects[0]["detail"]
    _, rejects = counted(tmp_path, gzip.compress(PAGE * 99)[:-9])
    assert [reject["reason"] for reject in rejects] == ["UNKNOWN_FORMAT", "TRUNCATED"]


def test_bytes_are_told_as_they_are_read(tmp_path: Path) -> None:
    told: list[int] = []
    packed = gzip.compress(TEXT)
    counts, _ = counted(tmp_path, packed, on_bytes=told.append)
    assert sum(told) == counts["size"] == len(packed)


def test_strict_reading_stops_at_the_first_reject(tmp_path: Path) -> None:
    counts, rejects = counted(tmp_path, lines(ONE, b"{", b"{", TWO), strict=True)
    assert (counts["records"], len(rejects)) == (2, 1)


_FAULTY = st.sampled_from(
    [
        json.dumps(ONE).encode(),
        json.dumps(v2_tweet(6)).encode(),
        json.dumps({"data": [v2_tweet(7), {"id": 1}], "includes": {"tweets": [3]}}).encode(),
        json.dumps({"delete": {"status": {"id_str": snowflake(1, 1)}}}).encode(),
        json.dumps({"users": [v2_user(3)]}).encode(),
        b"",
        b"[",
        b"]",
        b"{",
        b"}",
        b'"',
        b",",
        b"\x00",
        b"\xff",
        b"\n",
        b'{"text":"\\ud83d"',
        b"[1, 2",
        b'{"data": {}}',
    ]
)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.lists(st.tuples(_FAULTY, st.sampled_from([b"\n", b"", b" ", b"\r\n", b","]))))
def test_every_record_is_accounted_for(tmp_path_factory: Any, parts: list) -> None:
    folder = tmp_path_factory.mktemp("faults")
    counts, rejects = counted(folder, b"".join(text + end for text, end in parts))
    kept = counts["kept_tweets"] + counts["kept_users"]
    assert counts["records"] == kept + counts["notices"] + counts["rejected"]
    assert counts["rejected"] == sum(r["reason"] != "EMBEDDED" for r in rejects)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(st.lists(_FAULTY, max_size=12), st.integers(1, 40))
@example([b'{"text":"\\ud83d"', json.dumps(ONE).encode(), b"]"], 1)
def test_pieces_do_not_depend_on_how_the_bytes_arrive(parts: list[bytes], size: int) -> None:
    text = b"\n".join(parts)
    chunks = [text[i : i + size] for i in range(0, len(text), size)]
    assert list(pieces(iter([text]))) == list(pieces(iter(chunks)))


@settings(max_examples=100, deadline=None, derandomize=True)
@given(st.lists(_FAULTY, max_size=12))
def test_no_byte_but_white_space_and_commas_is_passed_over(parts: list[bytes]) -> None:
    text = b"\n".join(parts)
    held = b"".join(piece.data for piece in pieces(iter([text])))
    ours = sum(held.count(bytes([c])) for c in range(33, 127) if c not in b",[]")
    assert ours == sum(text.count(bytes([c])) for c in range(33, 127) if c not in b",[]")


def _text(packed: bytes) -> Iterator[bytes]:
    return unpacked(iter([packed]), packed[:9], Meter(lambda _: None)) or iter(())


def test_gunzip_is_that_of_the_standard_library(tmp_path: Path) -> None:
    rng = random.Random(3)
    for n in range(8):
        text = b"{" + bytes(rng.choices(b"abc \n", k=10 ** (n % 5) * 3))
        file = tmp_path / "file.gz"
        with gzip.open(file, "wb", compresslevel=n + 1) as out:
            out.write(text)
        assert b"".join(_text(file.read_bytes())) == text
    with pytest.raises(DamageError):
        list(_text(file.read_bytes()[:-1]))


NESTED = {"user_mentions": [{"id": n, "id_str": str(n), "screen_name": "x"} for n in (5, 6, 7)]}
ELEMENTS = [json.dumps(v1_tweet(n, entities=NESTED)) for n in range(30)]
BROKEN = {
    "a brace is missing": lambda text: text[:-1],
    "a brace too many": lambda text: text.replace('"text"', '}"text"'),
    "bytes are lost": lambda text: text[: len(text) // 2],
    "bytes are overwritten": lambda text: text[:58] + "####" + text[62:],
    "a quote too many": lambda text: text[:60] + '"' + text[60:],
    "a list is not closed": lambda text: text.replace("]", ""),
    "the start is lost": lambda text: text[3:],
}


@pytest.mark.parametrize("how", BROKEN)
@pytest.mark.parametrize("bad", [[0], [4], [4, 5, 20]])
def test_of_an_array_on_one_line_a_broken_element_costs_itself(
    tmp_path: Path, how: str, bad: list[int]
) -> None:
    parts = [BROKEN[how](text) if n in bad else text for n, text in enumerate(ELEMENTS)]
    text = f"[{', '.join(parts)}]".encode()
    counts, rejects = counted(tmp_path, text)
    assert counts["kept_tweets"] == 30 - len(bad)
    assert counts["records"] == counts["kept_tweets"] + counts["rejected"]
    assert any("bytes are no whole element of the array" in r["detail"] for r in rejects)
    chunks = [text[at : at + 7] for at in range(0, len(text), 7)]
    assert list(pieces(iter(chunks))) == list(pieces(iter([text])))
