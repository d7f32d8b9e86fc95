"""The shape of what is typed on the sign-in pages."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.people.accounts import passwords

_PASSWORD = {"autocomplete": "current-password"}
_NEW = {"autocomplete": "new-password"}


def password_field(label: Any, attrs: dict[str, str], **more: Any) -> forms.CharField:
    """A field for a password: never trimmed, pasting allowed, no longer than what is hashed."""
    widget = forms.PasswordInput(attrs=attrs)
    return forms.CharField(label=label, widget=widget, max_length=passwords.LONGEST, strip=False, **more)


class SignInForm(forms.Form):
    login = forms.CharField(
        label=_("登录名"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
    )
    password = password_field(_("密码"), _PASSWORD)


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("动态口令"),
        help_text=_("手机验证器上的六位数字；手机不在身边时填一个备用码。"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "text", "spellcheck": "false"}),
    )


class EnrolForm(forms.Form):
    code = forms.CharField(
        label=_("手机上出现的六位数字"),
        max_length=12,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )


class PasswordForm(forms.Form):
    password = password_field(_("密码"), _PASSWORD)


class NewPasswordForm(forms.Form):
    old = password_field(_("现在的密码"), _PASSWORD)
    new = password_field(_("新密码"), _NEW)
    again = password_field(_("再输一次新密码"), _NEW)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("new") and values.get("again") and values["new"] != values["again"]:
            self.add_error("again", _("两次输入的新密码不一样。"))
        return values
