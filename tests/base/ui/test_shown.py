"""What a template prints: escaped once, nothing for None, an error for a name that is not there."""

import jinja2
import pytest
from django.template import engines
from django.utils import translation
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy
from markupsafe import Markup

from linli.base.ui.jinja import shown


class Spoken:
    def __str__(self) -> str:
        return "<said>"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("灯坏了", "灯坏了"),
        ("<b> & \"'", "&lt;b&gt; &amp; &#34;&#39;"),
        (Markup("<b>"), "<b>"),
        (mark_safe("<b>"), "<b>"),
        (None, ""),
        (0, "0"),
        (1.5, "1.5"),
        (False, "False"),
        (Spoken(), "&lt;said&gt;"),
        (["<b>"], "[&#39;&lt;b&gt;&#39;]"),
    ],
)
def test_values(value, text):
    assert shown(value) == text
    template = "{{ value }}|{% set kept %}{{ value }}{% endset %}{{ kept }}|{% macro m(x) %}{{ x }}{% endmacro %}{{ m(value) }}"
    assert engines.all()[0].env.from_string(template).render(value=value) == f"{text}|{text}|{text}"


def test_a_lazy_sentence_is_said_in_the_language_of_the_page():
    sentence = gettext_lazy("登录")
    assert shown(sentence) == "登录"
    with translation.override("en"):
        assert shown(sentence) != "登录"


def test_a_constant_is_escaped_too_and_a_wrong_name_is_an_error():
    env = engines.all()[0].env
    assert env.from_string('{{ "<b>" }}{{ "<i>"|safe }}').render() == "&lt;b&gt;<i>"
    with pytest.raises(jinja2.UndefinedError):
        env.from_string("{{ nothing_of_that_name }}").render()
