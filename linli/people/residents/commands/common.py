"""What every act on a person needs: the row in hand, the place within reach, the fact that is left behind."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet

from linli.base.actor import Actor
from linli.base.clockwork import now
from linli.base.commands import Refused
from linli.base.crypto import Sealed, next_pks, seal_into
from linli.base.crypto.sealed import Purpose
from linli.base.exchange import identifiers
from linli.base.privacy.commands import ending as rights
from linli.people.residents import queries, rules
from linli.people.residents.models import (
    CareNeed,
    Contact,
    Household,
    KnownApart,
    Person,
    PersonFact,
    Residence,
    Source,
)
from linli.people.residents.policy import register_policy
from linli.places.addresses.models import Dwelling

_MOBILE = re.compile(r"1[3-9][0-9]{9}")
ELSEWHERE = "不在您的工作范围内。"


@dataclass(frozen=True, slots=True)
class Given:
    """Where what is told comes from. as_of: the day it was true on, today when left out; reason: why it is changed."""

    source: str = Source.SELF
    as_of: date | None = None
    reason: str = ""

    def checked(self) -> "Given":
        """With the day filled in. Refused: a source or reason that is not on the list, a day that has not come."""
        if self.source not in Source.values:
            raise Refused("请从清单里选来源。", field="source")
        if self.reason not in PersonFact.Reason.values:
            raise Refused("请从清单里选原因。", field="reason")
        if self.as_of is not None and self.as_of > queries.today():
            raise Refused("日期不能在将来。", field="as_of")
        return Given(self.source, self.as_of or queries.today(), self.reason)

    @property
    def day(self) -> date:
        return self.as_of or queries.today()


def in_hand(actor: Actor, person: Person, *, moved: bool = False) -> Person:
    """The row as it is now, locked until the transaction ends. Refused when it is not the actor's or was merged away.

    moved: whoever has moved out is meant too; otherwise an act on them is refused.
    """
    row = queries.visible_to(actor).select_for_update(of=("self",)).filter(pk=person.pk).first()
    if row is None or not rules.may_reach(actor.regions, row.region_code, actor.everything):
        raise Refused(f"这位居民{ELSEWHERE}", status=404)
    if row.merged_into_id is not None:
        raise Refused("这份档案已经并入另一份，请在那一份上办理。", rule="已合并")
    if row.state == Person.State.DEAD:
        raise Refused("这位居民已登记去世，档案只保留，不再办理。", rule="已故")
    if row.state == Person.State.GONE and not moved:
        raise Refused("这位居民已经迁出，请先办迁入。", rule="已迁出")
    return row


def dwelling_in_reach(actor: Actor, dwelling_id: int, field: str = "dwelling") -> Dwelling:
    """A dwelling in use where the actor keeps the register."""
    row = Dwelling.objects.select_related("building__compound").filter(pk=dwelling_id, valid_to=None).first()
    if row is None:
        raise Refused("没有找到这套房屋，请从清单里选。", field=field)
    if not rules.may_reach(actor.regions, row.region_code, actor.everything):
        raise Refused(f"这套房屋{ELSEWHERE}请先登记迁出，由对方社区办迁入。", field=field, status=403)
    return row


def fact(
    actor: Actor,
    person: Person,
    act: str,
    given: Given,
    fields: Iterable[str] = (),
    before: Mapping[str, Any] | None = None,
) -> PersonFact:
    """Leave behind what was done: which fields, and what they were, sealed with the person's own key."""
    [key] = next_pks(PersonFact)
    row = PersonFact(
        pk=key,
        person=person,
        act=act,
        fields=sorted(fields),
        source=given.source,
        reason=given.reason,
        as_of=given.day,
        verifier=actor.name[:60],
        post_id=actor.post_id,
        at=now(),
        region_code=person.region_code,
    )
    if before:
        seal_into(row, before=json.dumps(before, ensure_ascii=False, default=str))
    row.save(force_insert=True)
    return row


def opened(actor: Actor, value: Any) -> str:
    """A sealed value for the program itself: to keep it in the history under its own seal, or to compare. It never leaves here.

    No read-log row: nobody is shown anything.
    """
    if not isinstance(value, Sealed):
        return ""
    return value.reveal(Purpose("keep", actor.principal or "system", 1, frozenset({value.field_id})))


def kept(actor: Actor, person: Person, names: Iterable[str]) -> dict[str, str]:
    """What these fields are now, for the history."""
    found = {}
    for name in names:
        value = getattr(person, name)
        found[name] = opened(actor, value) if isinstance(value, Sealed) else "" if value is None else str(value)
    return found


def clean_phone(text: str, field: str = "phone") -> str:
    """A telephone number in its one spelling, empty for nothing. Refused: what is no number."""
    if not text.strip():
        return ""
    if _MOBILE.fullmatch(text):  # nearly every number of a sheet
        return text
    try:
        return identifiers.own_phone(text)
    except ValueError as error:
        raise Refused(str(error), field=field) from None


@dataclass(slots=True)
class Known:
    """What is told of a person, checked and in one spelling."""

    name: str
    sex: str = "0"
    birth_year: int = 0
    birth_date: date | None = None
    phone: str = ""
    identity: str = ""
    statutory_basis: str = ""

    @property
    def sealed(self) -> dict[str, str]:
        born = self.birth_date.isoformat() if self.birth_date else ""
        return {"name": self.name, "birth_date": born, "phone": self.phone, "identity": self.identity}


def known(told: Mapping[str, Any], today: date, policy: Mapping[str, Any] | None = None) -> Known:
    """What is told of a person, checked. Refused beside the field that is wrong.

    told: name, sex, birth_year, birth_date, phone, identity, statutory_basis; what is missing is not known. The number of an identity
    card also tells birth and sex; it is taken only for a basis that the policy names.
    """
    policy = policy if policy is not None else register_policy()
    name = rules.clean_name(str(told.get("name") or ""))
    if problem := rules.problem_of_name(name):
        raise Refused(problem, field="name")
    sex = str(told.get("sex") or Person.Sex.UNKNOWN)
    if sex not in rules.SEXES:
        raise Refused("请从清单里选性别。", field="sex")
    year, born = int(told.get("birth_year") or 0), told.get("birth_date") or None
    number, basis = _identity(str(told.get("identity") or ""), str(told.get("statutory_basis") or ""), today, policy)
    if number is not None:
        if born is not None and born != number.birth:
            raise Refused("出生日期和身份证号里的不一致。", field="birth_date")
        born, sex = number.birth, number.sex if sex in ("0", "9") else sex
    if problem := rules.problem_of_birth(year, born, today):
        raise Refused(problem, field="birth_date" if born is not None else "birth_year")
    year = born.year if born is not None else year
    phone = clean_phone(str(told.get("phone") or ""))
    if phone and rules.is_minor(year, today, born, policy["majority"]):
        raise Refused("未成年人只留监护人的联系方式；如已成年，请填完整的出生日期。", field="phone", rule="未成年人")
    return Known(name, sex, year, born, phone, number.number if number is not None else "", basis)


def _identity(text: str, basis: str, today: date, policy: Mapping[str, Any]) -> tuple[identifiers.Identity | None, str]:
    if not text.strip():
        return None, ""
    if basis not in {one["code"] for one in policy.get("identity_bases", [])}:
        raise Refused(
            "身份证号只在有法定依据的业务里收，请选依据；没有依据就不填。", field="statutory_basis", rule="最小必要"
        )
    try:
        return identifiers.identity_number(text, today), basis
    except ValueError as error:
        raise Refused(str(error), field="identity") from None


def follow(person: Person, code: str) -> None:
    """What belongs to a person goes with them to another grid: history, contacts, needs for care, and records that were merged into theirs."""
    Person.objects.filter(merged_into=person).exclude(region_code=code).update(region_code=code)
    theirs = queries.same_person([person.pk])
    for model in (PersonFact, Contact, CareNeed):
        model.objects.filter(theirs).exclude(region_code=code).update(region_code=code)
    KnownApart.objects.filter(first=person).exclude(region_code=code).update(region_code=code)
    rights.follow("residents.person", [person.pk, *queries.records_behind([person.pk])], code)


def end_residences(person: Person, day: date, ending: str, **chosen: Any) -> list[int]:
    """End the residences of a person that still run, also those of records merged into theirs; returns which."""
    ended = []
    theirs = queries.same_person([person.pk])
    for row in Residence.objects.select_for_update().filter(theirs, ends=None, **chosen):
        row.ends, row.ending = max(day, row.starts), ending
        row.save(update_fields=["ends", "ending"])
        ended.append(row.pk)
    return ended


def living(household: Household | int) -> QuerySet[Person]:
    """Who belongs to a household and lives in it, locked."""
    rows = Person.objects.select_for_update().filter(state=Person.State.LIVING, merged_into=None)
    return rows.filter(household=household)


def join_household(chosen: int | None, dwelling_id: int, region_code: str, day: date) -> Household:
    """The household that somebody joins in a dwelling, or a new one. Refused: it is not there, or has ended."""
    if chosen is None:
        return Household.objects.create(dwelling_id=dwelling_id, region_code=region_code, starts=day)
    row = Household.objects.select_for_update().filter(pk=chosen, dwelling=dwelling_id, ends=None).first()
    if row is None:
        raise Refused("这套房屋里没有这一户。", field="household")
    return row


def leave_household(person: Person, day: date) -> dict[str, Any]:
    """Somebody belongs to their household no longer: one whose last member left has ended, one whose head left has none.

    Returns what `back_to_household` needs. The row of the person is not written.
    """
    old = person.household
    if old is None:
        return {}
    head = old.head_id == person.pk
    if head:
        Household.objects.filter(pk=old.pk).update(head=None)
    if not living(old).exclude(pk=person.pk).exists():
        Household.objects.filter(pk=old.pk, ends=None).update(ends=max(day, old.starts))
    return {"_household": old.pk, "_head": head}


def back_to_household(person: Person, left: Mapping[str, Any]) -> Household | None:
    """Take back what `leave_household` did; the household runs again if it had ended with this person."""
    old = Household.objects.select_for_update().filter(pk=left.get("_household") or 0).first()
    if old is None:
        return None
    old.ends = None
    if left.get("_head") and old.head_id is None:
        old.head = person
    old.save(update_fields=["ends", "head"])
    return old


def run_again(residences: Iterable[int]) -> list[Residence]:
    """Residences that were ended by mistake run again, but for dwellings that are no longer in use; returns which."""
    rows = list(
        Residence.objects.select_for_update(of=("self",)).filter(pk__in=list(residences), dwelling__valid_to=None)
    )
    Residence.objects.filter(pk__in=[row.pk for row in rows]).update(ends=None, ending="")
    return rows
