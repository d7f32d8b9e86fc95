"""Who answers for a door, for residents: posts and office telephones, never a person of the register or a private number."""

from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from linli.base.actor import system
from linli.base.scope import enter
from linli.doors.portal.labels import code_of
from linli.people.answering import commands as answering
from linli.people.organisations import commands as organisations
from linli.people.organisations.models import Organisation
from linli.places.addresses import commands as addresses
from linli.places.addresses.commands import NewDwelling
from linli.places.sites.models import Site
from tests.cast import Cast
from tests.places.stories import furnished

HEAD, NUMBER = "欧阳春晓", "13911112222"


@pytest.fixture
def door(cast: Cast) -> str:
    """A building with a grid worker, a firm, a head with a number of their own, a site and a dwelling."""
    assert cast.building is not None and cast.compound is not None
    furnished(cast)
    Organisation.objects.filter(pk=cast.organisations["here"].pk).update(service_phone="010-60001234")
    organisations.serve(system("test"), cast.organisations["property"], compound=cast.compound, starts=date(2026, 1, 1))
    answering.charge(
        cast.secretary, role="building_head", building=cast.building, name=HEAD, phone=NUMBER, starts=date(2026, 1, 1)
    )
    addresses.enter_dwellings(cast.secretary, dwellings=[NewDwelling(cast.building.pk, "501", "2")])
    return f"/who/building/{cast.building.pk}/"


def test_the_page_names_posts_and_office_telephones(cast: Cast, door: str) -> None:
    page = Client().get(door).content.decode()
    enter(system("test"))
    worker = cast.posts["grid_worker"].account.name
    for words in ("春光里小区 3号楼", worker, "网格员", "北大街北里社区居委会", "010-60001234", "安居物业服务公司"):
        assert words in page, words
    assert "楼门长" in page and "有 1 位" in page
    assert "第0活动室" in page and "周一至周日 09:00-17:00" in page
    assert f"/report/?at={code_of('building', int(door.split('/')[3]))}" in page


def test_nobody_of_the_register_and_no_private_number_is_told(cast: Cast, door: str) -> None:
    clients = {"nobody": Client(), "secretary": cast.client("secretary")}
    for who, client in clients.items():
        page = client.get(door).content.decode()
        assert not [words for words in (HEAD, HEAD[:2], NUMBER, NUMBER[-4:], "欧*", "501") if words in page], who


def test_an_address_leads_to_its_building_and_never_to_a_dwelling(cast: Cast, door: str) -> None:
    for words in ("春光里3号楼", "春光里小区3-2-501", "春光里３＃楼２单元５０１室"):
        for client in (Client(), cast.client("secretary")):
            answer = client.get("/who/", {"q": words})
            assert (answer.status_code, answer["Location"]) == (302, door), words
    page = Client().get("/who/", {"q": "春光里"}, follow=True).content.decode()
    assert "哪栋楼" in page and door in page
    for words in ("没有这里小区", "501", "3号楼", "🏠" * 90):
        assert Client().get("/who/", {"q": words}).status_code == 200, words


def test_it_is_reached_from_the_first_page_and_from_the_code_on_the_wall(cast: Cast, door: str) -> None:
    assert 'href="/who/"' in Client().get("/").content.decode()
    key = int(door.split("/")[3])
    page = Client().get(f"/q/{code_of('building', key)}/", follow=True).content.decode()
    assert door in page and "这栋楼归谁管" in page
    enter(system("test"))
    site = Site.objects.get()
    page = Client().get(f"/q/{code_of('site', site.pk)}/", follow=True).content.decode()
    assert f"/sites/{site.pk}/" in page and "开放时间和服务" in page


def test_what_is_closed_has_no_page(cast: Cast, door: str) -> None:
    assert cast.building is not None and cast.compound is not None
    type(cast.building).objects.filter(pk=cast.building.pk).update(valid_to=date(2026, 1, 1))
    assert Client().get(door).status_code == 404
    enter(system("test"))
    page = Client().get(f"/who/compound/{cast.compound.pk}/").content.decode()
    assert "安居物业服务公司" in page and door not in page


def test_a_policy_that_names_no_role_tells_no_number(cast: Cast, door: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from linli.doors.portal import doors
    from linli.doors.portal.policy import site

    data = {**site(), "door_told": []}
    monkeypatch.setattr(doors, "words", lambda: data)
    assert "楼门长" not in Client().get(door).content.decode()


def test_the_page_asks_as_often_for_many_sites_as_for_one(cast: Cast, door: str) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as caught:
            assert Client().get(door).status_code == 200
        enter(system("test"))
        return len(caught)

    asked()
    few = asked()
    furnished(cast, 1, 8)
    assert asked() == few
