"""The frames, the gallery of components, and the two preferences."""

import re

import pytest
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import translation
from jinja2 import UndefinedError

from linli.base.actor import ANONYMOUS, Actor
from linli.base.ui import jinja, menu
from linli.base.ui.menu import MenuItem, PostChoice, menu_for


@pytest.fixture(autouse=True)
def _chinese():
    """What a request of the test switches to is not left to the next test."""
    with translation.override("zh-hans"):
        yield


@pytest.fixture(autouse=True)
def _own_frame(monkeypatch):
    """The frame asks the doors for the place and the posts; here it gets invented ones, without a database."""
    monkeypatch.setattr(menu.shell, "place", lambda request: "示例街道")
    monkeypatch.setattr(
        menu.shell,
        "posts",
        lambda request: [PostChoice(1, "书记", "示例社区", True), PostChoice(2, "委员", "示例支部")],
    )


CLERK = Actor(kind="person", account_id=1, post_id=1, name="林示例", rights=frozenset({"a.view"}))


def asked(path: str = "/ui/", actor: Actor = CLERK, **headers: str):
    request = RequestFactory().get(path, headers=headers)
    request.actor = actor
    return request


def page(name: str = "ui/gallery.html", request=None, **context) -> str:
    from linli.base.ui.gallery import content

    request = request or asked()
    return render_to_string(name, content(request) | {"frame": "ui/shell.html"} | context, request=request)


def test_nothing_inline_that_the_content_policy_would_block():
    html = page()
    assert not re.search(r"\sstyle=|\son[a-z]+=|hx-on|javascript:", html)
    assert not re.findall(r"<script(?![^>]*(?:src=|application/json))", html)


def test_every_id_stands_once_and_every_label_has_its_field():
    html = page()
    ids = re.findall(r'\sid="([^"]+)"', html)
    # the gallery shows the same Django form twice, once with errors
    assert not {one for one in ids if ids.count(one) > 1 and not one.startswith("id_")}
    assert set(re.findall(r'\sfor="([^"]+)"', html)) <= set(ids)


def test_every_icon_that_is_named_exists():
    folder = jinja.assets.BUILD.parents[2] / "web" / "icons"
    sheet = jinja.assets.icon_sheet()
    used = set(re.findall(r'<use href="[^"#]*#([\w-]+)"', page()))
    assert len(used) > 30
    assert not {name for name in used if not (folder / f"{name}.svg").exists()}, sheet


def test_in_the_side_panel_the_same_page_comes_without_its_frame():
    html = page(request=asked(**{"HX-Request": "true", "HX-Target": "div#panel-body"}))
    assert "<html" not in html
    assert "topbar" not in html
    assert '<form class="form' in html
    assert 'hx-target="#panel-body"' in html
    assert "<title>" in html


def test_large_print_marks_the_document():
    request = asked()
    request.COOKIES["linli_print"] = "large"
    assert "large-print" in re.search(r"<html[^>]*>", page(request=request)).group()
    assert "large-print" not in re.search(r"<html[^>]*>", page()).group()


def test_macros_escape_and_see_the_request_only_while_it_is_rendered():
    env = jinja.environment(autoescape=True)
    module = env.from_string('{% macro m(x) %}{{ csrf_field() }}<b title="{{ x }}">{{ x }}</b>{% endmacro %}').module
    assert module.m("<i>\"'") == '<b title="&lt;i&gt;&#34;&#39;">&lt;i&gt;&#34;&#39;</b>'
    with jinja.rendering(asked()):
        assert "csrfmiddlewaretoken" in module.m("")
    assert jinja.current_request() is None


def test_an_unknown_name_is_an_error_and_none_is_nothing():
    env = jinja.environment(autoescape=True)
    for text in ("{{ nothing }}", "{{ item.note }}", "{% if request.absent %}{% endif %}"):
        with pytest.raises(UndefinedError):
            env.from_string(text).render(item={}, request=CLERK)
    assert env.from_string("{% if item.note %}x{% endif %}[{{ x }}]").render(item={}, x=None) == "[]"


def test_the_menu_shows_what_the_actor_may_open(monkeypatch):
    monkeypatch.setattr(menu, "_registered", menu.Items())
    menu.register(
        MenuItem("二", "乙", "ui:language", right="b.view", order=2),
        MenuItem("一", "丙", "ui:large_print", right="a.view", order=3, bar=True),
        MenuItem("一", "甲", "ui:gallery", order=1, key="w", bar=True),
    )
    shown = menu_for(asked("/ui/large-print/"))
    assert [(section, [str(one.item.label) for one in entries]) for section, entries in shown.sections] == [
        ("一", ["甲", "丙"])
    ]
    assert [one.current for one in shown.entries] == [False, True]
    assert [one.url for one in shown.bar] == ["/ui/", "/ui/large-print/"]
    assert menu_for(asked(actor=ANONYMOUS)).entries == []
    menu.register(MenuItem("三", "新", "ui:gallery"))
    assert [str(item.label) for item in menu.registered()] == ["乙", "丙", "新"]


def test_pages_of_one_group_fold_into_one_entry_and_show_each_other_as_tabs(monkeypatch):
    monkeypatch.setattr(menu, "_registered", menu.Items())
    menu.register(
        MenuItem("办事", "单", "ui:gallery", order=1, group="清单"),
        MenuItem("办事", "甲", "ui:large_print", order=2, group="一类"),
        MenuItem("办事", "乙", "ui:language", order=3, group="一类"),
        MenuItem("办事", "丙", "ui:options", right="b.view", order=4, group="一类"),
    )
    for _time in range(2):  # what one request folds must not stay for the next
        shown = menu_for(asked("/ui/language/"))
        assert [entry.label for entry in shown.entries] == ["单", "一类"]
        assert [entry.url for entry in shown.entries] == ["/ui/", "/ui/large-print/"]
        assert [entry.current for entry in shown.entries] == [False, True]
        assert [(tab.label, tab.current) for tab in shown.tabs] == [("甲", False), ("乙", True)]
    assert menu_for(asked("/ui/")).tabs == []


@pytest.mark.django_db
def test_preferences_are_cookies_and_lead_back_only_to_this_site():
    client = Client()
    answer = client.post(reverse("ui:large_print"), {"large": "1", "next": "/ui/?frame=plain"})
    assert (answer.status_code, answer["Location"]) == (302, "/ui/?frame=plain")
    assert client.cookies["linli_print"].value == "large"
    assert "large-print" in client.get("/ui/?frame=plain").content.decode()
    answer = client.post(reverse("ui:large_print"), {"next": "https://example.org/"})
    assert answer["Location"] == "/"
    assert client.cookies["linli_print"].value == ""
    client.post(reverse("ui:language"), {"language": "en", "next": "/ui/"})
    english = client.get("/ui/?frame=plain").content.decode()
    assert 'lang="en"' in english
    assert "Skip to the content" in english
    client.post(reverse("ui:language"), {"language": "xx", "next": "/ui/"})
    assert client.cookies["django_language"].value == "en"
