"""The shape of what administrators type: filters, a new account, a post."""

from datetime import date
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from linli.base.ui.inputs import DayField
from linli.people.accounts import queries
from linli.people.accounts.models import Account
from linli.people.organisations.models import Organisation
from linli.people.organisations.queries import directory
from linli.places.regions.models import Region

SORTS = {"login": "login", "name": "name", "last": "last_login"}


class ListFilter(forms.Form):
    """Search and filters of the list of accounts."""

    q = forms.CharField(required=False, max_length=80)
    role = forms.ChoiceField(label=_("角色"), required=False)
    state = forms.ChoiceField(
        label=_("状态"),
        required=False,
        choices=[
            ("", _("全部")),
            ("active", _("在用")),
            ("closed", _("已停用")),
            ("idle", _("没有岗位")),
            ("single", _("未绑定动态口令")),
        ],
    )

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [("", _("全部")), *queries.roles()]  # type: ignore[attr-defined]

    def narrow(self, rows: QuerySet[Account], today: date) -> QuerySet[Account]:
        """The accounts the filters leave; what is not understood narrows nothing."""
        self.is_valid()
        chosen = self.cleaned_data
        if words := chosen.get("q"):
            rows = rows.filter(Q(name__icontains=words) | Q(login__icontains=words))
        if role := chosen.get("role"):
            rows = queries.holding(rows, today, role=role)
        match chosen.get("state"):
            case "active":
                rows = rows.filter(is_active=True)
            case "closed":
                rows = rows.filter(is_active=False)
            case "idle":
                rows = queries.without_post(rows, today)
            case "single":
                rows = rows.filter(totp_secret="", is_active=True)
        return rows


class AccountForm(forms.Form):
    login = forms.CharField(
        label=_("登录名"),
        max_length=40,
        help_text=_("小写字母、数字和 . _ @ -，以后不能改。"),
        widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false", "autocomplete": "off"}),
    )
    name = forms.CharField(label=_("姓名"), max_length=40, widget=forms.TextInput(attrs={"autocomplete": "off"}))


class PostForm(forms.Form):
    role = forms.ChoiceField(label=_("角色"))
    title = forms.CharField(label=_("职务"), max_length=40, required=False)
    organisation = forms.ChoiceField(label=_("组织"))
    region = forms.CharField(
        label=_("负责区划"),
        max_length=24,
        required=False,
        help_text=_("区划代码，如社区 12 位、网格 15 位。空着则只看派给本单位的办件。"),
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    starts = DayField(label=_("任职日期"), required=False, help_text=_("空着就是今天。"))
    ends = DayField(label=_("离任日期"), required=False, help_text=_("最后一天，当天仍有效。"))

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        listed = sorted(directory().by_id.values(), key=lambda one: (one.region_code, one.kind, one.id))
        kinds = dict(Organisation.Kind.choices)
        grouped: dict[str, list[tuple[str, str]]] = {}
        for one in listed:
            grouped.setdefault(str(kinds[one.kind]), []).append((str(one.id), one.name))
        self.fields["role"].choices = [("", "—"), *queries.roles()]  # type: ignore[attr-defined]
        self.fields["organisation"].choices = [("", "—"), *grouped.items()]  # type: ignore[attr-defined]

    def clean_organisation(self) -> Organisation:
        return Organisation.objects.get(pk=self.cleaned_data["organisation"])

    def clean_region(self) -> str:
        code = str(self.cleaned_data["region"]).strip()
        if code and not Region.objects.filter(code=code).exists():
            raise forms.ValidationError(_("没有这个区划，请填写完整的区划代码。"))
        return code


class EndForm(forms.Form):
    ends = DayField(label=_("最后一天"), required=False, help_text=_("空着就是立即离任。"))
