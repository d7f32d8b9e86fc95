"""Sites, things and construction sites: the commands, the pages, the walls."""

from datetime import UTC, date, datetime, time
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from linli.base.actor import ANONYMOUS, system
from linli.base.clockwork import frozen
from linli.base.commands import Refused
from linli.base.facts.models import Fact
from linli.base.facts.noting import Given
from linli.base.files.models import StoredFile
from linli.base.scope import enter
from linli.places.sites import commands, policy, queries
from linli.places.sites.commands import NewConstruction, NewSite, NewThing
from linli.places.sites.models import ConstructionSite, Site, SiteService, Thing
from tests.cast import GRID, GRID_2, GRID_THERE, POINT_HERE, POINT_THERE, Cast

LON, LAT = POINT_HERE
WHY = Given(source="实地核实", reason="登记有误")
HOURS = "周一至周五 9:00-12:00 13:30-17:30"
# A Monday, 10 o'clock in the office's time zone.
OPEN = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)


def site(**more: Any) -> NewSite:
    usual: dict[str, Any] = {
            "name": "北里党群服务中心", "kind": "party_centre", "region_code": GRID, "longitude": LON, "latitude": LAT,
            "hours": HOURS, "services": ("party_affairs", "mediation"), "service_phone": "010-60001234", "address": "3号楼底商",
    }  # fmt: skip
    return NewSite(**usual | more)


def thing(**more: Any) -> NewThing:
    usual: dict[str, Any] = {
            "name": "南门污水井盖", "kind": "污水井盖", "region_code": GRID, "longitude": LON, "latitude": LAT,
            "mark": "J-0012", "keeper": "某排水所",
    }  # fmt: skip
    return NewThing(**usual | more)


def construction(**more: Any) -> NewConstruction:
    usual: dict[str, Any] = {
            "name": "雨污分流改造", "builder": "某市政公司", "region_code": GRID, "longitude": LON, "latitude": LAT,
            "starts": date(2026, 2, 1), "ends": date(2026, 5, 1),
    }  # fmt: skip
    return NewConstruction(**usual | more)


def entered(cast: Cast) -> tuple[Site, Thing, ConstructionSite]:
    (one,) = commands.open_sites(cast.secretary, sites=[site()])
    (two,) = commands.enter_things(cast.grid_worker, things=[thing()])
    (three,) = commands.open_constructions(cast.worker, constructions=[construction()])
    return Site.objects.get(pk=one), Thing.objects.get(pk=two), ConstructionSite.objects.get(pk=three)


# --- commands -------------------------------------------------------------------------------------------------------


def test_each_is_entered_with_its_source(cast: Cast) -> None:
    for row, kind in zip(entered(cast), ("site", "thing", "construction"), strict=True):
        assert row.verified_by and row.as_of is not None
        assert Fact.objects.get(kind=kind, key=row.pk).after == "登记"
    assert set(SiteService.objects.values_list("service", flat=True)) == {"party_affairs", "mediation"}


@pytest.mark.parametrize(
    ("act", "new", "field"),
    [
        ("open_sites", site(name=" "), "name"),
        ("open_sites", site(kind="castle"), "kind"),
        ("open_sites", site(services=("flying",)), "services"),
        ("open_sites", site(hours="周八 9:00-10:00"), "hours"),
        ("open_sites", site(region_code=GRID_THERE), "region_code"),
        ("open_sites", site(region_code="999999999999999"), "region_code"),
        ("open_sites", site(latitude=91.0), "longitude"),
        ("enter_things", thing(kind="飞碟"), "kind"),
        ("enter_things", thing(state="flying"), "state"),
        ("enter_things", thing(mark="长" * 31), "mark"),
        ("open_constructions", construction(builder=""), "builder"),
        ("open_constructions", construction(ends=date(2026, 1, 1)), "ends"),
        ("open_constructions", construction(work_to=time(5)), "work_to"),
    ],
)
def test_what_cannot_be_is_refused(cast: Cast, act: str, new: Any, field: str) -> None:
    name = {"open_sites": "sites", "enter_things": "things", "open_constructions": "constructions"}[act]
    with pytest.raises(Refused) as refused:
        getattr(commands, act)(cast.secretary, **{name: [new]})
    assert refused.value.field == field
    assert not Site.objects.exists() and not Thing.objects.exists() and not ConstructionSite.objects.exists()


def test_names_and_marks_are_there_once(cast: Cast) -> None:
    entered(cast)
    for act in (
        lambda: commands.open_sites(cast.secretary, sites=[site()]),
        lambda: commands.enter_things(cast.secretary, things=[thing(name="另一个")]),
    ):
        with pytest.raises(Refused, match="已经有同名"):
            act()


def test_corrections_need_a_reason_and_leave_their_trace(cast: Cast) -> None:
    one, two, three = entered(cast)
    acts: list[Any] = [
        lambda given: commands.edit_site(
            cast.worker, one, changed=site(hours="每天 8:00-20:00", services=("reading",), kind="council"), given=given
        ),
        lambda given: commands.edit_thing(cast.grid_worker, two, changed=thing(state="damaged"), given=given),
        lambda given: commands.edit_construction(
            cast.worker, three, changed=construction(ends=date(2026, 6, 1)), given=given
        ),
    ]
    for act in acts:
        with pytest.raises(Refused, match="原因"):
            act(Given())
        act(WHY)
    said = {fact.field: (fact.before, fact.after) for fact in Fact.objects.exclude(field="")}
    assert said["services"] == ("党群服务、矛盾调解", "图书阅览")
    assert said["hours"] == ("周一至周五 09:00-12:00 13:30-17:30", "周一至周日 08:00-20:00")
    assert said["kind"] == ("党群服务中心", "红色议事厅")
    assert said["state"] == ("完好", "损坏")
    assert said["ends"] == ("2026-05-01", "2026-06-01")
    row = Site.objects.get()
    assert row.kind == "council" and len(row.hours[6]) == 1
    assert list(row.services.values_list("service", flat=True)) == ["reading"]


def test_only_who_keeps_the_place_writes(cast: Cast) -> None:
    one, two, three = entered(cast)
    for act in (
        lambda: commands.open_sites(cast.neighbour, sites=[site(name="另一个")]),
        lambda: commands.edit_site(cast.neighbour, one, changed=site(), given=WHY),
        lambda: commands.close_site(cast.neighbour, one, basis="x"),
        lambda: commands.set_exception(cast.neighbour, one, starts=date(2026, 3, 2), ends=date(2026, 3, 2)),
        lambda: commands.edit_thing(cast.grid_worker_2, two, changed=thing(), given=WHY),
        lambda: commands.close_construction(cast.neighbour, three, basis="x"),
        lambda: commands.open_sites(cast.grid_worker, sites=[site(name="另一个")]),
        lambda: commands.enter_things(cast.clerk, things=[thing(mark="")]),
    ):
        with pytest.raises(Refused) as refused:
            act()
        assert refused.value.status == 403 or refused.value.field == "region_code"


def test_sites_are_for_everybody_the_others_for_those_who_work_there(cast: Cast) -> None:
    entered(cast)
    for actor in (cast.neighbour, cast.clerk, ANONYMOUS):
        assert queries.visible_to(actor).count() == 1
        assert not queries.things_visible_to(actor).exists()
        assert not queries.constructions_visible_to(actor).exists()
        enter(actor)
        assert Site.objects.count() == 1 and SiteService.objects.count() == 2
        assert Thing.objects.count() == ConstructionSite.objects.count() == 0
        assert Site.objects.update(name="x") == 0 and SiteService.objects.all().delete()[0] == 0
        enter(system("test"))
    assert queries.things_visible_to(cast.secretary).count() == 1


def test_what_is_closed_cannot_be_changed(cast: Cast) -> None:
    one, two, three = entered(cast)
    commands.close_site(cast.secretary, one, basis="搬走")
    commands.close_thing(cast.grid_worker, two, basis="拆除")
    commands.close_construction(cast.secretary, three, basis="完工")
    for act in (
        lambda: commands.close_site(cast.secretary, one, basis="再来"),
        lambda: commands.edit_thing(cast.secretary, two, changed=thing(), given=WHY),
        lambda: commands.close_construction(cast.secretary, three, basis=" "),
    ):
        with pytest.raises(Refused, match="已经停用"):
            act()
    assert commands.open_sites(cast.secretary, sites=[site()]) != [one.pk]


def test_the_policy_tells_classes_and_kinds(db: None) -> None:
    assert policy.class_of("污水井盖") == "公用设施" and policy.class_of("飞碟") == "其他"
    assert [name for name, _kinds in policy.thing_kinds()] == ["公用设施", "交通设施", "市容环境", "园林绿化", "其他"]
    data = {"kinds": [{"code": "a", "name": "甲"}, {"code": "a", "name": ""}], "services": [], "classes": [
        {"code": "x", "name": "一", "kinds": ["井"]}, {"code": "y", "name": "二", "kinds": ["井"]}]}  # fmt: skip
    assert len(policy.problems(data)) == 4
    assert policy.circle_problems({"minutes": 0, "metres_per_minute": 80, "detour": True}) != []


# --- pages ----------------------------------------------------------------------------------------------------------


def test_residents_see_what_is_open_now(cast: Cast) -> None:
    entered(cast)
    client = cast.client()
    with frozen(OPEN):
        page = client.get("/sites/").content.decode()
        assert "北里党群服务中心" in page and "开放中" in page and "今天到 12:00" in page and "矛盾调解" in page
        assert "北里党群服务中心" in client.get("/sites/", {"open": "on", "service": "mediation"}).content.decode()
        assert "没有符合条件" in client.get("/sites/", {"service": "reading"}).content.decode()
    with frozen(OPEN.replace(hour=14)):
        assert "没有符合条件" in client.get("/sites/", {"open": "on"}).content.decode()
        assert "明天 09:00 开门" in client.get("/sites/").content.decode()


def test_residents_see_one_site_and_no_other_register(cast: Cast) -> None:
    one, two, _three = entered(cast)
    client = cast.client()
    with frozen(OPEN):
        page = client.get(f"/sites/{one.pk}/").content.decode()
    assert "今天 周一 3月2日" in page and "tel:010-60001234" in page and "休息" in page
    for path in (
        "/sites/register/",
        "/sites/things/",
        f"/sites/things/{two.pk}/",
        "/sites/constructions/",
        "/sites/circle/",
    ):
        assert client.get(path).status_code == 302, path
        assert cast.client("volunteer").get(path).status_code == 404, path
    enter(system("test"))
    commands.close_site(cast.secretary, one, basis="搬走")
    assert client.get(f"/sites/{one.pk}/").status_code == 404
    assert "还没有登记" in client.get("/sites/").content.decode()


def test_a_site_is_entered_corrected_and_its_holidays_told(cast: Cast) -> None:
    client = cast.client("secretary")
    sent: dict[str, Any] = {
        "name": "北里议事厅", "kind": "council", "services": ["mediation"], "hours": HOURS, "longitude": LON,
        "latitude": LAT, "region_code": "",
    }  # fmt: skip
    assert "看不明白" in client.post("/sites/register/new/", sent | {"hours": "随便来"}).content.decode()
    assert client.post("/sites/register/new/", sent).status_code == 302
    enter(system("test"))
    row = Site.objects.get()
    assert row.region_code == GRID
    here = f"/sites/register/{row.pk}/"
    assert "北里议事厅" in client.get("/sites/register/", {"q": "议事"}).content.decode()
    assert "没有符合条件" in client.get("/sites/register/", {"q": "别处"}).content.decode()
    assert client.post(f"{here}edit/", sent | {"notice": "请从南门进"}).status_code == 422
    assert client.post(f"{here}edit/", sent | {"notice": "请从南门进", "reason": "补登"}).status_code == 302
    assert "请从南门进" in client.get(here).content.decode()
    assert client.post(f"{here}exceptions/", {"starts": "2026-02-01", "ends": "2026-01-01"}).status_code == 422
    assert client.post(f"{here}exceptions/", {"starts": "2199-02-01", "note": "春节"}).status_code == 302
    enter(system("test"))
    exception = row.exceptions.get()
    page = client.get(here).content.decode()
    assert "春节" in page and f"{here}exceptions/{exception.pk}/clear/" in page
    assert client.post(f"{here}exceptions/{exception.pk}/clear/").status_code == 302
    enter(system("test"))
    assert not row.exceptions.exists()
    assert client.post(f"{here}close/", {"basis": "搬走"}).status_code == 302
    assert client.get(f"{here}edit/").status_code == 404
    sheet = client.get("/sites/register/export.csv", {"closed": "on"}).content.decode("utf-8-sig").splitlines()
    assert sheet[1].startswith("北里议事厅,红色议事厅")


def picture() -> SimpleUploadedFile:
    held = BytesIO()
    Image.new("RGB", (40, 30), "red").save(held, "JPEG")
    return SimpleUploadedFile("井盖.jpg", held.getvalue(), "image/jpeg")


def test_a_thing_is_entered_with_a_photo_and_its_state_changes(cast: Cast) -> None:
    client = cast.client("grid_worker")
    sent = {
        "name": "南门污水井盖", "kind": "污水井盖", "state": "good", "longitude": LON, "latitude": LAT,
        "region_code": "", "photos": picture(),
    }  # fmt: skip
    assert client.post("/sites/things/new/", sent).status_code == 302
    enter(system("test"))
    row, photo = Thing.objects.get(), StoredFile.objects.get()
    assert (photo.owner_kind, photo.owner_id) == ("thing", str(row.pk))
    here = f"/sites/things/{row.pk}/"
    assert f"/files/{photo.pk}/" in client.get(here).content.decode()
    assert client.get(f"/files/{photo.pk}/").status_code == 200
    assert cast.client("neighbour").get(f"/files/{photo.pk}/").status_code == 404
    assert cast.client("neighbour").get(here).status_code == 404
    changed = {**sent, "state": "damaged", "reason": "巡查发现", "photos": picture()}
    assert client.post(f"{here}edit/", changed).status_code == 302
    page = client.get(here).content.decode()
    assert "状态：完好 → 损坏" in page and "新增照片 1 张" in page
    for query in ({"state": "damaged"}, {"kind": "公用设施"}, {"q": "井盖"}, {"sort": "-state"}):
        assert "南门污水井盖" in client.get("/sites/things/", query).content.decode(), query
    for query in ({"state": "good"}, {"kind": "交通设施"}, {"q": "路灯"}):
        assert "没有符合条件" in client.get("/sites/things/", query).content.decode(), query
    assert "南门污水井盖,公用设施,污水井盖" in client.get("/sites/things/export.csv").content.decode("utf-8-sig")
    assert client.post(f"{here}close/", {"basis": "换新"}).status_code == 302
    assert client.get(f"{here}edit/").status_code == 404


def test_too_many_photos_are_refused(cast: Cast) -> None:
    sent = {
        "name": "井盖", "kind": "污水井盖", "state": "good", "longitude": LON, "latitude": LAT, "region_code": "",
        "photos": [picture() for _number in range(7)],
    }  # fmt: skip
    answer = cast.client("grid_worker").post("/sites/things/new/", sent)
    assert answer.status_code == 422 and "最多 6 张" in answer.content.decode()


def test_a_construction_site_says_whether_building_is_permitted_now(cast: Cast) -> None:
    client = cast.client("worker")
    sent = {
        "name": "雨污分流改造", "builder": "某市政公司", "starts": "2026-02-01", "ends": "2026-05-01",
        "work_from": "06:00", "work_to": "22:00", "longitude": LON, "latitude": LAT, "region_code": "",
    }  # fmt: skip
    assert client.post("/sites/constructions/new/", sent | {"work_to": "05:00"}).status_code == 422
    assert client.post("/sites/constructions/new/", sent).status_code == 302
    enter(system("test"))
    row = ConstructionSite.objects.get()
    here = f"/sites/constructions/{row.pk}/"
    with frozen(OPEN):
        assert "现在在允许施工的时间里" in client.get(here).content.decode()
        assert "在建" in client.get("/sites/constructions/", {"stage": "now"}).content.decode()
        assert "没有符合条件" in client.get("/sites/constructions/", {"stage": "late"}).content.decode()
    with frozen(OPEN.replace(hour=20)):
        assert "现在不在允许施工的时间里" in client.get(here).content.decode()
    with frozen(OPEN.replace(month=6)):
        assert "过了计划完工日" in client.get("/sites/constructions/", {"stage": "late"}).content.decode()
    assert client.post(f"{here}edit/", sent | {"ends": "2026-06-30", "reason": "延期"}).status_code == 302
    assert "2026-05-01 → 2026-06-30" in client.get(here).content.decode()
    assert "雨污分流改造,某市政公司" in client.get("/sites/constructions/export.csv").content.decode("utf-8-sig")
    assert client.post(f"{here}close/", {"basis": "完工"}).status_code == 302
    assert cast.client("neighbour").get(here).status_code == 404


def test_a_place_elsewhere_is_refused_in_the_form(cast: Cast) -> None:
    sent = {"name": "x", "kind": "污水井盖", "state": "good", "longitude": POINT_THERE[0], "latitude": POINT_THERE[1]}
    answer = cast.client("grid_worker").post("/sites/things/new/", sent)
    assert answer.status_code == 422 and "不在您负责的区划里" in answer.content.decode()
    assert cast.client("grid_worker").post("/sites/things/new/", sent | {"region_code": GRID_2}).status_code == 422


@pytest.mark.parametrize("kind", ["site", "construction"])
def test_sites_and_construction_sites_have_photos_too(cast: Cast, kind: str) -> None:
    client, where = cast.client("secretary"), {"site": "register", "construction": "constructions"}[kind]
    own: dict[str, Any] = {"site": {"kind": "council"}, "construction": {
        "builder": "某市政公司", "starts": "2026-02-01", "work_from": "06:00", "work_to": "22:00"}}[kind]  # fmt: skip
    sent = {"name": "北里", "longitude": LON, "latitude": LAT, "region_code": "", **own}
    assert client.post(f"/sites/{where}/new/", {**sent, "photos": picture()}).status_code == 302
    enter(system("test"))
    row, photo = {"site": Site, "construction": ConstructionSite}[kind].objects.get(), StoredFile.objects.get()
    assert (photo.owner_kind, photo.owner_id) == (kind, str(row.pk))
    here = f"/sites/{where}/{row.pk}/"
    assert f"/files/{photo.pk}/" in client.get(here).content.decode()
    changed = {**sent, "reason": "补拍", "photos": picture()}
    assert client.post(f"{here}edit/", changed).status_code == 302
    assert "新增照片 1 张" in client.get(here).content.decode()
    public = kind == "site"
    for other in (cast.client(), cast.client("neighbour")):
        assert (other.get(f"/files/{photo.pk}/").status_code == 200) == public
    if public:
        assert f"/files/{photo.pk}/" in cast.client().get("/sites/").content.decode()
        assert f"/files/{photo.pk}/" in cast.client().get(f"/sites/{row.pk}/").content.decode()
        assert client.post(f"{here}close/", {"basis": "搬走"}).status_code == 302
        assert cast.client().get(f"/files/{photo.pk}/").status_code == 404, "what is closed is shown to nobody outside"
        assert client.get(f"/files/{photo.pk}/").status_code == 200


def test_one_set_of_photos_belongs_to_one_row(cast: Cast) -> None:
    with pytest.raises(Refused, match="照片"):
        commands.open_sites(cast.secretary, sites=[site(), site(name="另一个")], photos=[1])


def test_a_site_says_what_the_calendar_changes(cast: Cast) -> None:
    client = cast.client("secretary")
    sent: dict[str, Any] = {
        "name": "北里议事厅", "kind": "council", "hours": "每天 9:00-17:00", "longitude": LON, "latitude": LAT,
        "region_code": "", "follows_calendar": "on",
    }  # fmt: skip
    assert client.post("/sites/register/new/", sent).status_code == 302
    enter(system("test"))
    row = Site.objects.get()
    # The first of October is a holiday wherever the office is.
    with frozen(datetime(2025, 10, 1, 2, 0, tzinfo=UTC)):
        page = cast.client().get(f"/sites/{row.pk}/").content.decode()
        assert "现在没开" in page and "国庆节" in page and "10月9日" in page
        enter(system("test"))
        Site.objects.update(follows_calendar=False)
        assert "开放中" in cast.client().get(f"/sites/{row.pk}/").content.decode()


def test_a_construction_site_says_when_one_may_build_only_while_it_is_built(cast: Cast) -> None:
    _site, one, row = entered(cast)
    client = cast.client("secretary")
    for moment, said in (
        (datetime(2026, 3, 2, 2, tzinfo=UTC), "现在在允许施工的时间里"),
        (datetime(2026, 3, 2, 15, tzinfo=UTC), "现在不在允许施工的时间里"),
        (datetime(2026, 1, 20, 2, tzinfo=UTC), ""),
    ):
        with frozen(moment):
            text = client.get(f"/sites/constructions/{row.pk}/").content.decode()
        assert said in text if said else "允许施工的时间里" not in text, moment
    for address in (f"/sites/constructions/{row.pk}/", f"/sites/things/{one.pk}/"):
        assert "打印" in client.get(address).content.decode(), "a record on one sheet"
