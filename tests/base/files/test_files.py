"""Receiving, owning, serving and sweeping files."""

import stat
import tracemalloc
from datetime import timedelta
from urllib.parse import quote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import Http404, HttpResponse
from django.test import RequestFactory
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from PIL import Image

from linli.base.actor import ANONYMOUS, Actor, system
from linli.base.clockwork import frozen, now
from linli.base.commands import Refused
from linli.base.crypto import KeyRing, SealBroken, keyring
from linli.base.files import queries, store
from linli.base.files.commands import attach, receive, scan_held, sweep
from linli.base.files.models import StoredFile
from linli.base.files.rules import MEGABYTE
from linli.base.files.uploading import LimitedUploadHandler, too_large
from linli.base.files.views import show
from linli.base.ui.headers import ContentPolicyMiddleware
from tests.base.files import corpus
from tests.base.files.corpus import Sent, photo

WORKER = Actor(kind="person", name="王芳", account_id=1, post_id=1)
NEIGHBOUR = Actor(kind="person", name="邻居", account_id=2, post_id=2)


@pytest.fixture(autouse=True)
def home(everything, settings, tmp_path, monkeypatch):
    settings.HOME = tmp_path
    monkeypatch.setenv("LINLI_KEYS", KeyRing.fresh().as_json())
    keyring.ring.cache_clear()
    monkeypatch.setattr(queries, "owner_rules", {"case": lambda actor, owner_id: actor.account_id == int(owner_id)})
    yield tmp_path
    keyring.ring.cache_clear()


def asked(file: StoredFile, actor: Actor, thumbnail: bool = False) -> HttpResponse:
    request = RequestFactory().get(f"/files/{file.pk}/")
    request.actor = actor
    return ContentPolicyMiddleware(lambda request: show(request, file.pk, thumbnail))(request)


def kept(actor: Actor = WORKER, owner_id: str = "1", **sent: object) -> StoredFile:
    file = receive(actor, Sent(sent.pop("content", photo()), **sent))
    attach(actor, [file.pk], kind="case", owner_id=owner_id)
    file.refresh_from_db()
    return file


# -- receiving -----------------------------------------------------------------------------------------------------


def test_a_photo_is_stored_clean_and_sealed(home):
    file = receive(WORKER, Sent(corpus.phone_photo(), "门口.jpg"))
    assert (file.family, file.state, file.owner_kind) == ("image", "clean", "")
    assert file.size == len(store.get(file.sha256))
    paths = [path for path in (home / "files").rglob("*") if path.is_file()]
    assert len(paths) == 2  # the photo and its thumbnail
    for path in paths:
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert b"JFIF" not in path.read_bytes()
        assert corpus.CANARY not in path.read_bytes()
    assert stat.S_IMODE((home / "files").stat().st_mode) == 0o700


def test_the_same_content_is_stored_once(home):
    first, second = receive(WORKER, Sent(photo())), receive(NEIGHBOUR, Sent(photo()))
    assert first.sha256 == second.sha256
    assert first.ticket != second.ticket
    assert sum(path.is_file() for path in (home / "files").rglob("*")) == 2


def test_a_refused_file_leaves_nothing(home):
    with pytest.raises(Refused, match="只能上传") as caught:
        receive(WORKER, Sent(corpus.zipped(a=b"x"), "photo.jpg"))
    assert caught.value.field == "photos"
    assert not StoredFile.objects.exists()
    assert not (home / "files").exists()


def test_bytes_changed_on_disk_are_noticed(home):
    file = receive(WORKER, Sent(photo()))
    path = home / "files" / file.sha256[:2] / file.sha256[2:4] / file.sha256
    other = home / "files" / file.thumbnail_sha256[:2] / file.thumbnail_sha256[2:4] / file.thumbnail_sha256
    path.write_bytes(other.read_bytes())  # sealed by us, but for another address
    with pytest.raises(SealBroken):
        store.get(file.sha256)


@pytest.mark.parametrize("address", ["", "../../etc/passwd", "a" * 63, "A" * 64, "/" * 64])
def test_the_store_takes_only_addresses(address):
    with pytest.raises(FileNotFoundError):
        store.get(address)


def test_a_new_key_reaches_the_store(monkeypatch):
    file = receive(WORKER, Sent(photo()))
    later = keyring.ring().with_new_key("sm")
    monkeypatch.setenv("LINLI_KEYS", later.as_json())
    keyring.ring.cache_clear()
    assert store.seal_again() == 2
    assert store.seal_again() == 0
    monkeypatch.setenv("LINLI_KEYS", KeyRing({later.active_id: later.active}, later.active_id).as_json())
    keyring.ring.cache_clear()
    assert len(store.get(file.sha256)) == file.size


# -- owning --------------------------------------------------------------------------------------------------------


def test_a_file_gets_its_owner_once():
    file = kept()
    assert list(queries.of("case", 1)) == [file]
    assert queries.of_many("case", [1, 2]) == {"1": [file]}
    with pytest.raises(Refused, match="已经失效"):
        attach(WORKER, [file.pk], kind="case", owner_id="2")
    assert StoredFile.objects.get().owner_id == "1"


def test_nobody_attaches_what_another_uploaded():
    file = receive(WORKER, Sent(photo()))
    for files in ([file.pk], [file.pk, 999_999], [999_999]):
        with pytest.raises(Refused) as caught:
            attach(NEIGHBOUR, files, kind="case", owner_id="2")
        assert caught.value.status == 409


def test_uploads_wait_for_a_form_that_is_shown_again():
    first, second = receive(ANONYMOUS, Sent(photo())), receive(ANONYMOUS, Sent(photo(9, 9)))
    assert queries.waiting(ANONYMOUS, [second.ticket, first.ticket]) == [first, second]
    assert queries.waiting(ANONYMOUS, ["guess", ""]) == []
    assert queries.waiting(NEIGHBOUR, [first.ticket]) == []
    attach(ANONYMOUS, [first.pk], kind="case", owner_id="1")
    assert queries.waiting(ANONYMOUS, [first.ticket]) == []


# -- serving -------------------------------------------------------------------------------------------------------


def test_the_owner_rule_decides():
    file = kept()
    assert asked(file, WORKER).content == store.get(file.sha256)
    assert asked(file, WORKER, thumbnail=True).content == store.get(file.thumbnail_sha256)
    for actor in (NEIGHBOUR, ANONYMOUS):
        with pytest.raises(Http404):
            asked(file, actor)


def test_without_a_rule_nobody_sees_a_file(monkeypatch):
    file = kept()
    monkeypatch.setattr(queries, "owner_rules", {})
    with pytest.raises(Http404):
        asked(file, WORKER)


def test_two_rules_for_one_kind_are_a_mistake():
    with pytest.raises(RuntimeError, match="two rules"):
        queries.owner_rule("case")(lambda actor, owner_id: True)


def test_an_upload_without_an_owner_is_seen_by_its_signed_in_sender_only():
    mine, nobodys = receive(WORKER, Sent(photo())), receive(ANONYMOUS, Sent(photo()))
    assert asked(mine, WORKER).status_code == 200
    for file, actor in ((mine, NEIGHBOUR), (mine, ANONYMOUS), (nobodys, ANONYMOUS), (nobodys, WORKER)):
        with pytest.raises(Http404):
            asked(file, actor)


@pytest.mark.parametrize(
    "name",
    [
        "诸葛流年 低保 13800138007", "../../etc/passwd", "..\\..\\windows\\x", "photo\r\nSet-Cookie: a=b", "a\x00.php", "evil\u202egpj.exe",
        "\u200b\ufeff", 'a"b', "漏" * 300,
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    ("content", "suffix", "inline", "shown"),
    [(photo(), ".jpg", True, "照片-{}.jpg"), (corpus.pdf(), ".pdf", False, "文件-{}.pdf")],
)
def test_nothing_of_what_its_sender_called_a_file_is_kept_or_sent(name, content, suffix, inline, shown):
    """Names of files name people, and are typed by whoever likes: a file is called by what it is and its number."""
    file = kept(content=content, name=name + suffix)
    with connection.cursor() as cursor:
        cursor.execute("SELECT f::text FROM files_storedfile f WHERE id = %s", [file.pk])
        stored = cursor.fetchone()[0]
    assert not any(word in stored for word in ("诸葛", "13800138007", "passwd", "windows", "Set-Cookie", "evil", "漏"))
    answer = asked(file, WORKER)
    called = quote(shown.format(file.pk))
    assert answer["Content-Disposition"] == f"{'inline' if inline else 'attachment'}; filename*=utf-8''{called}"


def test_headers():
    answer = asked(kept(), WORKER)
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"


def test_a_document_has_no_thumbnail():
    with pytest.raises(Http404):
        asked(kept(content=corpus.pdf(), name="a.pdf"), WORKER, thumbnail=True)


def test_the_door_only_gives():
    file = kept()
    request = RequestFactory().post(f"/files/{file.pk}/")
    request.actor = WORKER
    assert show(request, file.pk).status_code == 405


# -- the scanner ---------------------------------------------------------------------------------------------------


@pytest.fixture
def scanner(tmp_path, monkeypatch):
    def answer(code: int) -> None:
        path = tmp_path / "scanner"
        path.write_text(f'#!/bin/sh\ntest -s "$1" && exit {code}\nexit 9\n')
        path.chmod(0o700)
        monkeypatch.setenv("LINLI_SCANNER", str(path))

    return answer


@pytest.mark.parametrize(("code", "state"), [(0, "clean"), (1, "blocked"), (2, "held")])
def test_the_scanner_decides_and_without_its_answer_a_file_is_held(scanner, code, state):
    scanner(code)
    file = kept()
    assert file.state == state
    if state != "clean":
        with pytest.raises(Http404):
            asked(file, WORKER)


def test_a_scanner_that_is_away_holds_files_until_it_is_back(scanner, monkeypatch):
    monkeypatch.setenv("LINLI_SCANNER", "/nonexistent/scanner")
    file = kept()
    assert file.state == "held"
    assert scan_held(system("test")) == 1
    scanner(0)
    assert scan_held(system("test")) == 0
    file.refresh_from_db()
    assert asked(file, WORKER).status_code == 200


# -- sweeping ------------------------------------------------------------------------------------------------------


def test_the_sweep_removes_what_has_no_owner_and_never_what_has_one(home):
    owned, loose = kept(), receive(WORKER, Sent(photo(90, 90)))
    shared = receive(WORKER, Sent(photo()))  # the same bytes as the owned one
    sweep(system("test"))
    assert StoredFile.objects.count() == 3
    with frozen(now() + timedelta(hours=25)):
        sweep(system("test"))
        assert set(StoredFile.objects.all()) == {owned}
        sweep(system("test"))
    assert store.get(owned.sha256)
    assert store.get(owned.thumbnail_sha256)
    for address in (loose.sha256, loose.thumbnail_sha256):
        with pytest.raises(FileNotFoundError):
            store.get(address)
    assert shared.sha256 == owned.sha256
    assert sum(path.is_file() for path in (home / "files").rglob("*")) == 2


def test_only_the_system_sweeps():
    with pytest.raises(Refused):
        sweep(Actor(kind="person", account_id=1, rights=frozenset({"files.sweep"})))


# -- the upload handler --------------------------------------------------------------------------------------------


def sent(files: dict[str, SimpleUploadedFile], **fields: str):
    request = RequestFactory().generic(
        "POST", "/", encode_multipart(BOUNDARY, {**fields, **files}), content_type=MULTIPART_CONTENT
    )
    request.upload_handlers = [LimitedUploadHandler(request)]
    return request


def test_a_file_that_is_too_large_is_dropped_and_what_was_typed_stays():
    request = sent(
        {
            "small": SimpleUploadedFile("small.jpg", photo()),
            "large": SimpleUploadedFile("large.jpg", bytes(16 * MEGABYTE)),
        },
        title="楼道灯坏了",
    )
    assert request.POST["title"] == "楼道灯坏了"
    assert list(request.FILES) == ["small"]
    assert too_large(request) == ["large.jpg"]
    assert Image.open(request.FILES["small"]).size == (800, 600)
    request.close()


def test_sixty_megabytes_never_stand_in_memory():
    request = sent({"large": SimpleUploadedFile("large.jpg", bytes(60 * MEGABYTE))}, title="字")
    tracemalloc.start()
    try:
        assert request.POST["title"] == "字"
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert too_large(request) == ["large.jpg"]
    assert peak < 8 * MEGABYTE


def test_many_files_together_stop_at_the_limit_of_a_request():
    files = {f"photo{number}": SimpleUploadedFile(f"{number}.jpg", bytes(14 * MEGABYTE)) for number in range(6)}
    request = sent(files)
    assert len(request.FILES) == 4
    assert too_large(request) == ["4.jpg", "5.jpg"]
    request.close()


def test_the_handler_is_the_one_in_force(settings):
    assert settings.FILE_UPLOAD_HANDLERS == ["linli.base.files.uploading.LimitedUploadHandler"]
    assert too_large(RequestFactory().get("/")) == []
