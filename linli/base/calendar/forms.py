"""The shape of input for the calendar's pages."""

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.base.calendar.models import CalendarDay


class OverrideForm(forms.Form):
    """What the office decides about one day."""

    kind = forms.ChoiceField(label=_("这一天"), choices=CalendarDay.Kind.choices, widget=forms.RadioSelect)
    reason = forms.CharField(label=_("原因"), max_length=60, help_text=_("会写在到期时间的说明里，例如：台风停工。"))
    basis = forms.CharField(label=_("依据"), max_length=300, help_text=_("决定这件事的文件名称和文号。"))
