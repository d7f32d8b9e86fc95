"""Photos belong to their case: who sees the case sees them, in the pages and in the database; nobody else does."""

import io

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from linli.base.actor import system
from linli.base.files.commands import receive
from linli.base.files.models import StoredFile
from linli.base.scope import enter
from linli.matters.cases import commands
from tests.cast import POINT_HERE, Cast


def photo() -> SimpleUploadedFile:
    drawn = io.BytesIO()
    Image.new("RGB", (64, 48), "#7a9").save(drawn, "JPEG")
    return SimpleUploadedFile("照片.jpg", drawn.getvalue())


def test_a_photo_filed_by_nobody_is_seen_by_its_unit_and_not_by_the_neighbour(cast: Cast) -> None:
    enter(cast.nobody)
    stored = receive(cast.nobody, photo())
    case = commands.file(
        cast.nobody, text="楼道灯不亮", longitude=POINT_HERE[0], latitude=POINT_HERE[1], files=[stored.pk]
    )["id"]
    enter(system("test"))
    assert StoredFile.objects.get(pk=stored.pk).owner_id == str(case)
    for who, seen in [("secretary", True), ("dispatcher", True), ("neighbour", False), ("sysadmin", False)]:
        enter(getattr(cast, who))
        assert StoredFile.objects.filter(pk=stored.pk).exists() is seen, who
        url = f"/files/{stored.pk}/"
        assert (cast.client(who).get(url).status_code == 200) is seen, who
    enter(cast.nobody)
    assert not StoredFile.objects.filter(pk=stored.pk).exists()


def test_what_units_tell_each_other_is_kept_from_the_reporter(cast: Cast) -> None:
    enter(system("test"))
    case = commands.file(
        cast.nobody, text="楼道灯不亮", kind="report", longitude=POINT_HERE[0], latitude=POINT_HERE[1]
    )["id"]
    commands.dispatch(cast.dispatcher, case, to=cast.organisations["here"].pk)
    paper = receive(cast.secretary, photo())
    commands.return_(cast.secretary, case, ground="not_our_duty", note="见附件", files=[paper.pk])
    assert cast.client("dispatcher").get(f"/files/{paper.pk}/").status_code == 200
    reporter = cast.client()
    session = reporter.session
    session["cases"] = [case]
    session.save()
    reporter.cookies["linli"] = session.session_key
    assert reporter.get(f"/files/{paper.pk}/").status_code == 404
