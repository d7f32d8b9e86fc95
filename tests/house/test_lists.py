"""A page asks the database as often for fifty rows as for one, and a GET changes nothing but the notes of being
read."""

from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from linli.base.actor import system
from linli.base.commands.models import AuditRow, OutboxRow, ReadRow
from linli.base.policies.models import PolicyVersion
from linli.base.scope import enter
from linli.doors.api.models import ApiToken
from linli.doors.intake.registers.models import RegisterImport
from linli.doors.intake.sheet.models import SheetImport
from linli.matters.cases import commands as cases
from linli.matters.cases.models import Case
from linli.matters.whistles import commands as whistles
from linli.people.accounts.models import Account, Post, SignInAttempt
from linli.people.organisations import queries as organisations
from linli.people.organisations.models import Organisation
from linli.places.regions import locating
from linli.places.regions.models import Region
from linli.procedures.models import Proceeding
from linli.together.meetings.models import AgendaItem, Attendance, Decision, DispatchMeeting
from linli.together.taskforces.models import CarriedCase, Member, TaskForce
from tests.cast import GRID, HERE, MONDAY, POINT_HERE, STREET, Cast, square
from tests.house.routes import Route, routes
from tests.house.world import client_of, everything_role, post
from tests.insight.hotspots import stories as hotspots
from tests.insight.openness import stories as openness
from tests.matters.prevention import stories as prevention
from tests.people import stories as people
from tests.people.residents import stories as residents
from tests.places import stories as places

# Pages without a parameter: every list, board and export of the site, as somebody with every right sees them.
PLAIN = [route for route in routes() if not route.parameters and not route.name.startswith(("web:sign", "web:demo"))]
# Rows that a GET may add: notes that somebody looked, sessions, counters against haste.
NOTES = {"commands_readrow", "commands_auditrow", "django_session", "throttle_count", "commands_idempotencykey"}


def _meet(cast: Cast, numbers: range) -> None:
    """One meeting with an agenda, a decision and an attendance, and one force with a case, for each number."""
    rows = list(Proceeding.objects.filter(kind="case").order_by("-pk")[: len(numbers)])
    for number, row in zip(numbers, rows, strict=True):
        meeting = DispatchMeeting.objects.create(region_code=STREET, held_on=MONDAY.date() + timedelta(days=number))
        AgendaItem.objects.create(meeting=meeting, case_id=row.pk, reasons=["overdue"])
        Attendance.objects.create(meeting=meeting, post=cast.posts["leader"], state="present")
        Decision.objects.create(
            meeting=meeting, case_id=row.pk, act="remind", text="催", owner=cast.organisations["here"],
            due_on=MONDAY.date(), decided_at=MONDAY, held_on=MONDAY.date(),
        )  # fmt: skip
        force = TaskForce.objects.create(name=f"专班{number}", purpose="攻坚", region_code=STREET, starts=MONDAY.date())
        Member.objects.create(
            force=force, post=cast.posts["clerk"], organisation=cast.organisations["city"], starts=MONDAY.date()
        )
        CarriedCase.objects.create(force=force, case_id=row.pk, starts=MONDAY.date())
        Case.objects.filter(pk=row.pk).update(
            difficult_since=MONDAY, resolved=True, satisfaction="basic", settled_on=MONDAY.date()
        )
        Proceeding.objects.filter(pk=row.pk).update(round=2)


def grow(cast: Cast, first: int, count: int, post_id: int) -> None:
    """`count` more rows of everything that lists show."""
    enter(system("house"))
    numbers = range(first, first + count)
    for number in numbers:
        filed = cases.file(
            cast.call_taker, text=f"楼道灯不亮第{number}次", channel="telephone", phone="13800001234", name="诸葛",
            longitude=POINT_HERE[0], latitude=POINT_HERE[1],
        )  # fmt: skip
        openness.example(filed["id"], state="approved" if number % 3 else "written")
        if number % 2:
            cases.reveal(cast.dispatcher, filed["id"], purpose="contact")
    places.furnished(cast, first, count)
    residents.registered(cast, first, count)
    for number in numbers:
        whistles.whistle(
            cast.secretary, topic=f"楼道堆物第{number}次", kind="joint", text="劝了不听", region_code=GRID,
            departments=[cast.organisations["city"].pk, cast.organisations["safety"].pk],
        )  # fmt: skip
    here = cast.organisations["here"]
    run = hotspots.searched()
    for number in numbers:
        hotspots.spot(run)
        prevention.planned(cast, title=f"入冬前检修供暖管道第{number}处")
        cases.file(cast.grid_worker, text=f"井盖翘起第{number}处", channel="patrol", proactive=True, region_code=GRID)
    people.grow(cast, numbers)
    accounts = Account.objects.bulk_create(
        Account(login=f"person{number}", name=f"某{number}", created_at=MONDAY, password="!") for number in numbers
    )
    Post.objects.bulk_create(
        Post(account=one, role="grid_worker", organisation=here, region_code=GRID, starts=MONDAY.date())
        for one in accounts
    )
    Organisation.objects.bulk_create(
        Organisation(name=f"单位{number}", kind="partner_unit", region_code=HERE, parent=None) for number in numbers
    )
    PolicyVersion.objects.bulk_create(
        PolicyVersion(
            code=f"test{number}", version=1, name="试", status="published", data={}, created_at=MONDAY, digest="x"
        )
        for number in numbers
    )
    Region.objects.bulk_create(
        Region(
            code=f"{HERE}{number + 100:03}", name=f"网格{number}", short_name=f"网格{number}",
            polygon=square(116.3, 39.8),
            west=116.3, south=39.8, east=116.31, north=39.81, longitude=116.3, latitude=39.8, area=1.0,
            valid_from=MONDAY.date(), updated_at=MONDAY,
        )
        for number in numbers
    )  # fmt: skip
    SignInAttempt.objects.bulk_create(SignInAttempt(login=f"x{number}", at=MONDAY) for number in numbers)
    OutboxRow.objects.bulk_create(
        OutboxRow(event="x", payload={}, created_at=MONDAY, next_at=MONDAY, attempts=10) for _number in numbers
    )
    ApiToken.objects.bulk_create(
        ApiToken(
            name="x", post_id=post_id, digest=f"{number}", created_at=MONDAY, ends=MONDAY.date() + timedelta(days=9999)
        )
        for number in numbers
    )
    SheetImport.objects.bulk_create(
        SheetImport(post_id=post_id, file_name="x.csv", address="0" * 64, mapping={}, created_at=MONDAY)
        for _number in numbers
    )
    office = Post.objects.get(pk=post_id).organisation_id
    RegisterImport.objects.bulk_create(
        RegisterImport(post_id=post_id, organisation_id=office, file_name="x.csv", shape="0" * 64, created_at=MONDAY, moved_at=MONDAY)
        for _number in numbers
    )  # fmt: skip
    organisations.forget()
    locating.forget()


def asked(client: Client, route: Route) -> list[str]:
    """The statements of one request. What the process remembers for a few seconds is filled by one before it."""
    path = route.address({})
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(path)
        if answer.streaming:
            answer.getvalue()  # type: ignore[arg-type]
    assert answer.status_code in (200, 302, 400, 404, 405, 422), (path, answer.status_code)
    return [query["sql"] for query in queries.captured_queries]


@pytest.fixture
def client(cast: Cast) -> Client:
    return client_of(post(everything_role(), cast.organisations["desk"], STREET))


def test_fifty_rows_cost_as_many_queries_as_one(cast: Cast, client: Client) -> None:
    own = Post.objects.get(role="everything").pk
    grow(cast, 0, 1, own)
    for route in PLAIN:
        asked(client, route)
    before = {route.name: len(asked(client, route)) for route in PLAIN}
    grow(cast, 1, 49, own)
    wrong = {}
    for route in PLAIN:
        # More than before may be what the new rows made the process forget: then the second time tells.
        for _time in range(2):
            after = len(asked(client, route))
            if after <= before[route.name]:
                break
        else:
            wrong[route.name] = (before[route.name], after)
    assert wrong == {}
    assert len(before) > 40
    assert sum(before.values()) > len(before), "the pages do ask the database"


def counted() -> dict[str, int]:
    enter(system("house"))
    found: dict[str, int] = {}
    tables = [model._meta.db_table for model in apps.get_models() if model._meta.db_table not in NOTES]
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"SELECT count(*) FROM {table}")
            row: Any = cursor.fetchone()
            found[table] = row[0]
    return found


def test_looking_changes_nothing(cast: Cast, client: Client) -> None:
    grow(cast, 0, 1, Post.objects.get(role="everything").pk)
    before, audited, read = counted(), AuditRow.objects.count(), ReadRow.objects.count()
    for route in PLAIN:
        client.get(route.address({}))
    assert counted() == before
    exports = sum("export" in route.name for route in PLAIN)
    assert AuditRow.objects.count() - audited <= exports, "only taking a list out leaves a row in the audit"
    assert ReadRow.objects.count() == read, "no list opens personal data"
