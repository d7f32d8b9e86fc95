"""The register that communities keep: entering, correcting, leaving, services, contacts, the bulk form, the pages."""

from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from linli.base.actor import system
from linli.base.commands import Refused
from linli.base.commands.models import AuditRow, ReadRow
from linli.base.facts.models import Fact
from linli.base.facts.noting import Given
from linli.base.scope import enter, scope
from linli.people.organisations import commands, queries
from linli.people.organisations.models import Contact, Organisation, Service, Standing
from linli.people.organisations.queries import directory
from linli.places.addresses.models import Compound
from tests.cast import GRID, GRID_THERE, HERE, Cast

KINDS = Organisation.Kind
CODE, OTHER_CODE = "91350100M000100Y43", "91110000101623741K"


def firm(cast: Cast, **more: object) -> Organisation:
    values = {"name": "甲记五金商行", "kind": KINDS.SHOP, "region_code": GRID, "unified_code": CODE} | more
    return commands.enter(cast.secretary, **values)


def test_a_unit_is_entered_with_its_source_and_stays_out_of_the_directory(cast: Cast) -> None:
    row = firm(cast, name=" 甲记  五金商行 ", unified_code=CODE.lower(), given=Given(source="营业执照"))
    assert (row.name, row.unified_code, row.source, row.verified_by) == ("甲记 五金商行", CODE, "营业执照", "舒书记")
    assert AuditRow.objects.get(command="organisations.enter").target_id == str(row.pk)
    assert Fact.objects.get(kind="organisation", key=row.pk).after == "甲记 五金商行"
    assert row.pk not in directory().by_id, "no work is ever given to a shop"
    assert list(queries.register(cast.grid_worker)) == [row]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": " "}, "name"),
        ({"kind": KINDS.DEPARTMENT}, "kind"),
        ({"region_code": GRID_THERE}, "region_code"),
        ({"region_code": "110106009008999"}, "region_code"),
        ({"unified_code": "91350211M0000XUF46"}, "unified_code"),
        ({"kind": KINDS.OWNERS_COMMITTEE}, "compound"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(cast: Cast, change: dict[str, str], field: str) -> None:
    with pytest.raises(Refused) as refused:
        firm(cast, **change)
    assert refused.value.field == field
    assert not Organisation.objects.filter(kind=KINDS.SHOP).exists()


def test_the_same_code_is_entered_once_until_its_bearer_has_left(cast: Cast) -> None:
    first = firm(cast)
    with pytest.raises(Refused, match="已经登记过"):
        firm(cast, name="乙记")
    with pytest.raises(Refused, match="同名同类"):
        firm(cast, unified_code="")
    with pytest.raises(Refused, match="原因"):
        commands.leave(cast.secretary, first, basis=" ")
    commands.leave(cast.secretary, first, basis="搬走")
    with pytest.raises(Refused, match="已经撤销"):
        commands.correct(cast.secretary, first, given=Given(reason="x"), address="1")
    assert firm(cast, name="乙记").unified_code == CODE


def test_a_correction_keeps_what_it_was_and_why(cast: Cast) -> None:
    row = firm(cast)
    with pytest.raises(Refused, match="原因"):
        commands.correct(cast.secretary, row, given=Given(), address="幸福路 2 号")
    with pytest.raises(Refused, match="没有改动"):
        commands.correct(cast.secretary, row, given=Given(reason="核对"), address="")
    with pytest.raises(Refused, match="不能在这里更正"):
        commands.correct(cast.secretary, row, given=Given(reason="核对"), name="乙记")
    commands.correct(
        cast.secretary,
        row,
        given=Given(reason="走访核对", source="走访"),
        address="幸福路 2 号",
        unified_code=OTHER_CODE,
    )
    facts = {fact.field: (fact.before, fact.after, fact.reason) for fact in Fact.objects.filter(key=row.pk)}
    assert facts["unified_code"] == (CODE, OTHER_CODE, "走访核对")
    assert facts["address"] == ("", "幸福路 2 号", "走访核对")
    with pytest.raises(Refused, match="不在您的工作范围内"):
        commands.correct(cast.neighbour, row, given=Given(reason="x"), address="x")


def served(compound: Compound, day: date) -> Organisation | None:
    found = queries.serving(compound, day, day)
    return found.firm if found else None


def test_one_firm_serves_a_compound_at_a_time(cast: Cast) -> None:
    first = cast.organisations["property"]
    other = firm(cast, name="乙物业", kind=KINDS.PROPERTY_FIRM, unified_code="")
    assert cast.compound
    begun = commands.serve(cast.secretary, first, compound=cast.compound, starts=date(2024, 1, 1), basis="合同")
    assert served(cast.compound, date(2025, 1, 1)) == first
    assert served(cast.compound, date(2023, 12, 31)) is None
    with pytest.raises(Refused, match="先结束它"):
        commands.serve(cast.secretary, other, compound=cast.compound, starts=date(2025, 6, 1))
    with pytest.raises(Refused, match="只有物业企业"):
        commands.serve(cast.secretary, firm(cast), compound=cast.compound, starts=date(2025, 6, 1))
    commands.end_service(cast.secretary, begun, ends=date(2025, 5, 31))
    commands.serve(cast.secretary, other, compound=cast.compound, starts=date(2025, 6, 1))
    assert served(cast.compound, date(2025, 5, 31)) == first
    assert served(cast.compound, date(2025, 6, 1)) == other
    with pytest.raises(IntegrityError, match="service_apart"), transaction.atomic():
        Service.objects.create(firm=first, compound=cast.compound, starts=date(2025, 7, 1))


def test_a_contact_is_sealed_masked_and_opened_for_a_purpose_only(cast: Cast) -> None:
    row = firm(cast)
    with pytest.raises(Refused) as refused:
        commands.add_contact(cast.secretary, row, name="申掌柜", phone="1234")
    assert refused.value.field == "phone"
    made = commands.add_contact(cast.secretary, row, name="申掌柜", phone="138 0000 1111", title="店主")
    with connection.cursor() as cursor:
        cursor.execute("SELECT c::text FROM organisations_contact c")
        assert "13800001111" not in cursor.fetchone()[0]
    [shown] = queries.contacts_of(cast.grid_worker, row)
    assert (str(shown.name), str(shown.phone)) == ("申**", "138****1111")
    with pytest.raises(Refused, match="用途"):
        commands.reveal_contact(cast.grid_worker, made, purpose="")
    assert commands.reveal_contact(cast.grid_worker, shown, purpose="safety") == {
        "name": "申掌柜",
        "phone": "13800001111",
    }
    assert ReadRow.objects.get().purpose == "safety"
    with pytest.raises(Refused):
        commands.reveal_contact(cast.neighbour, made, purpose="safety")
    assert ReadRow.objects.count() == 1
    commands.end_contact(cast.secretary, made)
    assert queries.contacts_of(cast.secretary, row) == []
    with pytest.raises(Refused, match="不能查看"):
        commands.reveal_contact(cast.secretary, made, purpose="safety")


def test_the_neighbour_sees_no_unit_and_no_contact_on_either_wall(cast: Cast) -> None:
    row = firm(cast)
    commands.add_contact(cast.secretary, row, name="申掌柜", phone="13800001111")
    assert not queries.register(cast.neighbour).exists()
    assert queries.contacts_of(cast.neighbour, row) == []
    assert not queries.register(cast.sysadmin).exists(), "no region, no register"
    with scope(cast.neighbour):
        assert Contact.objects.count() == 0
    with scope(cast.secretary):
        assert Contact.objects.count() == 1


def rows() -> list[dict[str, object]]:
    return [
        {"name": "甲厂", "kind": "企业", "region_code": GRID, "unified_code": CODE, "valid_from": date(2019, 5, 1)},
        {"name": "乙店", "kind": "shop", "region_code": HERE, "contact_name": "申掌柜", "contact_phone": "13800001111"},
        {"name": "丙协会", "kind": "社会组织", "region_code": HERE},
    ]


def test_many_are_entered_at_once_or_none(cast: Cast) -> None:
    given = Given(source="普查表")
    made = commands.enter_many(cast.secretary, rows(), given=given)
    assert [Organisation.objects.get(pk=pk).name for pk in made] == ["甲厂", "乙店", "丙协会"]
    assert Standing.objects.filter(organisation__in=made).count() == 3
    assert str(Contact.objects.get().name) == "申**"
    assert AuditRow.objects.get(command="organisations.enter_many").detail == {"count": 3}
    assert Fact.objects.filter(source="普查表").count() == 3
    again = commands.check_many(cast.secretary, rows())
    assert {(number, field) for number, field, _reason in again} == {
        (0, "unified_code"), (0, "name"), (1, "name"), (2, "name"),
    }  # fmt: skip


def test_many_as_few_questions_as_three(cast: Cast) -> None:
    def asked(count: int, start: int) -> int:
        sheet = [{"name": f"店{start + n}", "kind": "商户", "region_code": GRID} for n in range(count)]
        with CaptureQueriesContext(connection) as seen:
            commands.enter_many(cast.secretary, sheet)
        return len(seen)

    asked(1, 5000)
    assert asked(3, 0) == asked(300, 1000)


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        ({"region_code": GRID_THERE}, "region_code", "工作范围"),
        ({"kind": "部门"}, "kind", "类别"),
        ({"unified_code": OTHER_CODE[:-1] + "X"}, "unified_code", "校验码"),
        ({"name": "甲厂", "kind": "企业", "region_code": GRID}, "name", "第 1 行"),
        ({"unified_code": CODE}, "unified_code", "第 1 行"),
        ({"contact_phone": "12"}, "contact_phone", "手机号"),
        ({"contact_name": "", "contact_phone": "13800001111"}, "contact_name", "姓名"),
        ({"address": "长" * 121}, "address", "120"),
        ({"kind": "业主委员会"}, "compound", "小区"),
    ],
)
def test_one_bad_row_stops_them_all(cast: Cast, change: dict[str, str], field: str, words: str) -> None:
    sheet = rows()
    sheet[1] |= change
    problems = commands.check_many(cast.secretary, sheet)
    assert [(number, name) for number, name, _reason in problems] == [(1, field)]
    assert words in problems[0][2]
    with pytest.raises(Refused, match="第 2 行"):
        commands.enter_many(cast.secretary, sheet)
    assert not Organisation.objects.filter(kind=KINDS.SOCIAL_ORGANISATION).exists()


def test_the_pages(cast: Cast) -> None:
    client = cast.client("secretary")
    sent = {"name": "甲记", "kind": "shop", "region_code": GRID_THERE, "unified_code": "123"}
    assert client.post("/organisations/register/new/", sent).status_code == 422
    sent |= {"region_code": GRID}
    answer = client.post("/organisations/register/new/", sent)
    assert answer.status_code == 422
    assert "18 位" in answer.content.decode()
    assert client.post("/organisations/register/new/", sent | {"unified_code": CODE}).status_code == 302
    enter(system("test"))
    row = Organisation.objects.get(name="甲记")
    for query in ("", f"?q={CODE[:9]}", "?kind=shop&sort=-name", f"?place={GRID}"):
        assert "甲记" in client.get(f"/organisations/register/{query}").content.decode(), query
    for query in ("?q=没有", "?kind=enterprise", "?q=甲记&code=none"):
        assert "没有符合条件的单位" in client.get(f"/organisations/register/{query}").content.decode()
    assert CODE in client.get("/organisations/register/export.csv").content.decode("utf-8-sig")
    act = f"/organisations/{row.pk}/act/"
    assert client.post(act, {"act": "contact", "name": "申掌柜", "phone": "12"}).status_code == 422
    assert client.post(act, {"act": "contact", "name": "申掌柜", "phone": "13800001111"}).status_code == 302
    text = client.get(f"/organisations/{row.pk}/").content.decode()
    assert "138****1111" in text
    assert "13800001111" not in text
    enter(system("test"))
    key = Contact.objects.get().pk
    shown = client.post(f"/organisations/{row.pk}/reveal/", {"key": key, "purpose": "verify"})
    assert "13800001111" in shown.content.decode()
    assert shown["Cache-Control"] == "no-store"
    correct = f"/organisations/{row.pk}/correct/"
    changed = {"region_code": GRID, "address": "幸福路 2 号", "unified_code": CODE}
    assert client.post(correct, changed).status_code == 422
    assert client.post(correct, changed | {"reason": "核对"}).status_code == 302
    assert "核对" in client.get(f"/organisations/{row.pk}/").content.decode()
    neighbour = cast.client("neighbour")
    assert "甲记" not in neighbour.get("/organisations/register/").content.decode()
    assert neighbour.get(correct).status_code == 404
    assert neighbour.post(f"/organisations/{row.pk}/reveal/", {"key": key, "purpose": "verify"}).status_code == 404
    assert "138****1111" not in neighbour.get(f"/organisations/{row.pk}/").content.decode()
    assert client.post(act, {"act": "leave", "basis": "搬走"}).status_code == 302
    assert "没有" in client.get("/organisations/register/").content.decode()
