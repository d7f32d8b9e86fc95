"""Codes on the walls: they survive being misread, open the right form, and are printed on a sheet."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.base.actor import system
from linli.base.scope import enter
from linli.doors.portal.labels import _ALPHABET, KINDS, code_of, read_code
from linli.matters.cases.models import Case
from linli.places.sites.models import Site, Thing
from tests.cast import Cast
from tests.places.stories import furnished

KEYS = st.integers(0, 2**40)
KIND = st.sampled_from(sorted(KINDS.values()))


@given(KIND, KEYS)
def test_a_code_is_read_back(kind: str, key: int) -> None:
    code = code_of(kind, key)
    assert read_code(code) == (kind, key)
    assert read_code(f" {code.upper()} ") == (kind, key)
    assert len(code_of("building", 50_000)) <= 6


@given(KIND, KEYS, st.data())
def test_one_wrong_character_and_a_swap_are_found(kind: str, key: int, data: st.DataObject) -> None:
    code = code_of(kind, key)
    place = data.draw(st.integers(1, len(code) - 1))
    other = data.draw(st.sampled_from([one for one in _ALPHABET if one != code[place]]))
    assert read_code(code[:place] + other + code[place + 1 :]) is None
    if place + 1 < len(code) and code[place] != code[place + 1]:
        assert read_code(code[:place] + code[place + 1] + code[place] + code[place + 2 :]) is None


@given(st.text(max_size=30))
def test_nothing_is_too_odd(text: str) -> None:
    found = read_code(text)
    assert found is None or read_code(code_of(*found)) == found


def test_letters_that_look_alike_are_forgiven() -> None:
    code = code_of("building", 31)
    assert "1" in code and "0" in code
    assert read_code(code.replace("1", "l").replace("0", "O")) == ("building", 31)


def test_a_scan_opens_the_form_with_the_place_filled_in(cast: Cast) -> None:
    assert cast.building is not None
    code, client = code_of("building", cast.building.pk), cast.client()
    page = client.get(f"/q/{code}/", follow=True)
    assert page.redirect_chain[-1][0] == f"/report/?at={code}"
    text = page.content.decode()
    assert "春光里小区" in text and f'value="{cast.building.pk}" selected' in text
    sent = {
        "do": "send", "text": "楼道灯坏了", "place": f"c:{cast.building.compound_id}", "building": cast.building.pk,
        "contact": "anonymous", "told": [],
    }  # fmt: skip
    assert client.post("/report/", sent).status_code == 302
    enter(system("test"))
    assert Case.objects.get().building_id == cast.building.pk


@pytest.mark.parametrize("kind", ["site", "thing"])
def test_a_site_and_a_thing_fill_in_point_and_words(cast: Cast, kind: str) -> None:
    furnished(cast)
    row = {"site": Site, "thing": Thing}[kind].objects.get()
    text = cast.client().get(f"/q/{code_of(kind, row.pk)}/", follow=True).content.decode()
    assert row.name in text and "116.275" in text
    enter(system("test"))
    row.__class__.objects.filter(pk=row.pk).update(valid_to="2026-01-01")
    assert row.name not in cast.client().get(f"/q/{code_of(kind, row.pk)}/", follow=True).content.decode()


def test_what_cannot_be_read_opens_the_empty_form(cast: Cast) -> None:
    client = cast.client()
    for code in ("xyz", "b1", code_of("building", 10**9), "b" * 40):
        answer = client.get(f"/q/{code}/", follow=True)
        assert answer.status_code == 200 and "您遇到了什么问题" in answer.content.decode(), code


def test_labels_are_printed_by_staff(cast: Cast) -> None:
    furnished(cast)
    assert cast.compound is not None and cast.building is not None
    client = cast.client("worker")
    sheet = client.get(f"/labels/compound/{cast.compound.pk}/").content.decode()
    assert (
        sheet.count("<svg") >= 1
        and code_of("building", cast.building.pk).upper() in sheet
        and "春光里小区 3号楼" in sheet
    )
    enter(system("test"))
    thing, site = Thing.objects.get().pk, Site.objects.get().pk
    for path in (f"/labels/site/{site}/", f"/labels/thing/{thing}/", f"/labels/building/{cast.building.pk}/"):
        assert "qr" in client.get(path).content.decode(), path
    fragment = client.get(f"/labels/of/thing/{thing}/").content.decode()
    assert "报告这里的问题" in fragment and f"/report/?at={code_of('thing', thing)}" in fragment
    for path in (
        f"/labels/of/compound/{cast.compound.pk}/",
        f"/labels/of/building/{cast.building.pk}/",
        f"/labels/of/site/{site}/",
    ):
        assert "打印 1 张标签" in client.get(path).content.decode(), path
    for path in ("/labels/castle/1/", f"/labels/thing/{thing + 9}/"):
        assert client.get(path).status_code == 404, path
    assert cast.client("neighbour").get(f"/labels/thing/{thing}/").status_code == 404
    assert cast.client().get(f"/labels/compound/{cast.compound.pk}/").status_code == 302


def test_whoever_works_here_is_asked_what_to_do(cast: Cast) -> None:
    """A find of a grid worker must not be counted as a complaint of a resident."""
    assert cast.building is not None
    code = code_of("building", cast.building.pk)
    ways = {}
    for who in ("grid_worker", "neighbour_grid_worker", "volunteer"):
        answer = cast.client(who).get(f"/q/{code.upper()}/", follow=True)
        assert answer.redirect_chain[-1][0] == f"/q/{code}/staff/" and answer.status_code == 200
        ways[who] = answer.content.decode()
    at = f"/prevention/find/?place=compound%3A{cast.building.compound_id}"
    assert at in ways["grid_worker"] and f"/door/{cast.building.pk}/" in ways["grid_worker"]
    assert "/prevention/find/?place" not in ways["neighbour_grid_worker"], "not where they work"
    assert "/prevention/find/?place" not in ways["volunteer"]
    assert all(f"/report/?at={code}" in text for text in ways.values())
    enter(system("test"))
    page = cast.client("grid_worker").get(f"/prevention/find/?place=compound:{cast.building.compound_id}&where=3号楼")
    text = page.content.decode()
    assert f'value="compound:{cast.building.compound_id}" selected' in text and 'value="3号楼"' in text
    assert cast.client("grid_worker").get("/prevention/find/?place=compound:999999").status_code == 200


def test_staff_scan_sites_and_things_and_what_is_no_code(cast: Cast) -> None:
    furnished(cast)
    site, thing = Site.objects.get(), Thing.objects.get()
    client = cast.client("secretary")
    for kind, key, way in (
        ("site", site.pk, f"/sites/register/{site.pk}/"),
        ("thing", thing.pk, f"/sites/things/{thing.pk}/"),
    ):
        text = client.get(f"/q/{code_of(kind, key)}/", follow=True).content.decode()
        assert way in text, kind
    assert (
        f"/sites/things/{thing.pk}/"
        not in cast.client("neighbour").get(f"/q/{code_of('thing', thing.pk)}/staff/").content.decode()
    )
    assert client.get("/q/b99/staff/").status_code == 404
    assert client.get("/q/zzzz/", follow=True).redirect_chain[-1][0] == "/report/"
    assert client.get(f"/q/{code_of('building', 99999999)}/", follow=True).status_code == 200
    assert cast.client().get(f"/q/{code_of('site', site.pk)}/staff/").status_code in (302, 404)
