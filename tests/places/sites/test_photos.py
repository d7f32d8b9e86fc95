"""A photo is taken off a record with a reason, and nothing of it is left but that line of the history."""

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from pytest_django import DjangoCaptureOnCommitCallbacks

from linli.base.actor import system
from linli.base.commands import Refused
from linli.base.commands.models import AuditRow
from linli.base.files import store
from linli.base.files.commands import receive
from linli.base.files.models import StoredFile
from linli.base.scope import enter
from linli.places.sites import commands
from linli.places.sites.models import Site, Thing
from tests.cast import Cast
from tests.places.sites.test_registers import entered


def picture(colour: str) -> SimpleUploadedFile:
    held = BytesIO()
    Image.new("RGB", (640, 480), colour).save(held, "JPEG")
    return SimpleUploadedFile("井盖.jpg", held.getvalue(), "image/jpeg")


def photographed(cast: Cast, colour: str = "#123457") -> tuple[Thing, StoredFile]:
    _site, thing, _construction = entered(cast)
    file = receive(cast.grid_worker, picture(colour))
    StoredFile.objects.filter(pk=file.pk).update(owner_kind="thing", owner_id=str(thing.pk))
    return thing, StoredFile.objects.get(pk=file.pk)


def there(address: str) -> bool:
    try:
        return bool(store.get(address))
    except FileNotFoundError:
        return False


def test_a_photo_is_removed_with_its_bytes(
    cast: Cast, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    thing, file = photographed(cast)
    assert file.thumbnail_sha256 and there(file.sha256) and there(file.thumbnail_sha256)
    client, here = cast.client("grid_worker"), f"/sites/things/{thing.pk}/"
    there_is = f"{here}photos/{file.pk}/remove/"
    assert there_is in client.get(here).content.decode()
    assert client.post(there_is, {"reason": " "}).status_code == 422, "not without a reason"
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(there_is, {"reason": "拍到了人脸"}).status_code == 302
    assert not there(file.sha256) and not there(file.thumbnail_sha256), "neither the picture nor the small one"
    assert client.get(f"/files/{file.pk}/").status_code == 404
    page = client.get(here).content.decode()
    assert f"/files/{file.pk}/" not in page and "移除照片 1 张" in page and "拍到了人脸" in page
    assert client.get(there_is).status_code == 404
    enter(system("test"))
    assert AuditRow.objects.filter(command="sites.remove_thing_photo").count() == 1


def test_the_same_picture_of_another_record_stays(
    cast: Cast, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    thing, file = photographed(cast, "#223344")
    other = receive(cast.grid_worker, picture("#223344"))
    assert other.sha256 == file.sha256
    with django_capture_on_commit_callbacks(execute=True):
        commands.remove_thing_photo(cast.grid_worker, thing, photo=file.pk, reason="拍错了地方")
    assert there(file.sha256)


def test_a_refused_removal_leaves_the_bytes(cast: Cast) -> None:
    thing, file = photographed(cast, "#443322")
    site = Site.objects.get()
    for actor, row, command, photo, said in (
        (cast.neighbour_grid_worker, thing, commands.remove_thing_photo, file.pk, "不在您负责的区划里"),
        (cast.secretary, site, commands.remove_site_photo, file.pk, "已经不在"),
        (cast.grid_worker, thing, commands.remove_thing_photo, file.pk + 9, "已经不在"),
    ):
        with pytest.raises(Refused, match=said):
            command(actor, row, photo=photo, reason="拍错了")
    assert there(file.sha256) and StoredFile.objects.filter(pk=file.pk).exists()


def test_who_does_not_keep_the_register_is_not_offered_it(cast: Cast) -> None:
    thing, file = photographed(cast, "#334422")
    site = Site.objects.get()
    StoredFile.objects.filter(pk=file.pk).update(owner_kind="site", owner_id=str(site.pk))
    for who in ("grid_worker", "leader", "neighbour"):
        client = cast.client(who)
        page = client.get(f"/sites/register/{site.pk}/")
        assert "/remove/" not in page.content.decode(), who
        assert client.get(f"/sites/register/{site.pk}/photos/{file.pk}/remove/").status_code == 404, who
    client = cast.client("secretary")
    assert client.get(f"/sites/things/{thing.pk}/photos/{file.pk}/remove/").status_code == 404, "of another record"
    assert client.get(f"/sites/register/{site.pk}/photos/{file.pk}/remove/").status_code == 200


def test_a_photo_of_a_closed_site_can_still_be_removed(
    cast: Cast, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    _thing, file = photographed(cast, "#994422")
    site = Site.objects.get()
    StoredFile.objects.filter(pk=file.pk).update(owner_kind="site", owner_id=str(site.pk))
    commands.close_site(cast.secretary, site, basis="搬走")
    with django_capture_on_commit_callbacks(execute=True):
        answer = cast.client("secretary").post(
            f"/sites/register/{site.pk}/photos/{file.pk}/remove/", {"reason": "有人要求"}
        )
    assert answer.status_code == 302 and not there(file.sha256)
