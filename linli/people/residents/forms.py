"""The shape of what is typed about people. Nothing is ever filled in with what is sealed: a field left empty stays as it is."""

import re
from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.base.actor import Actor
from linli.base.facts.unasked import watch
from linli.base.ui.inputs import DayField
from linli.people.residents import queries
from linli.people.residents.commands import Given
from linli.people.residents.models import CareNeed, Contact, Household, Person, PersonFact, Source
from linli.people.residents.policy import care, register_policy
from linli.places.addresses.models import Dwelling
from linli.places.addresses.queries import dwelling_of, dwellings_visible_to

Choices = list[tuple[str, Any]]
ANY: Choices = [("", _("全部"))]
# Where somebody who stands at the door has it from; the other sources come by other ways.
AT_THE_DOOR = [(one.value, one.label) for one in (Source.VISIT, Source.SELF, Source.FAMILY, Source.PAPER)]


class _Act(forms.Form):
    """An act on a person: where it comes from and as of which day, at the end of every form."""

    source = forms.ChoiceField(label=_("来源"), choices=AT_THE_DOOR, initial=Source.VISIT)
    as_of = DayField(label=_("日期"), required=False, help_text=_("不填就是今天。"))

    def __init__(self, data: Any = None, **options: Any) -> None:
        super().__init__(data, label_suffix="", **options)
        self.order_fields([name for name in self.fields if name not in ("reason", "source", "as_of")])
        self.fields["as_of"].widget.input_type = "date"

    @property
    def given(self) -> Given:
        cleaned = self.cleaned_data
        return Given(cleaned["source"], cleaned.get("as_of"), cleaned.get("reason") or "")


class _Reason(forms.Form):
    reason = forms.ChoiceField(
        label=_("原因"),
        choices=[(one.value, one.label) for one in PersonFact.Reason if one.value not in ("", "same", "different")],
    )


class _Home(forms.Form):
    """A dwelling, chosen from what is found while somebody types; without scripts the words themselves are read."""

    dwelling = forms.CharField(label=_("住处"), required=False, max_length=20)
    dwelling_typed = forms.CharField(required=False, max_length=80, widget=forms.HiddenInput)

    actor: Actor
    found: Dwelling | None = None

    @property
    def home(self) -> tuple[str, str]:
        """(value, text) of the field, as it must be drawn again."""
        if self.is_bound:
            return str(self.data.get("dwelling", "")), str(self.data.get("dwelling_typed", ""))
        return (str(self.found.pk), str(self.found)) if self.found is not None else ("", "")

    def clean_dwelling(self) -> int:
        chosen, typed = str(self.cleaned_data["dwelling"]), str(self.data.get("dwelling_typed", ""))[:80]
        if chosen.isascii() and chosen.isdigit():
            self.found = dwellings_visible_to(self.actor).filter(pk=int(chosen[:18])).first()
        if self.found is None and typed.strip():
            prefix = self.actor.regions[0] if len(self.actor.regions) == 1 else ""
            self.found = dwelling_of(typed, prefix)
        if self.found is None:
            raise forms.ValidationError(_("没有找到这套房屋，请写小区、楼号、单元和房号，从清单里选。"))
        return int(self.found.pk)


def read_birth(text: str) -> tuple[int, date | None]:
    """1948 -> (1948, None); 1948-5-4, 1948年5月4日, 19480504 -> (1948, the day). Raises ValidationError."""
    plain = re.sub(r"[年月./]", "-", text.strip()).rstrip("日 -")
    if not plain:
        return 0, None
    if re.fullmatch(r"\d{4}", plain):
        return int(plain), None
    match = re.fullmatch(r"(\d{4})-?(\d{1,2})-?(\d{1,2})", plain)
    try:
        if match:
            return int(match[1]), date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        pass
    raise forms.ValidationError(_("出生写四位年份，如 1948；或写全，如 1948-05-04。"))


class _Known(forms.Form):
    """What is known of somebody; birth in one field, as a year or a day."""

    name = forms.CharField(label=_("姓名"), max_length=40)
    sex = forms.ChoiceField(label=_("性别"), choices=Person.Sex.choices, required=False, widget=forms.RadioSelect)
    birth = forms.CharField(label=_("出生"), max_length=12, required=False, help_text=_("年份，或年月日。"))
    phone = forms.CharField(label=_("手机号"), max_length=30, required=False, help_text=_("未成年人不填，填监护人的。"))
    identity = forms.CharField(
        label=_("身份证号"), max_length=30, required=False, help_text=_("只在有法定依据的业务里收。")
    )
    statutory_basis = forms.ChoiceField(label=_("收身份证号的依据"), required=False)

    def set_bases(self) -> None:
        bases = [(one["code"], one["name"]) for one in register_policy().get("identity_bases", [])]
        self.fields["statutory_basis"].choices = [("", _("不收")), *bases]  # type: ignore[attr-defined]
        for name in ("phone", "guardian_phone"):
            if name in self.fields:
                self.fields[name].widget.attrs |= {"inputmode": "tel", "autocomplete": "off"}
        self.fields["birth"].widget.attrs |= {"autocomplete": "off"}
        self.fields["name"].widget.attrs |= {"autocomplete": "off"}

    def clean_birth(self) -> tuple[int, date | None]:
        return read_birth(self.cleaned_data["birth"])


class RegisterForm(_Home, _Known, _Act):
    """Entering somebody, at the door of their home."""

    kind = forms.ChoiceField(
        label=_("居住关系"), choices=Person.Kind.choices, widget=forms.RadioSelect, initial="family"
    )
    lives = forms.BooleanField(label=_("住在这里"), required=False, initial=True)
    household = forms.ChoiceField(label=_("户"), required=False)
    guardian_name = forms.CharField(label=_("监护人姓名"), max_length=40, required=False)
    guardian_phone = forms.CharField(label=_("监护人电话"), max_length=30, required=False)
    anyway = forms.BooleanField(label=_("核对过了，不是同一人，仍要登记"), required=False)

    def __init__(self, data: Any = None, *, actor: Actor, home: Dwelling | None = None) -> None:
        self.actor, self.found = actor, home
        super().__init__(data, initial={"sex": "0"})
        self.set_bases()
        given = self.home[0]
        there = (
            Household.objects.filter(dwelling=int(given), ends=None) if given.isdigit() else Household.objects.none()
        )
        houses = [
            (str(one.pk), _("和%(name)s一户") % {"name": one.head or one}) for one in there.select_related("head")[:20]
        ]
        self.fields["household"].choices = [("", _("新立一户")), *houses]  # type: ignore[attr-defined]

    def told(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        year, born = cleaned["birth"]
        names = (
            "name",
            "dwelling",
            "kind",
            "lives",
            "phone",
            "identity",
            "statutory_basis",
            "guardian_name",
            "guardian_phone",
            "anyway",
        )
        return {name: cleaned[name] for name in names} | {
            "sex": cleaned["sex"] or "0",
            "birth_year": year,
            "birth_date": born,
            "household": int(cleaned["household"]) if cleaned["household"] else None,
            "given": self.given,
        }


class CorrectForm(_Known, _Reason, _Act):
    """What was wrong. An empty field stays as it is; a telephone number can be taken away."""

    no_phone = forms.BooleanField(label=_("号码停用了，删去手机号"), required=False)

    def __init__(self, data: Any = None, *, person: Person) -> None:
        super().__init__(data)
        self.set_bases()
        self.fields["name"].required = False
        now_is = _("现在：%(value)s")
        shown = {
            "name": str(person.name), "birth": str(person.birth_date or person.birth_year or _("不知道")),
            "phone": str(person.phone or _("没有")), "identity": str(person.identity or _("没有")),
        }  # fmt: skip
        for name, value in shown.items():
            self.fields[name].help_text = now_is % {"value": value}
        self.fields["sex"].choices = [("", _("不改")), *Person.Sex.choices]  # type: ignore[attr-defined]

    def changes(self) -> dict[str, Any]:
        return changes_of(self.cleaned_data)


def changes_of(cleaned: dict[str, Any]) -> dict[str, Any]:
    """What a form says is to be changed, as the commands take it."""
    found: dict[str, Any] = {
        name: cleaned[name] for name in ("name", "sex", "phone", "identity", "statutory_basis") if cleaned.get(name)
    }
    year, born = cleaned.get("birth") or (0, None)
    if year:
        found |= {"birth_year": year, "birth_date": born}
    if cleaned.get("no_phone"):
        found["phone"] = ""
    return found


class MoveHouseForm(_Home, _Reason, _Act):
    kind = forms.ChoiceField(label=_("在新住处"), required=False, choices=[("", _("和原来一样")), *Person.Kind.choices])
    whole_household = forms.BooleanField(label=_("全户一起搬"), required=False)

    def __init__(self, data: Any = None, *, actor: Actor) -> None:
        self.actor = actor
        super().__init__(data)
        self.fields["dwelling"].label = _("搬到")


class MoveOutForm(_Reason, _Act):
    """Everything here ends for them."""


class MoveInForm(_Home, _Reason, _Act):
    kind = forms.ChoiceField(label=_("居住关系"), choices=Person.Kind.choices, initial="tenant")
    lives = forms.BooleanField(label=_("住在这里"), required=False, initial=True)

    def __init__(self, data: Any = None, *, actor: Actor) -> None:
        self.actor = actor
        super().__init__(data)


class DeathForm(_Reason, _Act):
    died_on = DayField(label=_("去世日期"))

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        self.fields["died_on"].widget.input_type = "date"
        self.fields["source"].initial = Source.FAMILY


class BackForm(_Reason, _Act):
    """An act taken back."""


class ContactForm(_Act):
    kind = forms.ChoiceField(label=_("关系"), choices=Contact.Kind.choices)
    name = forms.CharField(label=_("姓名"), max_length=40)
    phone = forms.CharField(label=_("电话"), max_length=30)

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        self.fields["phone"].widget.attrs |= {"inputmode": "tel", "autocomplete": "off"}


class CareForm(_Act):
    """That somebody needs care: group, what for, who agreed. There is no field for why."""

    group = forms.ChoiceField(label=_("类别"), widget=forms.RadioSelect)
    purpose = forms.ChoiceField(label=_("用途"))
    consent = forms.ChoiceField(
        label=_("同意"), choices=CareNeed.Consent.choices, help_text=_("敏感的类别要本人单独同意；孩子要监护人同意。")
    )

    def __init__(self, data: Any = None, *, actor: Actor) -> None:
        super().__init__(data)
        policy = care()
        groups = [(code, one["name"]) for code, one in policy.seen_by(actor).items()]
        self.fields["group"].choices = groups  # type: ignore[attr-defined]
        self.fields["purpose"].choices = list(policy.purposes.items())  # type: ignore[attr-defined]


class EndCareForm(_Act):
    ending = forms.ChoiceField(
        label=_("结束原因"),
        choices=[(one.value, one.label) for one in CareNeed.Ending if one.value in ("over", "withdrawn", "wrong")],
    )


class VisitForm(_Known, _Act):
    """One visit: how it stands with each need, and what else has changed."""

    def __init__(self, data: Any = None, *, person: Person, needs: list[tuple[CareNeed, str]]) -> None:
        super().__init__(data)
        for name in ("sex", "identity", "statutory_basis"):
            del self.fields[name]
        self.fields["name"].required = False
        self.fields["name"].help_text = _("有变化才填。现在：%(value)s") % {"value": person.name}
        self.fields["phone"].help_text = _("有变化才填。现在：%(value)s") % {"value": person.phone or _("没有")}
        self.fields["birth"].help_text = _("有变化才填。现在：%(value)s") % {"value": person.birth_year or _("不知道")}
        self.fields["name"].widget.attrs["autocomplete"] = "off"
        self.fields["phone"].widget.attrs |= {"inputmode": "tel", "autocomplete": "off"}
        self.need_fields = []
        for need, word in needs:
            name = f"need_{need.pk}"
            self.fields[name] = forms.ChoiceField(
                label=word,
                choices=[("still", _("仍需要")), ("over", _("不再需要")), ("", _("没问到"))],
                required=False,
                initial="still",
                widget=forms.RadioSelect,
            )
            self.need_fields.append(name)
        self.order_fields([*self.need_fields, "phone", "name", "birth", "source", "as_of"])

    def chosen(self, answer: str) -> list[int]:
        return [int(name.removeprefix("need_")) for name in self.need_fields if self.cleaned_data.get(name) == answer]

    def changes(self) -> dict[str, Any]:
        return changes_of(self.cleaned_data)


class SplitForm(_Reason, _Act):
    members = forms.MultipleChoiceField(label=_("分出去的人"), widget=forms.CheckboxSelectMultiple)
    head = forms.ChoiceField(label=_("新户的户主"), required=False)

    def __init__(self, data: Any = None, *, members: list[Person]) -> None:
        super().__init__(data)
        choices = [(str(one.pk), f"{one}（{one.get_kind_display()}）") for one in members]
        self.fields["members"].choices = choices  # type: ignore[attr-defined]
        self.fields["head"].choices = [("", _("暂不定")), *choices]  # type: ignore[attr-defined]


class JoinForm(_Reason, _Act):
    other = forms.ChoiceField(label=_("并进来的一户"))

    def __init__(self, data: Any = None, *, others: list[Household]) -> None:
        super().__init__(data)
        choices = [(str(one.pk), str(one.head) if one.head is not None else str(one)) for one in others]
        self.fields["other"].choices = choices  # type: ignore[attr-defined]


class MergeForm(forms.Form):
    """Which record stays, and what it takes over from the other."""

    keep = forms.ChoiceField(label=_("保留哪一份"), widget=forms.RadioSelect)
    take = forms.MultipleChoiceField(
        label=_("用另一份里的"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("其余以保留的那份为准；两份的来历都留着。"),
    )

    def __init__(self, data: Any = None, *, first: Person, second: Person, names: Choices) -> None:
        super().__init__(data, label_suffix="", initial={"keep": str(first.pk)})
        choices = [(str(first.pk), _("左边这份")), (str(second.pk), _("右边这份"))]
        self.fields["keep"].choices = choices  # type: ignore[attr-defined]
        self.fields["take"].choices = names  # type: ignore[attr-defined]


class UrgentForm(forms.Form):
    """Opening what is sealed when there is no time for a task."""

    fields_wanted = forms.MultipleChoiceField(
        label=_("要看什么"), widget=forms.CheckboxSelectMultiple,
        choices=[("name", _("姓名")), ("phone", _("手机号")), ("contacts", _("联系人"))], initial=["name", "phone"],
    )  # fmt: skip
    note = forms.CharField(
        label=_("发生了什么"),
        max_length=100,
        help_text=_("如：三楼水管爆了，要找五楼住户关阀。记入查看记录，本人能看到。"),
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, label_suffix="")
        watch(self, "note")


def needs_words(actor: Actor, person: Person) -> list[tuple[CareNeed, str]]:
    """Each running need of a person with the word this actor may read: a sensitive one without its group."""
    rows = queries.care_of(actor).filter(queries.same_person([person.pk])).order_by("review_on", "id")
    return words_of(rows)


def words_of(needs: Iterable[CareNeed]) -> list[tuple[CareNeed, str]]:
    """The same, of needs that have been read."""
    policy = care()
    return [(need, policy.name(str(need.group))) for need in needs]
