"""What a grid worker finds on patrol: one short form, handled like a case, listed and counted apart."""

from io import BytesIO

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from linli.base.actor import system
from linli.base.files.models import StoredFile
from linli.base.scope import enter
from linli.matters.cases.models import Case
from tests.cast import GRID, GRID_THERE, Cast


def picture() -> SimpleUploadedFile:
    content = BytesIO()
    Image.new("RGB", (40, 30), "teal").save(content, "PNG")
    return SimpleUploadedFile("photo.png", content.getvalue(), content_type="image/png")


def test_one_sentence_and_a_place_are_enough(cast: Cast) -> None:
    client = cast.client("grid_worker")
    assert "春光里小区" in client.get("/prevention/find/").content.decode()
    answer = client.post("/prevention/find/", {"text": "三号楼东侧井盖翘起", "place": f"region:{GRID}"})
    assert answer.status_code == 302
    enter(system("test"))
    case = Case.objects.select_related("proceeding").get()
    assert (case.proactive, case.channel, case.anonymous, case.kind) == (True, "patrol", True, "report")
    assert case.proceeding.region_code == GRID
    assert "井盖翘起" in client.get("/prevention/findings/").content.decode()
    assert "井盖翘起" in client.get("/prevention/findings/export.csv").getvalue().decode()  # type: ignore[attr-defined]
    assert "井盖翘起" not in cast.client("neighbour_grid_worker").get("/prevention/findings/").content.decode()


def test_with_a_photo_of_the_compound(cast: Cast) -> None:
    assert cast.compound is not None
    sent = {
        "text": "消防通道堆了沙发", "place": f"compound:{cast.compound.pk}", "where": "2号楼北侧",
        "category": "safety.passage", "photos": [picture()],
    }  # fmt: skip
    assert cast.client("grid_worker").post("/prevention/find/", sent).status_code == 302
    enter(system("test"))
    case = Case.objects.get()
    assert (case.category, case.compound_id, case.place_text) == ("safety.passage", cast.compound.pk, "2号楼北侧")
    assert StoredFile.objects.filter(owner_kind="case", owner_id=str(case.pk)).count() == 1


def test_a_complaint_is_no_finding(cast: Cast) -> None:
    from tests.matters.cases.stories import filed

    filed(cast)
    assert "没有符合条件" in cast.client("secretary").get("/prevention/findings/").content.decode()


def test_nothing_typed_is_lost_and_other_places_are_not_offered(cast: Cast) -> None:
    client = cast.client("grid_worker")
    answer = client.post("/prevention/find/", {"text": "井盖翘起了", "place": f"region:{GRID_THERE}"})
    assert answer.status_code == 422
    assert "井盖翘起了" in answer.content.decode()
    five = {"text": "井盖翘起了", "place": f"region:{GRID}", "photos": [picture() for _ in range(5)]}
    answer = client.post("/prevention/find/", five)
    assert answer.status_code == 422
    assert "最多 4 张" in answer.content.decode()
    assert client.post("/prevention/find/", {"text": "", "place": f"region:{GRID}"}).status_code == 422
    enter(system("test"))
    assert not Case.objects.exists()
    assert cast.client("auditor").get("/prevention/find/").status_code == 404
