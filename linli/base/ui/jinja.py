"""The Jinja2 environment of every page: autoescape, gettext, and the few helpers that templates may call.

Macros live in `ui/components.html` and are imported without context, so they are compiled once and kept. What they
need of the running request (CSRF token, query string, whether we answer a side panel) they ask from the functions here,
which read the request that is being rendered in this thread.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any

import jinja2
from django.conf import settings
from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.urls import reverse
from django.utils import translation
from django.utils.functional import Promise
from jinja2 import nodes
from jinja2.compiler import CodeGenerator, Frame
from markupsafe import Markup, escape

from linli.base import clockwork
from linli.base.ui import assets, drawn, fields, filters, menu, query, saying, words

_request: ContextVar[HttpRequest | None] = ContextVar("rendered_request", default=None)


def current_request() -> HttpRequest | None:
    """The request whose page is being rendered right now; None for texts made by jobs."""
    return _request.get()


@contextmanager
def rendering(request: HttpRequest | None) -> Iterator[None]:
    """Hold `request` as the one being rendered inside the block."""
    token = _request.set(request)
    try:
        yield
    finally:
        _request.reset(token)


class Undefined(jinja2.StrictUndefined):
    """An unknown name is an error. Only `{% if item.note %}` may ask a mapping for a key it lacks."""

    def __bool__(self) -> bool:  # type: ignore[override]
        if isinstance(self._undefined_obj, Mapping):
            return False
        return bool(super().__bool__())


class Template(jinja2.Template):
    """A template that remembers, while it renders, which request it renders for."""

    def render(self, *args: Any, **kwargs: Any) -> str:
        context = dict(*args, **kwargs)
        with rendering(context.get("request")), saying.one_language():
            return super().render(context)


def csrf_field() -> Markup:
    """The hidden CSRF field, for forms that post without JavaScript too. Empty outside a request."""
    value = csrf_value()
    return Markup('<input type="hidden" name="csrfmiddlewaretoken" value="{}">').format(value) if value else Markup("")


def csrf_value() -> str:
    """The CSRF token of this request, for forms and for the header that htmx sends. Masked once for the whole page."""
    request = current_request()
    if request is None:
        return ""
    made: str | None = getattr(request, "csrf_shown", None)
    if made is None:
        made = request.csrf_shown = get_token(request)  # type: ignore[attr-defined]
    return made


def url(name: str, *args: Any, **kwargs: Any) -> str:
    """Reverse a URL name; a `query` keyword (a mapping) becomes the query string."""
    extra = kwargs.pop("query", None)
    path = reverse(name, args=args or None, kwargs=kwargs or None) if args or kwargs else menu.address(name)
    return path + query.encode(extra) if extra else path


def change_query(**changes: Any) -> str:
    """This page's address with some query parameters changed (None removes one)."""
    request = current_request()
    return query.changed(request, changes) if request is not None else query.encode(changes)


def wants(target: str) -> bool:
    """Whether htmx asks for the answer to go into the element with this id (`panel-body`, `list`)."""
    request = current_request()
    return request is not None and query.wanted(request, target)


def large_print() -> bool:
    """Whether this visitor has switched to 长辈版 (large print)."""
    request = current_request()
    return request is not None and request.COOKIES.get("linli_print") == "large"


_special = re.compile("[&<>\"']").search


def shown(value: Any) -> str:
    """What a page says for a value, escaped: a page has two thousand of them, and hardly one that needs escaping.

    Lazy translations become text at output; None becomes nothing, so that no page ever says "None".
    """
    kind = type(value)
    if kind is Markup or (kind is str and not _special(value)):
        return value
    if value is None:
        return ""
    return escape(str(value) if isinstance(value, Promise) else value)


class Code(CodeGenerator):
    """Compiles every output to one call of `shown`, instead of one that finalizes inside one that escapes."""

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        self.write("environment.finalize(")

    def _output_child_post(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        self.write(")")


def translated(message: str, **values: Any) -> Markup:
    """A sentence of the catalogue; `%(name)s` in it is filled in, escaped. A sentence without values is looked up only."""
    if not values:
        return saying.marked(message)
    return Markup(saying.gettext(message)) % values  # noqa: S704  sentences are ours, values are escaped


def compiled() -> jinja2.BytecodeCache:
    """Templates compiled once for all processes and starts, in the instance's own folder.

    What a template compiles to also depends on this file and on the version of Jinja; both are in the name.
    """
    folder = Path(settings.HOME) / "templates"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    made_by = hashlib.sha256(Path(__file__).read_bytes() + jinja2.__version__.encode()).hexdigest()[:12]
    for left in folder.iterdir():
        if not left.name.startswith(made_by):
            left.unlink(missing_ok=True)
    return jinja2.FileSystemBytecodeCache(str(folder), f"{made_by}-%s.cache")


def environment(**options: Any) -> jinja2.Environment:
    """Make the environment (named in settings.TEMPLATES). Undefined names are errors: no typo prints as nothing."""
    options["bytecode_cache"] = compiled()
    options["undefined"] = Undefined  # Django would choose a lenient one in production
    options["extensions"] = [
        *options.get("extensions", ()),
        "jinja2.ext.i18n",
        "jinja2.ext.do",
        "jinja2.ext.loopcontrols",
    ]
    env = jinja2.Environment(trim_blocks=True, lstrip_blocks=True, finalize=shown, **options)  # noqa: S701 (autoescape is in options)
    env.template_class, env.code_generator_class = Template, Code
    env.install_gettext_callables(  # type: ignore[attr-defined]
        saying.gettext,
        translation.ngettext,
        newstyle=True,
        pgettext=translation.pgettext,
        npgettext=translation.npgettext,
    )
    env.globals.update(
        gettext=translated,
        _=translated,
        url=url,
        asset=assets.asset,
        styles=assets.styles,
        static=assets.static,
        icon_sheet=assets.icon_sheet,
        csrf_field=csrf_field,
        csrf_value=csrf_value,
        change_query=change_query,
        wants=wants,
        large_print=large_print,
        nonce=fields.nonce,
        field_view=fields.field_view,
        made_field=fields.made,
        filter_views=fields.filter_views,
        options=drawn.options,
        now=clockwork.now,
        menu_for=menu.menu_for,
        shell=menu.shell,
        language=saying.language,
        languages=settings.LANGUAGES,
        due_words=words.due_words,
        current_request=current_request,
    )
    env.filters.update(filters.FILTERS)
    return env
