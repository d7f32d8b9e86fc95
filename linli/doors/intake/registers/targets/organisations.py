"""Enterprises, shops, social organisations and the other units that communities keep."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from linli.base.actor import Actor
from linli.base.commands import Refused
from linli.base.exchange import identifiers, values
from linli.base.facts.models import Fact
from linli.base.facts.noting import Given
from linli.doors.intake.registers.targets import places
from linli.doors.intake.registers.targets.base import KNOWN, Examined, Field, Option, Passed, RowRefused, Rows, Undone
from linli.people.organisations import commands, rules
from linli.people.organisations.models import Organisation

# Words of licences and lists for the kinds of the register; a word that stands inside a longer text counts too.
_KINDS = {
    "个体": "shop", "商户": "shop", "商铺": "shop", "门店": "shop", "店铺": "shop", "餐饮": "shop", "零售": "shop",
    "物业": "property_firm", "业主委员会": "owners_committee", "业委会": "owners_committee", "物管会": "owners_committee",
    "民办非企业": "social_organisation", "社会团体": "social_organisation", "社会组织": "social_organisation",
    "基金会": "social_organisation", "协会": "social_organisation", "社会服务机构": "social_organisation",
    "共建": "partner_unit", "机关": "partner_unit", "事业单位": "partner_unit", "学校": "partner_unit", "医院": "partner_unit",
    "公司": "enterprise", "企业": "enterprise", "合伙": "enterprise", "国有": "enterprise", "股份": "enterprise",
}  # fmt: skip


class Organisations:
    code = "organisations"
    name = _("单位")
    noun = _("家")
    right = "organisations.register"
    list_url = "organisations:list"
    people = False
    fields: tuple[Field, ...] = (
        Field("name", "名称", ("organisation_name",), required=True),
        Field("kind", "类别", ("organisation_kind",), help="企业、商户、社会组织、物业企业、共建单位"),
        Field("unified_code", "统一社会信用代码", ("credit_code",)),
        Field("address", "地址", ("organisation_address", "dwelling_address")),
        Field("region_code", "区划代码", ("region_code",), help="不填就从地址看，看不出就归到下面选的区划"),
        Field(
            "contact_name", "联系人", ("principal.name", "unit_contact.name", "owner.name", "name"), kind="person_name"
        ),
        Field(
            "contact_phone",
            "联系人电话",
            ("principal.phone", "unit_contact.phone", "owner.phone", "phone"),
            kind="phone",
        ),
        Field("valid_from", "成立日期", ("founded_on",), kind="date"),
    )

    def options(self, actor: Actor) -> tuple[Option, ...]:
        kinds = tuple((code, label) for code, label in Organisation.Kind.choices if code in rules.REGISTERED)
        regions = [code for code in actor.regions if code]
        return (
            Option("kind", _("没写类别的按"), choices=(("", _("必须写")), *kinds), default=""),
            Option(
                "region_code",
                _("看不出在哪里的归到"),
                help=_("社区或网格的代码"),
                default=regions[0] if regions else "",
            ),
        )

    def examiner(self, actor: Actor, options: Mapping[str, Any]) -> Callable[[Rows], Examined]:
        finder = places.Finder(actor)

        def examine(rows: Rows) -> Examined:
            found = Examined.of(len(rows))
            ready: list[dict[str, Any]] = []
            for place, row in enumerate(rows):
                given = self._read(found, place, row, options)
                if not given["region_code"]:
                    where = finder.find({"address": row.get("address", "")}).match
                    given["region_code"] = where.region_code or str(options.get("region_code", ""))
                ready.append(given)
            for place, name, reason in _problems(actor, ready):
                if name == "":
                    found.known.add(place)
                else:
                    found.problems.append((place, name, reason))
            wrong = {place for place, _name, _reason in found.problems}
            for place, given in enumerate(ready):
                found.keys[place] = given["unified_code"] or f"{given['kind']}|{given['name']}|{given['region_code']}"
                if place not in wrong and place not in found.known:
                    found.values[place] = given
            return found

        return examine

    def pack(self, value: Any) -> Any:
        since = value["valid_from"]
        return {**value, "valid_from": since and since.isoformat()}

    def unpack(self, data: Any) -> Any:
        return {**data, "valid_from": data["valid_from"] and date.fromisoformat(data["valid_from"])}

    def stale(
        self, actor: Actor, values: Sequence[Any], options: Mapping[str, Any], passed: Passed
    ) -> dict[int, tuple[str, str]]:
        found: dict[int, tuple[str, str]] = {}
        for place, name, reason in _problems(actor, values):
            found.setdefault(place, (name, reason))
        return found

    def _read(self, found: Examined, place: int, row: Mapping[str, str], options: Mapping[str, Any]) -> dict[str, Any]:
        def text(name: str) -> str:
            written = row.get(name, "").strip()
            return "" if values.is_nothing(written) else written

        given: dict[str, Any] = {name: text(name) for name in ("name", "address", "region_code", "contact_name")}
        given["kind"] = kind_of(text("kind")) or str(options.get("kind", ""))
        given["unified_code"], given["contact_phone"], given["valid_from"] = (
            text("unified_code"),
            text("contact_phone"),
            None,
        )
        try:
            given["unified_code"] = identifiers.credit_code(given["unified_code"]) if given["unified_code"] else ""
        except ValueError:
            pass  # `check_many` names it
        if day := text("valid_from"):
            try:
                given["valid_from"] = values.day(day).whole
            except ValueError as error:
                found.problems.append((place, "valid_from", str(error)))
        return given

    def ahead(self, values: Sequence[Any]) -> Any:
        return None

    def apply(
        self, actor: Actor, values: Sequence[Any], options: Mapping[str, Any], source: str, ahead: Any = None
    ) -> dict[str, list[int]]:
        try:
            return {self.code: commands.enter_many(actor, list(values), given=Given(source=source))}
        except Refused as no:
            if no.rule.startswith("row:"):
                raise RowRefused(int(no.rule[4:]) - 1, no.field or "", no.message) from no
            raise

    def undo(self, actor: Actor, ids: Sequence[int], since: datetime) -> Undone:
        """What nobody has corrected and nothing hangs on leaves the register; its history stays."""
        undone = Undone()
        rows = {row.pk: row for row in Organisation.objects.filter(pk__in=ids)}
        edited = set(
            Fact.objects.filter(kind="organisation", key__in=list(rows)).exclude(field="").values_list("key", flat=True)
        )
        for key in ids:
            row = rows.get(key)
            if row is None or row.valid_to is not None:
                undone.kept.append((key, "已经注销"))
            elif key in edited:
                undone.kept.append((key, f"{row.name}有人改过"))
            else:
                try:
                    commands.leave(actor, row, basis="撤销导入")
                    undone.gone += 1
                except Refused as no:
                    undone.kept.append((key, f"{row.name}：{no.message}"))
        return undone


def _problems(actor: Actor, rows: Sequence[Mapping[str, Any]]) -> Iterator[tuple[int, str, str]]:
    """As `check_many` tells them; a unit that is registered already has no field and the reason KNOWN."""
    for place, name, reason in commands.check_many(actor, rows):
        if "已经登记过" in reason:
            yield place, "", KNOWN
        elif "和第" not in reason:  # the same unit twice in one sheet is told by its key, across batches too
            yield place, name, reason


def kind_of(text: str) -> str:
    """The kind that a word of a list means: its own name first, else the first known word inside; empty: none."""
    own = {str(label): code for code, label in Organisation.Kind.choices if code in rules.REGISTERED}
    if text in own:
        return own[text]
    return next((code for word, code in _KINDS.items() if word in text), text if text in rules.REGISTERED else "")
