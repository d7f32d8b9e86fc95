"""The airlock: what is let in comes out clean, what is not is refused with a reason, and nothing hurts this process."""

import io
import resource
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from linli.base.files.airlock import admit
from linli.base.files.rules import KINDS, MEGABYTE, Limits, NotAdmitted, kind_of
from tests.base.files import corpus
from tests.base.files.corpus import CANARY, Sent, phone_photo, photo


def refusal(sent: Sent, limits: Limits | None = None) -> str:
    with pytest.raises(NotAdmitted) as caught:
        admit(sent, limits)
    return str(caught.value)


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


# -- what comes out ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "GIF", "AVIF"])
def test_every_kind_of_photo_becomes_a_plain_jpeg(form):
    admitted = admit(Sent(photo(form=form), f"IMG_1.{form.lower()}"))
    assert (admitted.family, admitted.media_type) == ("image", "image/jpeg")
    assert (admitted.width, admitted.height) == (800, 600)
    assert opened(admitted.content).format == opened(admitted.thumbnail).format == "JPEG"
    assert max(opened(admitted.thumbnail).size) == 320


def test_nothing_attached_to_a_photo_survives():
    admitted = admit(Sent(phone_photo()))
    assert CANARY in phone_photo()
    for content in (admitted.content, admitted.thumbnail):
        assert CANARY not in content
        for trace in (b"Exif", b"GPS", b"xmp", b"ICC_PROFILE", b"trailing"):
            assert trace not in content
        picture = opened(content)
        assert not picture.getexif()
        assert set(picture.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


@pytest.mark.parametrize(
    ("orientation", "size", "red_at"),
    [
        (1, (800, 600), (100, 300)),
        (3, (800, 600), (700, 300)),
        (6, (600, 800), (300, 100)),
        (8, (600, 800), (300, 700)),
    ],
)
def test_a_photo_is_turned_upright(orientation, size, red_at):
    picture = opened(admit(Sent(phone_photo(orientation))).content)
    assert picture.size == size
    red, _, blue = picture.getpixel(red_at)
    assert red > 150 > 100 > blue


def test_large_photos_become_smaller_and_small_ones_stay():
    admitted = admit(Sent(photo(6000, 3000)))
    assert (admitted.width, admitted.height) == (2560, 1280)
    assert (admit(Sent(photo(3, 2))).width, admit(Sent(photo(3, 2))).height) == (3, 2)


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P", "L", "1", "I;16", "CMYK"])
def test_every_colour_mode(mode):
    out = io.BytesIO()
    form = "JPEG" if mode == "CMYK" else "PNG"
    Image.new(mode, (40, 30), 0).save(out, form)
    picture = opened(admit(Sent(out.getvalue(), f"a.{form.lower()}")).content)
    assert picture.mode == "RGB"
    assert picture.getpixel((1, 1))[0] > 250 if mode in ("RGBA", "LA") else True  # transparent becomes white


@pytest.mark.parametrize(
    ("content", "name", "media_type"),
    [
        (corpus.pdf(), "答复.pdf", "application/pdf"),
        (corpus.workbook(), "台账.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ],
)
def test_documents_stay_as_they_are(content, name, media_type):
    admitted = admit(Sent(content, name))
    assert (admitted.content, admitted.thumbnail) == (content, b"")
    assert (admitted.family, admitted.media_type) == ("document", media_type)


@pytest.mark.parametrize(
    "tail", [corpus.zipped(evil=b"x"), corpus.pdf(), b"<script>alert(1)</script>", b"\xff\xd9" + photo(9, 9, "PNG")]
)
def test_a_polyglot_comes_out_as_a_photo_only(tail):
    sent = photo() + tail
    content = admit(Sent(sent)).content
    assert tail not in content
    assert not zipfile.is_zipfile(io.BytesIO(content))
    assert b"%PDF" not in content
    assert b"<script" not in content


def test_a_script_hidden_in_a_comment_is_gone():
    content = photo(comment=b"<script>alert(1)</script>")
    assert b"<script>" in content
    assert b"<script>" not in admit(Sent(content)).content


# -- what is refused -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"", "a.jpg", "空的"),
        (corpus.zipped(bomb=bytes(1000)), "photo.jpg", "只能上传"),
        (corpus.pdf(), "photo.jpg", "与扩展名"),
        (photo(), "答复.pdf", "与扩展名"),
        (photo(), "台账.xlsx", "与扩展名"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "a.svg", "只能上传"),
        (b"<html><script>alert(1)</script>", "a.html", "只能上传"),
        (b"MZ\x90\x00", "a.exe", "只能上传"),
        (b"#!/bin/sh\n", "a.jpg", "只能上传"),
        (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic", "IMG_2.heic", "HEIC"),
        (photo()[:2000], "a.jpg", "不完整"),
        (b"\xff\xd8\xff\xe0" + b"\x00" * 500, "a.jpg", "打不开"),
        (photo(form="PNG")[:-600], "a.png", "不完整"),
        (b"GIF89a" + b"\x00" * 20, "a.gif", "打不开"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "a.webp", "打不开"),
        (corpus.pdf()[:-10], "a.pdf", "不完整"),
        (corpus.pdf(b"<</S/JavaScript/JS(app.alert(1))>>"), "a.pdf", "脚本"),
        (corpus.pdf(b"<</S/Launch>>"), "a.pdf", "脚本"),
        (corpus.pdf(b"<</Encrypt 5 0 R>>"), "a.pdf", "密码"),
        (corpus.workbook(xl__vbaProject_bin=b"x"), "a.xlsx", "宏"),
        (corpus.zipped(a=b"x"), "a.xlsx", "完好"),
        (corpus.workbook()[:-30], "a.xlsx", "完好"),
        (corpus.workbook(), "a.docx", "完好"),
        (b"PK\x03\x04" + b"\x00" * 100, "a.docx", "完好"),
    ],
)
def test_refusals_say_why(content, name, words):
    assert words in refusal(Sent(content, name))


def test_sixty_megabytes_are_refused_before_a_byte_is_read():
    sent = Sent(b"", "big.jpg", size=60 * MEGABYTE)
    assert "60 MB，超过每个 15 MB" in refusal(sent)
    assert sent.read == 0


def test_a_file_larger_than_it_says_is_refused_at_the_limit():
    sent = Sent(photo() + bytes(20 * MEGABYTE), size=1000)
    assert "超过每个 15 MB" in refusal(sent)
    assert sent.read <= 15 * MEGABYTE + 65536


@pytest.mark.parametrize(
    ("bomb", "name"),
    [
        (corpus.png_bomb, "bomb.png"),
        (corpus.text_bomb, "bomb.png"),
        (lambda: corpus.workbook(xl__sheet=bytes(200 * MEGABYTE)), "bomb.xlsx"),
        (lambda: corpus.workbook(**{f"part{number}": b"" for number in range(3000)}), "bomb.xlsx"),
    ],
    ids=["png", "png text", "xlsx", "xlsx members"],
)
def test_bombs_are_refused_and_cost_this_process_nothing(bomb, name):
    content = bomb()
    assert len(content) < 15 * MEGABYTE
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert refusal(Sent(content, name))
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50 * 1024  # kilobytes


def test_of_a_gif_with_many_frames_only_the_first_is_decoded():
    admitted = admit(Sent(corpus.gif_bomb(), "bomb.gif"))
    assert (admitted.width, admitted.height) == (2000, 2000)
    assert opened(admitted.content).format == "JPEG"


def test_too_many_pixels_are_refused_by_the_header_alone():
    limits = Limits(pixels=100_000)
    assert "像素超过 10 万" in refusal(Sent(photo()), limits)
    assert "像素超过 30 万" in refusal(Sent(photo()), Limits(pixels=300_000))  # where Pillow would only warn


def test_a_decoder_that_hangs_or_dies_is_a_refusal(monkeypatch, tmp_path):
    from linli.base.files import airlock

    for body in ("import time; time.sleep(60)", "import os; os.abort()", "print('[]')", "print('no json')", "1/0"):
        chamber = tmp_path / "chamber.py"
        chamber.write_text(body)
        monkeypatch.setattr(airlock, "CHAMBER", chamber)
        monkeypatch.setattr(airlock, "WALL_SECONDS", 1)
        assert "太复杂或已损坏" in refusal(Sent(photo()))


def test_the_chamber_limits_itself_and_sees_no_secrets(monkeypatch, tmp_path):
    from linli.base.files import airlock

    monkeypatch.setenv("LINLI_KEYS", "secret")
    spy = tmp_path / "chamber.py"
    report = (
        "    import os\n"
        "    said = {'env': sorted(os.environ), 'CPU': resource.getrlimit(resource.RLIMIT_CPU)[1]}\n"
        "    said['AS'] = resource.getrlimit(resource.RLIMIT_AS)[1]\n"
        "    print(json.dumps({'ok': False, 'reason': json.dumps(said)}))\n"
        "    return 0\n"
    )
    opening = "    try:\n        if kind =="
    original = airlock.CHAMBER.read_text()
    assert opening in original
    spy.write_text(original.replace(opening, report + opening, 1))
    monkeypatch.setattr(airlock, "CHAMBER", spy)
    said = refusal(Sent(photo()))
    assert '"CPU": 10' in said
    assert f'"AS": {512 * MEGABYTE}' in said
    assert "LINLI_KEYS" not in said


def test_nothing_is_left_behind(tmp_path):
    admit(Sent(photo()), folder=tmp_path)
    with pytest.raises(NotAdmitted):
        admit(Sent(photo()[:900]), folder=tmp_path)
    assert list(tmp_path.iterdir()) == []


@given(st.binary(max_size=400), st.sampled_from(["a.jpg", "a.png", "a.gif", "a.pdf", "a.xlsx", "a"]))
def test_any_bytes_have_a_kind_or_a_reason(head, name):
    try:
        kind = kind_of(head, name)
    except NotAdmitted:
        return
    assert kind in KINDS


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_a_damaged_photo_is_refused_or_clean(data):
    form = data.draw(st.sampled_from(["JPEG", "PNG", "WEBP", "GIF"]))
    content = bytearray(photo(60, 40, form))
    for _ in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(12, len(content) - 1))] = data.draw(st.integers(0, 255))
    try:
        admitted = admit(Sent(bytes(content), f"a.{form.lower()}"))
    except NotAdmitted:
        return
    assert opened(admitted.content).format == "JPEG"
