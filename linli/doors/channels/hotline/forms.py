"""The shape of what administrators and dispatchers type about an exchange."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.doors.channels.hotline.models import Exchange, Letter
from linli.doors.channels.hotline.reporting import LABELS
from linli.people.organisations.models import Organisation
from linli.people.organisations.queries import directory

_DIGITS = forms.TextInput(attrs={"inputmode": "numeric"})
SORTS = {"created": "created_at", "order": "order__number", "type": "type"}


class ChangeForm(forms.Form):
    name = forms.CharField(label=_("名称"), max_length=40, help_text=_("如：某某市12345热线"))
    transport = forms.ChoiceField(label=_("交换方式"), choices=Exchange.Transport.choices)
    address = forms.CharField(
        label=_("对方地址"),
        max_length=300,
        required=False,
        help_text=_("对方接收消息的地址，以 https:// 开头。用表格交换的不填。"),
    )
    per_minute = forms.IntegerField(label=_("每分钟最多收"), min_value=1, max_value=60_000, initial=600)


class SetUpForm(ChangeForm):
    code = forms.SlugField(
        label=_("代号"), max_length=30, help_text=_("小写字母、数字和 -，写进接口地址和工单来源，以后不能改。")
    )
    organisation = forms.ChoiceField(label=_("派单台"), help_text=_("来单由它派给承办单位。"))
    region_code = forms.CharField(
        label=_("辖区代码"), max_length=24, widget=_DIGITS, help_text=_("没写地点的来单归到这里。")
    )
    field_order = ("name", "code", "organisation", "region_code", "transport", "address", "per_minute")

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        desks = [one for one in directory().by_id.values() if one.kind == Organisation.Kind.DESK]
        self.fields["organisation"].choices = [("", "—"), *((str(one.id), one.name) for one in desks)]  # type: ignore[attr-defined]


class SecretForm(forms.Form):
    text = forms.CharField(
        label=_("对方给的密钥"),
        max_length=120,
        required=False,
        help_text=_("空着就由系统生成一把。"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


class EndForm(forms.Form):
    secret = forms.IntegerField(widget=forms.HiddenInput)
    hours = forms.IntegerField(
        label=_("几小时后失效"), min_value=0, max_value=720, initial=24, help_text=_("0 是马上；留些时间给对方换。")
    )


class NoteForm(forms.Form):
    note = forms.CharField(label=_("原因"), max_length=200, widget=forms.Textarea(attrs={"rows": 2}))


class LetterFilter(forms.Form):
    """What the list of letters is narrowed by; what is not understood narrows nothing."""

    q = forms.CharField(required=False, max_length=80)
    state = forms.ChoiceField(label=_("状态"), required=False, choices=[("", _("全部")), *Letter.State.choices])
    type = forms.ChoiceField(label=_("类型"), required=False, choices=[("", _("全部")), *LABELS.items()])
    exchange = forms.ChoiceField(label=_("热线"), required=False)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        names = [(str(key), name) for key, name in Exchange.objects.order_by("name").values_list("id", "name")]
        self.fields["exchange"].choices = [("", _("全部")), *names]  # type: ignore[attr-defined]

    def narrow(self, rows: Any) -> Any:
        self.is_valid()
        chosen = self.cleaned_data
        if wanted := chosen.get("q", "").strip():
            rows = rows.filter(order__number__startswith=wanted) | rows.filter(order__case__number=wanted.upper())
        for name, column in (("state", "state"), ("type", "type"), ("exchange", "exchange_id")):
            if chosen.get(name):
                rows = rows.filter(**{column: chosen[name]})
        return rows
