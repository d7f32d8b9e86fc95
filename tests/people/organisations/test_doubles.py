"""One unit on the register twice: found by code and by name, merged with both histories; codes that say what is wrong."""

import csv
from datetime import date

import pytest

from linli.base.actor import system
from linli.base.commands import Refused
from linli.base.facts.noting import Given
from linli.people.answering import commands as answering
from linli.people.organisations import commands, queries, rules
from linli.people.organisations.models import Organisation
from linli.people.party import commands as party
from linli.people.party.models import Coverage
from tests.cast import GRID, HERE, Cast
from tests.people.party.stories import BASIS, KINDS, firm, made

TODAY = date(2026, 11, 22)
SYSTEM = system("outbox")
WHY = Given(reason="营业执照上是同一家")


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("9111O106X", "应为 18 位"),
        ("9135O100M000100Y43", "第 5 位是“O”，统一社会信用代码里不会有，是不是“0”？"),
        ("91350I00M000100Y43", "第 6 位是“I”，统一社会信用代码里不会有，是不是“1”？"),
        ("913501A0M000100Y43", "第 7 位是“A”，第 3 至 8 位应为行政区划代码的数字。"),
        ("91350100M000100Y4X", "第 18 位应为“3”，这里是“X”"),
        ("91350211M0000XUF46", "第 18 位应为"),
    ],
)
def test_a_wrong_code_says_which_sign(cast: Cast, code: str, words: str) -> None:
    with pytest.raises(Refused) as refused:
        commands.enter(cast.secretary, name="某店", kind=KINDS.SHOP, region_code=GRID, unified_code=code)
    assert words in refused.value.message
    assert refused.value.field == "unified_code"
    sent = {"name": "某店", "kind": "shop", "region_code": GRID, "unified_code": code}
    answer = cast.client("secretary").post("/organisations/register/new/", sent)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert rules.credit_code("９１３５０１００m000100y43 ") == "91350100M000100Y43"


@pytest.mark.parametrize(
    ("one", "other", "near"),
    [
        ("北京春光商贸有限公司", "北京春光商贸有限责任公司", True),
        ("春光（北里）超市", "春光(北里)超市 ", True),
        ("北京春光商贸中心", "北京春晖商贸中心", True),
        ("北京春光商贸中心", "北京春光商贸服务中心", False),
        ("春光店", "春晖店", False),
        ("第一幼儿园", "第二幼儿园", False),
        ("春光里社区东超市", "春光里社区西超市", False),
        ("春光里社区12超市", "春光里社区1超市", False),
    ],
)
def test_nearly_the_same_name(one: str, other: str, near: bool) -> None:
    assert (rules.near_names({1: rules.name_key(one), 2: rules.name_key(other)}) == {(1, 2)}) is near


def test_found_by_name_and_by_code(cast: Cast) -> None:
    first = firm(cast, "北京春光商贸有限公司")
    second = firm(cast, "北京春光商贸公司")
    third = commands.enter(
        cast.secretary, name="甲", kind=KINDS.ENTERPRISE, region_code=GRID, unified_code="91350100M000100Y43"
    )
    fourth = commands.enter(cast.secretary, name="完全不同", kind=KINDS.ENTERPRISE, region_code=GRID)
    Organisation.objects.filter(pk=fourth.pk).update(unified_code="11350100M000100Y4K")
    firm(cast, "北京春光商贸商户", KINDS.SHOP)
    pairs = queries.doubles(cast.secretary, 10)
    assert [(one.pk, other.pk, why) for one, other, why in pairs] == [
        (first.pk, second.pk, "名称几乎相同"),
        (third.pk, fourth.pk, "信用代码的主体标识相同"),
    ]
    assert queries.doubles(cast.neighbour, 10) == []
    commands.keep_apart(cast.secretary, first, other=second.pk)
    assert len(queries.doubles(cast.secretary, 10)) == 1


def test_merged_with_everything_that_hangs_on_it(cast: Cast) -> None:
    branches = made(cast)
    stays, goes = firm(cast, "北京春光商贸有限公司"), firm(cast, "北京春光商贸公司")
    commands.correct(cast.secretary, goes, given=WHY, unified_code="91350100M000100Y43", address="春光里 1 号")
    commands.add_contact(cast.secretary, goes, name="申经理", phone="13800001111")
    row = party.enter(
        cast.party_clerk, name="春光支部", kind=KINDS.BRANCH, region_code=HERE, parent=branches.general,
        domain="enterprise", units=[goes], basis=BASIS,
    )  # fmt: skip
    party.survey_unit(cast.party_clerk, goes, members=3, source="摸排")
    charge = answering.charge(
        cast.party_clerk, role="adviser", serves=goes, name="某书记", standing="village_secretary"
    )
    with pytest.raises(Refused, match="原因") as refused:
        commands.merge_double(cast.secretary, stays, other=goes.pk, given=Given())
    assert refused.value.field == "reason"
    with pytest.raises(Refused, match="另一家"):
        commands.merge_double(cast.secretary, stays, other=stays.pk, given=WHY)
    with pytest.raises(Refused, match="工作范围"):
        commands.merge_double(cast.neighbour, stays, other=goes.pk, given=WHY)
    commands.merge_double(cast.secretary, stays, other=goes.pk, given=WHY)
    for follow in (party.follow_merger, answering.follow_merger):
        follow(SYSTEM, organisation=stays.pk, other=goes.pk)
        assert follow(SYSTEM, organisation=stays.pk, other=goes.pk) == 0, "twice is once"
    stays.refresh_from_db()
    goes.refresh_from_db()
    charge.refresh_from_db()
    assert (stays.unified_code, stays.address, goes.merged_into, goes.valid_to) == (
        "91350100M000100Y43", "春光里 1 号", stays, TODAY,
    )  # fmt: skip
    assert stays.contacts.count() == 1
    assert charge.serves == stays
    assert Coverage.objects.get(organisation=row, until=None).unit == stays
    assert stays.party_surveys.get().members == 3
    client = cast.client("secretary")
    assert "北京春光商贸公司" in client.get(f"/organisations/{stays.pk}/").content.decode(), "its history says so"
    text = client.get(f"/organisations/{goes.pk}/").content.decode()
    assert "已并入" in text
    assert "营业执照上是同一家" in text


def test_two_kinds_and_posts_stay(cast: Cast) -> None:
    stays, shop = firm(cast, "春光一"), firm(cast, "春光二", KINDS.SHOP)
    with pytest.raises(Refused, match="类别不同"):
        commands.merge_double(cast.secretary, stays, other=shop.pk, given=WHY)
    property_firm = cast.organisations["property"]
    other = firm(cast, "安居物业服务有限公司", KINDS.PROPERTY_FIRM)
    with pytest.raises(Refused, match="在任岗位"):
        commands.merge_double(cast.secretary, other, other=property_firm.pk, given=WHY)
    commands.merge_double(cast.secretary, property_firm, other=other.pk, given=WHY)


def test_the_pages(cast: Cast) -> None:
    one, other = firm(cast, "北京春光商贸有限公司"), firm(cast, "北京春光商贸公司")
    client = cast.client("secretary")
    page = f"/organisations/doubles/{one.pk}/{other.pk}/"
    assert page in client.get("/organisations/doubles/").content.decode()
    assert client.get(page).status_code == 200
    assert client.post(page, {"keep": str(one.pk), "reason": ""}).status_code == 422
    assert client.post(page, {"keep": str(one.pk), "reason": "同一执照"}).status_code == 302
    assert client.get(page).status_code == 404
    assert cast.client("neighbour").get(page).status_code == 404
    assert "没有疑似重复" in client.get("/organisations/doubles/").content.decode()


def test_s3_30_compounds_served_under_party_lead(cast: Cast) -> None:
    """Thirty-two compounds with 红色物业, as on a day; and no other thirty-two."""
    from tests.people.answering.test_figures import compounds

    property_firm = cast.organisations["property"]
    for number, compound in enumerate(compounds(34)):
        service = commands.serve(
            cast.secretary, property_firm, compound=compound, starts=date(2020, 1, 1),
            party_led_since=date(2021, 1, 1) if number < 30 else None,
        )  # fmt: skip
        if number in (30, 31):
            commands.lead_service(cast.secretary, service, since=date(2022, 1, 1))
            with pytest.raises(Refused, match="已经登记"):
                commands.lead_service(cast.secretary, service)

    def led(day: str) -> list[list[str]]:
        answer = cast.client("secretary").get(f"/organisations/services/export.csv?led=yes&on={day}")
        text = b"".join(answer.streaming_content) if answer.streaming else answer.content
        return [line for line in csv.reader(text.decode("utf-8-sig").splitlines()) if property_firm.name in line]

    assert [len(led(f"{year}-06-01")) for year in (2020, 2021, 2022)] == [0, 30, 32]
    page = cast.client("secretary").get("/organisations/services/?led=yes&on=2022-06-01").content.decode()
    assert page.split("</thead>")[-1].count("红色物业") == 32
    assert '"物业服务（截至 2022-06-01）"' in page
    every = cast.client("secretary").get("/organisations/services/?led=no&on=2022-06-01").content.decode()
    assert "红色物业</" not in every.split("</thead>")[-1]
    assert property_firm.name not in cast.client("neighbour").get("/organisations/services/").content.decode()
    text = cast.client("secretary").get(f"/organisations/{property_firm.pk}/").content.decode()
    assert "党建引领" in text
