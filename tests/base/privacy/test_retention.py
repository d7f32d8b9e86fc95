"""Deleting what has outlived its purpose: the report, the second person, the deletion, the keys, a crash in between."""

from datetime import timedelta

import pytest
from django.db import connection

from linli.base import clockwork
from linli.base.actor import Actor, system
from linli.base.commands import Refused
from linli.base.commands.models import AuditRow
from linli.base.crypto import Sealed, Shredded, keyring, known, rotation
from linli.base.crypto.sealed import _open
from linli.base.privacy import commands
from linli.base.privacy.commands import retention
from linli.base.privacy.models import KeyRotation, RetentionItem, RetentionRun
from linli.base.privacy.models import Shredded as ShreddedRow
from linli.base.privacy.running import rotate
from linli.base.scope import enter
from linli.matters.cases import commands as cases
from linli.matters.cases.models import Case
from linli.procedures.models import Proceeding
from tests.cast import MONDAY, POINT_HERE, POINT_THERE, Cast

NAME, PHONE = "诸葛流年", "13800138001"
LATER = MONDAY + timedelta(days=1200)


@pytest.fixture(autouse=True)
def ring(tmp_path, monkeypatch):
    """A key ring of the test's own, in a file, since shredding changes it."""
    path = tmp_path / "keys.json"
    keyring.create(path)
    monkeypatch.setenv("LINLI_KEYS", str(path))
    keyring.ring.cache_clear()
    yield path
    keyring.ring.cache_clear()


def filed(actor: Actor, point: tuple[float, float] = POINT_HERE, closed: bool = True) -> int:
    found = cases.file(
        actor,
        text=f"楼道灯不亮，请打{PHONE}",
        channel="counter",
        name=NAME,
        phone=PHONE,
        longitude=point[0],
        latitude=point[1],
    )
    enter(system("test"))
    if closed:
        Proceeding.objects.filter(pk=found["id"]).update(closed_at=MONDAY + timedelta(days=9))
    return int(found["id"])


@pytest.fixture
def world(cast: Cast) -> tuple[Cast, int, int, int]:
    with clockwork.frozen(MONDAY):
        old, here_open, there = (
            filed(cast.secretary),
            filed(cast.secretary, closed=False),
            filed(cast.neighbour, POINT_THERE),
        )
    return cast, old, here_open, there


def test_the_report_deletes_nothing_and_a_second_person_is_needed(world):
    cast, old, _open_case, there = world
    with clockwork.frozen(LATER):
        run = commands.draft(cast.leader)
        row = RetentionRun.objects.get(pk=run)
        assert (row.report, row.total) == ([["cases.case", "case", 2]], 2)
        assert Case.objects.get(pk=old).reporter_phone is not None
        with pytest.raises(Refused, match="还没有办完"):
            commands.draft(cast.leader)
        with pytest.raises(Refused, match="换一位"):
            commands.approve(cast.leader, run)
        with pytest.raises(Refused, match="没有办理这项操作的权限"):
            commands.approve(cast.auditor, run)
        assert Case.objects.get(pk=there).reporter_phone is not None


def test_one_community_cannot_list_anothers(world):
    cast, old, _open_case, _there = world
    with clockwork.frozen(LATER):
        secretary = cast.secretary
        mine = Actor(
            kind="person",
            account_id=secretary.account_id,
            regions=secretary.regions,
            rights=frozenset({"privacy.retain"}),
        )
        run = commands.draft(mine)
    assert list(RetentionItem.objects.filter(run=run).values_list("subject_id", flat=True)) == [old]


def test_what_is_approved_goes_and_nobody_can_read_it_again(world):
    cast, old, open_case, there = world
    before = Case.objects.get(pk=old).reporter_phone
    assert isinstance(before, Sealed)
    figures = Proceeding.objects.count()
    with clockwork.frozen(LATER):
        run = commands.draft(cast.auditor)
        commands.approve(cast.leader, run)
        # Taken up again since the report: it must not go.
        Proceeding.objects.filter(pk=there).update(closed_at=None)
        retention.delete(run)
        retention.delete(run)
    row = RetentionRun.objects.get(pk=run)
    assert (row.state, row.deleted, row.kept) == ("done", 1, 1)
    case = Case.objects.get(pk=old)
    assert (case.reporter_name, case.reporter_phone, case.phone_index) == (None, None, None)
    assert PHONE not in case.text
    with pytest.raises(Shredded):
        _open(before)
    assert not known("cases.case", old)
    assert known("cases.case", there)
    assert known("cases.case", open_case)
    assert Proceeding.objects.count() == figures
    assert ShreddedRow.objects.filter(done_at=None).count() == 0
    assert KeyRotation.objects.count() == 1, "a deletion is followed by a change of keys"
    assert NAME not in str(list(AuditRow.objects.values_list("detail", flat=True)))


def test_a_crash_between_deletion_and_shredding_is_made_good(world):
    cast, old, *_rest = world
    with clockwork.frozen(LATER):
        run = commands.draft(cast.auditor)
        commands.approve(cast.leader, run)
        assert commands.erase(system("retention"), run) == 2
        assert known("cases.case", old), "the process died here"
        assert commands.catch_up(system("regular")) == 2
        assert not known("cases.case", old)
        retention.delete(run)
    assert RetentionRun.objects.get(pk=run).state == "done"


def test_an_old_copy_of_the_ring_and_an_old_backup_are_caught_up(world, ring):
    cast, old, *_rest = world
    before = ring.read_bytes()
    with connection.cursor() as cursor:
        cursor.execute("SELECT reporter_phone, phone_index FROM cases_case WHERE proceeding_id = %s", [old])
        backup = cursor.fetchone()
    with clockwork.frozen(LATER):
        run = commands.draft(cast.auditor)
        commands.approve(cast.leader, run)
        retention.delete(run)
    ring.write_bytes(before)  # the copy from the safe, put back by mistake
    keyring.ring.cache_clear()
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE cases_case SET reporter_phone = %s, phone_index = %s WHERE proceeding_id = %s", [*backup, old]
        )
    assert known("cases.case", old)
    found = commands.check_keys(system("keys"))
    assert found["shredded"] >= 1
    assert not known("cases.case", old)
    assert Case.objects.get(pk=old).phone_index is None


def test_cancelled_and_finished_runs_cannot_be_approved(world):
    cast, *_rest = world
    with clockwork.frozen(LATER):
        run = commands.draft(cast.auditor)
        commands.cancel(cast.auditor, run)
        with pytest.raises(Refused, match="已经复核或取消"):
            commands.approve(cast.leader, run)
        assert commands.erase(system("retention"), run) == 0


def test_keys_change_online_and_a_reader_always_reads(world):
    cast, _old, _open_case, _there = world
    first = keyring.ring().active_id
    pk = commands.rotate_keys(cast.sysadmin)
    with pytest.raises(Refused, match="还没有完成"):
        commands.rotate_keys(cast.sysadmin)
    read: list[str] = []
    row = rotate(pk, batch=2, told=lambda _row: read.extend(str(c.reporter_phone) for c in Case.objects.all()))
    assert set(read) == {"138****8001"}
    assert row.finished_at is not None
    assert row.sealed == 3
    assert rotation.old_indexes() == 0
    assert keyring.ring().keys[first].index == b""
    assert keyring.ring().active_id == row.key != first
    assert commands.confirm_copy(cast.sysadmin)


def test_two_runners_of_one_change_do_not_trip_over_each_other(world):
    cast, *_rest = world
    pk = commands.rotate_keys(cast.sysadmin)
    inside = []

    def second(_row: KeyRotation) -> None:
        if not inside:
            inside.append(1)
            inside.append(rotate(pk).finished_at)

    row = rotate(pk, batch=2, told=second)
    assert row.finished_at is not None
    assert inside[1] is not None
    assert rotate(pk).finished_at == row.finished_at
    KeyRotation.objects.filter(pk=pk).update(finished_at=None, place="-")
    assert rotate(pk).finished_at is not None, "stopped between the last row and the end"


def test_a_row_sealed_under_the_old_key_at_the_last_moment_is_found(world):
    cast, old, *_rest = world
    with connection.cursor() as cursor:
        cursor.execute("SELECT reporter_phone, phone_index FROM cases_case WHERE proceeding_id = %s", [old])
        late = cursor.fetchone()
    pk = commands.rotate_keys(cast.sysadmin)
    done = []

    def sneak(row: KeyRotation) -> None:
        if row.place > "cases.case" and not done:
            done.append(1)
            enter(system("test"))
            with connection.cursor() as cursor:
                cursor.execute(
                    "UPDATE cases_case SET reporter_phone = %s, phone_index = %s WHERE proceeding_id = %s", [*late, old]
                )

    rotate(pk, told=sneak)
    assert done
    assert rotation.old_indexes() == 0
    enter(system("test"))
    assert str(Case.objects.get(pk=old).reporter_phone) == "138****8001"


def test_somebody_who_left_is_forgotten_and_their_household_stays(cast: Cast) -> None:
    from linli.people.residents import commands as residents
    from linli.people.residents.models import CareNeed, Contact, Person, PersonFact, Residence
    from tests.people.residents.stories import BY_VISIT, cared, someone

    with clockwork.frozen(MONDAY):
        gone = someone(cast)
        stays = someone(cast, name="司徒长留", phone="13900139077")
        cared(cast, gone)
        residents.move_out(cast.secretary, gone, given=BY_VISIT)
    enter(system("test"))
    before = Person.objects.get(pk=gone.pk)
    homes = Residence.objects.count()
    with clockwork.frozen(MONDAY + timedelta(days=700)):
        run = RetentionRun.objects.get(pk=commands.draft(cast.auditor))
        assert {item.kind for item in run.items.all()} == {"residents.careneed"}, "what they needed goes a year earlier"
        commands.cancel(cast.auditor, run.pk)
    with clockwork.frozen(MONDAY + timedelta(days=740)):
        run = commands.draft(cast.auditor)
        commands.approve(cast.leader, run)
        retention.delete(run)
        assert RetentionRun.objects.get(pk=run).deleted == 1, "what they needed goes with them"
        assert RetentionRun.objects.get(pk=commands.draft(cast.auditor)).total == 0, "nothing is due twice"
    enter(system("test"))
    row = Person.objects.get(pk=gone.pk)
    assert (str(row.name), row.phone, row.name_index, row.phone_index, row.birth_year) == ("****", None, None, None, 0)
    with pytest.raises(Shredded):
        _open(before.name)  # type: ignore[arg-type]
    assert not Contact.objects.filter(person=gone.pk, phone_index__isnull=False).exists()
    assert not CareNeed.objects.filter(person=gone.pk, group_index__isnull=False).exists()
    assert not PersonFact.objects.filter(person=gone.pk, before__isnull=False).exists()
    assert str(Person.objects.get(pk=stays.pk).name) == "司徒**"
    assert Residence.objects.count() == homes


def test_a_need_for_care_goes_a_year_after_it_ended_and_its_person_stays(cast: Cast) -> None:
    from linli.people.residents import commands as residents
    from linli.people.residents.models import CareNeed, Person
    from tests.people.residents.stories import BY_VISIT, cared, someone

    with clockwork.frozen(MONDAY):
        row = someone(cast)
        over, refused, runs_on = cared(cast, row), cared(cast, row, "ill"), cared(cast, row, "tenant")
        residents.end_care(cast.grid_worker, row, care_ids=[over.pk], ending="over", given=BY_VISIT)
        residents.end_care(cast.grid_worker, row, care_ids=[refused.pk], ending="withdrawn", given=BY_VISIT)
    enter(system("test"))
    before = {need.pk: need.group for need in CareNeed.objects.all()}
    with clockwork.frozen(MONDAY + timedelta(days=30)):
        run = commands.draft(cast.auditor)
        items = RetentionRun.objects.get(pk=run).items.values_list("kind", "subject_id")
        assert list(items) == [("residents.careneed", refused.pk)], "what was withdrawn goes at once"
        commands.approve(cast.leader, run)
        retention.delete(run)
        first = KeyRotation.objects.get()
    with clockwork.frozen(MONDAY + timedelta(days=400)):
        run = commands.draft(cast.auditor)
        commands.approve(cast.leader, run)
        retention.delete(run)
        assert RetentionRun.objects.get(pk=run).deleted == 1
        assert not commands.rotate_after(system("clock")), "the first change of keys still goes on"
        rotate(first.pk)
        assert commands.rotate_after(system("clock"))
        rotate(KeyRotation.objects.latest("id").pk)
        assert not commands.rotate_after(system("clock")), "nothing was deleted since"
    enter(system("test"))
    for gone in (over.pk, refused.pk):
        assert CareNeed.objects.get(pk=gone).group_index is None
        with pytest.raises(Shredded):
            _open(before[gone])
    assert _open(before[runs_on.pk]) == "tenant"
    assert str(Person.objects.get(pk=row.pk).name) == "林**"


def test_needs_for_care_die_with_their_person(cast: Cast) -> None:
    from linli.people.residents import commands as residents
    from linli.people.residents.models import CareNeed
    from tests.people.residents.stories import BY_VISIT, cared, someone

    with clockwork.frozen(MONDAY):
        row = someone(cast)
        need = cared(cast, row)
        residents.move_out(cast.secretary, row, given=BY_VISIT)
    enter(system("test"))
    before = CareNeed.objects.get(pk=need.pk).group
    with clockwork.frozen(MONDAY + timedelta(days=740)):
        run = commands.draft(cast.auditor)
        commands.approve(cast.leader, run)
        retention.delete(run)
    with pytest.raises(Shredded):
        _open(before)


def test_who_asked_to_be_forgotten_is_in_the_next_run_once_the_office_agreed(world) -> None:
    cast, _old, open_case, _there = world
    with clockwork.frozen(MONDAY):
        asked = commands.ask(
            system("test"), kind="forget", subject_kind="cases.case", subject_id=open_case, words="请删掉我的电话"
        )
        commands.answer(cast.secretary, asked, outcome="done", answer="好的，列入下一次删除。")
        run = commands.draft(cast.auditor)
        assert RetentionRun.objects.get(pk=run).report == [["cases.case", "asked", 1]]
        commands.approve(cast.leader, run)
        retention.delete(run)
    enter(system("test"))
    assert Case.objects.get(pk=open_case).reporter_phone is None
    assert not known("cases.case", open_case)


def test_the_pages_of_a_run_ask_a_second_person(world) -> None:
    cast, old, *_rest = world
    with clockwork.frozen(LATER):
        auditor, leader = cast.client("auditor"), cast.client("leader")
        made = auditor.post("/privacy-office/retention/")
        assert made.status_code == 302
        page = auditor.get(made["Location"]).content.decode()
        assert "什么都还没有删除" in page
        assert "同意删除" not in page
        assert auditor.post(f"{made['Location']}approve/").status_code == 404
        assert "同意删除 2 项" in leader.get(made["Location"]).content.decode()
        assert leader.post(f"{made['Location']}approve/").status_code == 302
        assert cast.client("sysadmin").get(made["Location"]).status_code == 404
        assert cast.client("sysadmin").get("/privacy-office/keys/").status_code == 200
    enter(system("test"))
    assert RetentionRun.objects.get().state == "approved"
    assert Case.objects.get(pk=old).reporter_phone is not None, "the worker does it, not the page"
