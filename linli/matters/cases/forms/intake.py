"""The call taker's form: everything of a case in one screen."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.base import policies
from linli.base.actor import Actor
from linli.base.ui.inputs import PhotosField, offer
from linli.matters.cases import choosing, commands
from linli.matters.cases.models import Case
from linli.matters.cases.rules import TEXT_MOST
from linli.people.organisations.queries import directory
from linli.procedures.definitions import definition

_CHANNELS = {
    "call_taker": ("telephone", "hotline", "counter"),
    "dispatcher": ("telephone", "hotline", "counter"),
    "grid_worker": ("patrol", "counter", "telephone"),
}
_OTHER_CHANNELS = ("counter", "patrol", "telephone")


class TakeForm(forms.Form):
    """One case, as it is told. A combobox sends two values: what was chosen, and what was typed when nothing was."""

    text = forms.CharField(
        label=_("说了什么"),
        max_length=TEXT_MOST,
        widget=forms.Textarea(attrs={"rows": 4, "autofocus": True}),
        error_messages={"required": _("请写下说了什么。")},
    )
    kind = forms.ChoiceField(
        label=_("类型"), choices=Case.Kind.choices, initial=Case.Kind.HELP, widget=forms.RadioSelect
    )
    place = forms.CharField(label=_("在哪里"), required=False, max_length=60)
    place_typed = forms.CharField(required=False, max_length=80)
    place_text = forms.CharField(label=_("具体位置"), required=False, max_length=200)
    category = forms.CharField(label=_("分类"), required=False, max_length=60)
    category_typed = forms.CharField(required=False, max_length=80)
    name = forms.CharField(
        label=_("诉求人"), required=False, max_length=40, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    phone = forms.CharField(
        label=_("联系电话"),
        required=False,
        max_length=30,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}),
    )
    anonymous = forms.BooleanField(label=_("匿名，不留联系方式"), required=False)
    channel = forms.ChoiceField(label=_("来源"), widget=forms.RadioSelect)
    service_class = forms.ChoiceField(label=_("时限等级"), required=False)
    about = forms.CharField(label=_("反映的单位"), required=False, max_length=20)
    about_typed = forms.CharField(required=False, max_length=80)
    join = forms.CharField(required=False, max_length=20)
    photos = PhotosField(_("照片"))

    def __init__(self, data: Any = None, files: Any = None, *, actor: Actor) -> None:
        super().__init__(data, files, label_suffix="")
        self.actor = actor
        wanted = _CHANNELS.get(actor.role, _OTHER_CHANNELS)
        labels = dict(Case.Channel.choices)
        offer(self, "channel", [(code, labels[code]) for code in wanted])
        self.initial["channel"] = wanted[0]
        shape = definition(policies.load("procedure.case").id)
        offer(self, "service_class", [("", _("按分类")), *shape.classes.items()])

    def clean(self) -> dict[str, Any]:
        """What was typed but not chosen is looked up: one hit is taken, several are asked about."""
        said = super().clean() or {}
        self._settle("place", choosing.places(self.actor, said.get("place_typed", "")), _("请从列表里选地点。"))
        self._settle("category", choosing.categories(said.get("category_typed", ""), ""), _("请从列表里选分类。"))
        self._settle(
            "about", choosing.units(self.actor, said.get("about_typed", "")), _("请从列表里选单位，或者清空。")
        )
        about = self.cleaned_data.get("about", "")
        if about and not (about.isascii() and about.isdigit() and int(about) in directory().by_id):
            self.add_error("about", _("没有这个单位，请从列表里选。"))
        return said

    def _settle(self, name: str, options: list[choosing.Option], problem: Any) -> None:
        said = self.cleaned_data
        if said.get(name) or not said.get(f"{name}_typed", "").strip():
            return
        exact = [option for option in options if option.text == said[f"{name}_typed"].strip()] or options
        if len(exact) == 1:
            said[name] = exact[0].value
            self.data = self.data.copy()  # type: ignore[attr-defined]
            self.data[name] = exact[0].value  # type: ignore[index]
        else:
            self.add_error(name, problem)

    def shown(self, name: str) -> tuple[str, str]:
        """(value, text) of a combobox, as it must be drawn again."""
        value = str(self[name].value() or "")
        typed = str(self[f"{name}_typed"].value() or "")
        if not value:
            return "", typed
        return value, typed or _text_of(name, value)

    def perform(self, actor: Actor, files: list[int]) -> dict[str, Any]:
        """File the case; returns {"id", "number"}."""
        said = self.cleaned_data
        filed: dict[str, Any] = commands.file(
            actor,
            text=said["text"],
            kind=said["kind"],
            category=said["category"],
            channel=said["channel"],
            service_class=said["service_class"],
            place_text=self._where(),
            name=said["name"],
            phone=said["phone"],
            anonymous=said["anonymous"],
            about_id=int(said["about"]) if said["about"] else None,
            proactive=said["channel"] == Case.Channel.PATROL,
            files=files,
            **choosing.read_place(said["place"]),
        )
        return filed

    def _where(self) -> str:
        """What was chosen and what was added to it: `翠园小区1号楼 3单元`. A community needs no repeating."""
        said = self.cleaned_data
        found = choosing.placed(said["place"])
        added = said["place_text"].strip()
        return f"{found.text} {added}".strip() if found and added else added

    def field_of(self, name: str | None) -> str | None:
        """The field beside which a command's refusal belongs."""
        if name in ("region_code", "compound_id", "building_id", "longitude", "latitude"):
            return "place"
        return {"about_id": "about"}.get(name or "", name if name in self.fields else None)


def _text_of(name: str, value: str) -> str:
    if name == "category":
        return choosing.category_text(value)
    if name == "about":
        return directory().label(int(value)) if value.isascii() and value.isdigit() else ""
    found = choosing.placed(value)
    return found.text if found else ""
