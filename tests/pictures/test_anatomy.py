"""Files are taken apart before a pixel is decoded: what is no picture, too large, or two things at once."""

import io
import random
import struct
import zipfile
from itertools import pairwise

import pytest
from PIL import Image, ImageChops

from adapters.pictures.anatomy import MOST_FRAMES, UnreadableError, take_apart
from bot.readings.picture import Band, Examined, PictureSeen, PictureUnread, Unreadable, band
from tests.pictures.made import (
    GPS,
    KINDS,
    PLACE,
    PNG_END,
    PNG_START,
    TURN,
    bomb,
    chunk,
    claims,
    flat,
    moving,
    place_of_home,
    shapes,
    webp,
    webp_part,
    written,
)

QUIET = PictureSeen("", Band.SILENT, 1, 1)


def kept(content: bytes) -> bytes:
    """Give what is kept of a picture whose score says nothing."""
    anatomy = take_apart(content)
    told = Examined(QUIET, tuple(anatomy.pieces)).kept(content)

    assert told is not None
    return told


def opened(content: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(content))
    picture.load()
    return picture


def why(content: bytes) -> Unreadable:
    with pytest.raises(UnreadableError) as told:
        take_apart(content)
    return told.value.reason


def noted(kind: str) -> bytes:
    """Write a picture that carries notes wherever its kind has room for them."""
    if kind == "JPEG":
        made = written(shapes(), kind, exif=place_of_home(), comment=PLACE, icc_profile=PLACE, xmp=PLACE, quality=90)
        return made + PLACE
    if kind == "GIF":
        return written(shapes(), kind, comment=PLACE) + PLACE
    if kind == "WEBP":
        return written(shapes(), kind, exif=place_of_home(), icc_profile=PLACE, xmp=PLACE) + PLACE
    made = written(shapes(), kind, exif=place_of_home(), icc_profile=PLACE)
    notes = chunk(b"tEXt", b"Comment\0" + PLACE) + chunk(b"tIME", b"\7\xea\x0b\x12\7\x12\0") + chunk(b"prVt", PLACE)
    return made[:33] + notes + made[33:] + PLACE


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_kept_says_nothing_of_the_place(kind: str) -> None:
    """A picture that a student took at home says where home is, to a metre."""
    content = noted(kind)
    told = kept(content)

    assert PLACE in content
    assert PLACE not in told
    assert b"Robin" not in told
    assert set(opened(told).getexif()) <= {TURN}
    assert not opened(told).getexif().get_ifd(GPS)
    assert set(opened(told).info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density", "dpi", "exif", "loop"} | {
        "version",
        "background",
        "duration",
        "timestamp",
    }


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_the_place_was_there_before(kind: str) -> None:
    """The test above shows nothing of a picture that never had one."""
    assert opened(noted(kind)).getexif().get_ifd(GPS)[1] == "N"


def test_a_webp_no_longer_claims_what_was_cut_out() -> None:
    """Its header says beforehand whether EXIF, XMP and a profile follow: some readers then want them."""
    before, after = noted("WEBP"), kept(noted("WEBP"))

    assert (before[12:16], after[12:16]) == (b"VP8X", b"VP8X")
    assert (before[20] & 0x2C, after[20] & 0x2C) == (0x2C, 0)


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_kept_looks_as_it_did(kind: str) -> None:
    """Evidence is what was posted, pixel by pixel: nothing is compressed again."""
    before, after = opened(noted(kind)).convert("RGBA"), opened(kept(noted(kind))).convert("RGBA")

    assert ImageChops.difference(before, after).getbbox(alpha_only=False) is None


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_kept_is_kept_the_same_again(kind: str) -> None:
    """Taking apart what was taken apart finds nothing to cut, how the camera was held included."""
    once = kept(noted(kind))

    assert kept(once) == once


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("turned", [1, 3, 6, 8, 9, 0])
def test_a_picture_stays_upright(order: str, turned: int) -> None:
    """How the camera was held is the one thing of EXIF that a reader needs."""
    exif = Image.Exif()
    exif.endian = order
    exif[TURN] = turned
    told = opened(kept(written(shapes(), "JPEG", exif=exif)))

    assert told.getexif().get(TURN) == (turned if 2 <= turned <= 8 else None)


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_a_moving_picture_keeps_moving(kind: str) -> None:
    """What was posted in eight frames is kept in eight."""
    content = moving([shapes((64 + 8 * each, 200)).resize((64, 64)) for each in range(8)], kind)
    told = opened(kept(content))

    assert take_apart(content).frames == 8
    assert told.n_frames == 8  # type: ignore[attr-defined]
    assert told.info["loop"] == 0


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("mode", ["RGB", "L", "RGBA", "P", "1", "CMYK", "LA"])
def test_every_way_to_write_a_picture_is_read(kind: str, mode: str) -> None:
    """Grey, see-through and coloured ones; what a kind cannot write is not asked of it."""
    picture = shapes().convert(mode)
    if (kind, mode) in {("JPEG", "RGBA"), ("JPEG", "P"), ("JPEG", "LA"), ("PNG", "CMYK"), ("GIF", "CMYK")}:
        picture = picture.convert("RGB")
    content = written(picture, kind)
    anatomy = take_apart(content)

    assert (anatomy.kind, anatomy.width, anatomy.height, anatomy.frames) == (kind, 320, 240, 1)
    assert opened(kept(content)).tobytes() == opened(content).tobytes()


@pytest.mark.parametrize("more", [{"progressive": True}, {"subsampling": 0}, {"restart_marker_blocks": 2}], ids=str)
def test_every_sort_of_jpeg_is_read(more: dict[str, object]) -> None:
    """Cameras and programs differ."""
    content = written(shapes(), "JPEG", **more)

    assert opened(kept(content)).tobytes() == opened(content).tobytes()


@pytest.mark.parametrize("more", [{"lossless": True}, {"quality": 5}, {"exact": True}], ids=str)
def test_every_sort_of_webp_is_read(more: dict[str, object]) -> None:
    """It has three ways to hold a picture."""
    content = written(shapes().convert("RGBA"), "WEBP", **more)

    assert opened(kept(content)).tobytes() == opened(content).tobytes()


def others() -> dict[str, bytes]:
    """Give what is no picture of the four kinds, whatever its file is called."""
    made = {kind: written(flat(), kind) for kind in ("BMP", "TIFF", "ICO", "PPM", "PCX", "TGA", "PDF", "EPS", "SGI")}
    return made | {
        "empty": b"",
        "one byte": b"\x89",
        "text": b"hello",
        "svg": b'<svg xmlns="http://www.w3.org/2000/svg"><image href="http://127.0.0.1/"/></svg>',
        "html": b"<html><img src=x></html>",
        "fits": b"SIMPLE  =                    T" + b" " * 2850,
        "psd": b"8BPS\0\1" + b"\0" * 100,
        "jpeg 2000": b"\0\0\0\x0cjP  \r\n\x87\n",
        "heic": b"\0\0\0\x18ftypheic" + b"\0" * 100,
        "avif": b"\0\0\0\x18ftypavif" + b"\0" * 100,
        "zip": b"PK\3\4" + b"\0" * 100,
        "gzip": b"\x1f\x8b\x08" + b"\0" * 100,
        "wave": b"RIFF\x24\0\0\0WAVEfmt ",
        "pdf with a jpeg": b"%PDF-1.7\n" + written(flat(), "JPEG"),
        "mp4 with a jpeg": b"\0\0\0\x18ftypmp42" + written(flat(), "JPEG"),
    }


@pytest.mark.parametrize("name", sorted(others()))
def test_no_other_kind_reaches_a_decoder(name: str) -> None:
    """Four kinds, and no more: each decoder less is a door less."""
    assert why(others()[name]) is Unreadable.OTHER_KIND


JPEG = written(shapes(), "JPEG")
GIF = written(shapes(), "GIF")
SMALL = written(flat(size=(8, 8)))


def frame_header(width: int, height: int) -> bytes:
    return b"\xff\xc0" + struct.pack(">HBHHB", 17, 8, height, width, 3) + b"\1\x22\0\2\x11\1\3\x11\1"


CONTRADICTIONS = {
    "png with two sizes": SMALL[:33] + SMALL[8:33] + SMALL[33:],
    "png without a size": PNG_START + SMALL[33:],
    "png of no width": claims(0, 10) + SMALL[33:],
    "png of a strange chunk": SMALL[:33] + chunk(b"ABCD", b"") + SMALL[33:],
    "png of a long colour": SMALL[:33] + chunk(b"gAMA", PLACE * 10) + SMALL[33:],
    "png of a chunk past its end": SMALL[:33] + struct.pack(">I4s", 2**31 - 1, b"IDAT"),
    "jpeg with two sizes": JPEG[:2] + frame_header(10, 10) + JPEG[2:],
    "jpeg of no size": b"\xff\xd8\xff\xd9",
    "jpeg of no height": b"\xff\xd8" + frame_header(10, 0) + b"\xff\xd9",
    "jpeg of a short segment": b"\xff\xd8\xff\xdb\0\1" + JPEG[2:],
    "jpeg without an end": JPEG[:-2],
    "jpeg in another way": JPEG.replace(b"\xff\xc0\0\x11", b"\xff\xc9\0\x11"),
    "gif of a frame outside": GIF.replace(b"\x2c\0\0\0\0", b"\x2c\1\0\0\0"),
    "gif of no size": GIF[:6] + b"\0\0\0\0" + GIF[10:],
    "gif without a frame": GIF[:13] + b"\0" * (3 << (GIF[10] & 7) + 1) + b"\x3b",
    "gif of a strange block": GIF[:-1] + b"\x99\x3b",
    "gif without an end": GIF[:-1],
    "webp of no picture": webp(),
    "webp of a strange start": webp(webp_part(b"VP8L", b"\x2e\0\0\0\0\0")),
    "webp with two pictures": webp(*2 * [written(shapes(), "WEBP", lossless=True)[12:]]),
    "webp with a canvas behind": webp(written(shapes(), "WEBP", lossless=True)[12:], webp_part(b"VP8X", b"\0" * 10)),
    "webp of two sizes": webp(
        webp_part(b"VP8X", b"\0" * 4 + b"\7\0\0\7\0\0"), written(shapes(), "WEBP", lossless=True)[12:]
    ),
}


@pytest.mark.parametrize("name", CONTRADICTIONS)
def test_what_contradicts_itself_is_not_decoded(name: str) -> None:
    """Where two readers could see two pictures, ours might be the harmless one."""
    assert why(CONTRADICTIONS[name]) is Unreadable.BROKEN


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (claims(100_000, 100_000) + PNG_END, Unreadable.TOO_MANY_PIXELS),
        (claims(2**31 - 1, 2**31 - 1) + PNG_END, Unreadable.TOO_MANY_PIXELS),
        (claims(5_001, 5_000) + PNG_END, Unreadable.TOO_MANY_PIXELS),
        (b"\xff\xd8" + frame_header(65_500, 65_500) + b"\xff\xd9", Unreadable.TOO_MANY_PIXELS),
        (GIF[:6] + b"\xff\xff\xff\xff" + GIF[10:], Unreadable.TOO_MANY_PIXELS),
        (webp(webp_part(b"VP8L", b"\x2f\xff\xff\xff\x0f\0")), Unreadable.TOO_MANY_PIXELS),
        (webp(webp_part(b"VP8X", b"\0" * 4 + b"\xff" * 6)), Unreadable.TOO_MANY_PIXELS),
    ],
    ids=str,
)
def test_a_size_is_refused_by_the_header(content: bytes, reason: Unreadable) -> None:
    """A hundred bytes can claim ten thousand million pixels: they are never made room for."""
    assert why(content) is reason


def test_as_many_pixels_as_allowed_are_allowed() -> None:
    """The limit is where it says."""
    anatomy = take_apart(bomb(5_000, 5_000))

    assert anatomy.width * anatomy.height == 25_000_000


def frames(count: int) -> bytes:
    """Write a GIF of so many frames of one pixel."""
    frame = b"\x2c\0\0\0\0\1\0\1\0\0\2\2\x44\1\0"
    return b"GIF89a\1\0\1\0\x80\0\0\0\0\0\xff\xff\xff" + frame * count + b"\x3b"


def test_too_many_frames_are_refused_before_one_is_decoded() -> None:
    """A frame costs a few bytes to write and a whole picture to show."""
    assert take_apart(frames(MOST_FRAMES)).frames == MOST_FRAMES
    assert why(frames(MOST_FRAMES + 1)) is Unreadable.TOO_MANY_FRAMES
    assert why(frames(100_000)) is Unreadable.TOO_MANY_FRAMES


def test_a_moving_png_counts_its_frames_too() -> None:
    """It says the number itself, before the first of them."""
    moves = SMALL[:33] + chunk(b"acTL", struct.pack(">II", 100_000, 0)) + SMALL[33:]

    assert why(moves) is Unreadable.TOO_MANY_FRAMES


def archive() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr("inside.txt", PLACE)
    return out.getvalue()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "behind",
    [archive(), b"<script>" + PLACE + b"</script>", b"%PDF-1.7 " + PLACE, PLACE * 1000, written(flat()) + PLACE],
    ids=["archive", "script", "pdf", "noise", "second picture"],
)
def test_what_hangs_behind_a_picture_is_cut_off(kind: str, behind: bytes) -> None:
    """A file that is two things at once is one thing afterwards."""
    content = written(shapes(), kind)

    assert kept(content + behind) == kept(content)


def test_a_script_in_the_header_of_a_gif_is_no_harm() -> None:
    """A size of which the digits are letters is a size, and a remark is cut out."""
    content = b"GIF89a/*\1\0" + frames(1)[10:-1] + b"\x21\xfe\x04*/=1\0" + b"\x3b"

    assert b"*/=1" not in kept(content)


@pytest.mark.parametrize(
    "content",
    [
        written(shapes(), "PNG")[:33] + chunk(b"eXIf", b"MM\0*" + PLACE * 400_000) + written(shapes(), "PNG")[33:],
        JPEG[:2] + b"\xff\xe1\xff\xffExif\0\0" * 1 + PLACE * 5460 + b"\0" * 7 + JPEG[2:],
        JPEG[:2] + (b"\xff\xe1\xff\xff" + (PLACE * 6000)[:65533]) * 100 + JPEG[2:],
    ],
    ids=["png", "jpeg", "jpeg, a hundred"],
)
def test_a_huge_exif_is_cut_out(content: bytes) -> None:
    """Nobody has to read it to know that it is not needed."""
    assert PLACE in content
    assert PLACE not in kept(content)
    assert opened(kept(content)).size == (320, 240)


@pytest.mark.parametrize(
    "tiff",
    [b"", b"II", b"MM\0*", b"MM\0*\xff\xff\xff\xff", b"MM\0*\0\0\0\x08\xff\xff", b"MM\0*\0\0\0\0" * 50, b"XX\0*" * 9],
    ids=str,
)
def test_a_broken_exif_is_as_none(tiff: bytes) -> None:
    """How the camera was held is a nicety; a picture is not refused for it."""
    body = b"Exif\0\0" + tiff
    content = JPEG[:2] + b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body + JPEG[2:]

    assert kept(content) == kept(JPEG)


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_that_breaks_off_anywhere_is_refused(kind: str) -> None:
    """At every one of its bytes: what is missing might be what matters."""
    content = written(shapes((40, 30)), kind)

    assert {why(content[:end]) for end in range(12, len(content))} <= {Unreadable.BROKEN, Unreadable.OTHER_KIND}


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("kind", KINDS)
def test_a_damaged_file_is_read_or_refused(kind: str, seed: int) -> None:
    """Nothing else happens, whatever is in it."""
    chance, content = random.Random(seed), noted(kind)
    for _ in range(150):
        damaged = bytearray(content)
        for _ in range(chance.randint(1, 8)):
            damaged[chance.randrange(12, len(damaged))] = chance.randrange(256)
        try:
            anatomy = take_apart(bytes(damaged))
        except UnreadableError:
            continue
        places = [each for each in anatomy.pieces if isinstance(each, tuple)]
        assert all(0 <= start <= end <= len(damaged) for start, end in places)
        assert all(one[1] <= other[0] for one, other in pairwise(places))


@pytest.mark.parametrize(
    ("score", "sorted_as"),
    [
        (0.0, Band.SILENT),
        (0.1999, Band.SILENT),
        (0.2, Band.ASK),
        (0.7999, Band.ASK),
        (0.8, Band.HIDE),
        (1.0, Band.HIDE),
        (float("nan"), Band.HIDE),
        (-1.0, Band.HIDE),
    ],
)
def test_a_score_is_sorted_as_decided(score: float, sorted_as: Band) -> None:
    """And what is no score at all counts as the worst."""
    assert band(score) is sorted_as


def test_no_band_says_that_a_picture_is_fine() -> None:
    """A low score says nothing, and nobody may read it as more."""
    assert not any(word in each.value for each in Band for word in ("clear", "safe", "harmless", "fine", "ok"))


@pytest.mark.parametrize(
    "reading",
    [PictureSeen("", Band.ASK, 8, 8), PictureSeen("", Band.HIDE, 8, 8), PictureUnread("", Unreadable.BROKEN)],
    ids=["ask", "hide", "unread"],
)
def test_a_picture_that_may_be_sexual_is_never_kept(reading: PictureSeen | PictureUnread) -> None:
    """Not even if somebody hands its parts over. One that nobody could look at may be one."""
    assert Examined(reading, ((0, len(SMALL)),)).kept(SMALL) is None


def test_words_in_a_picture_stay_out_of_logs() -> None:
    """They are somebody's words."""
    assert "secret" not in repr(Examined(PictureSeen("", Band.SILENT, 8, 8, text="secret"), (b"secret",)))
