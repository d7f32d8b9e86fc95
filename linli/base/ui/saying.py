"""Django's translations, remembered. A page asks some three hundred times, and the sentences of a site are few."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.utils import translation
from markupsafe import Markup

_language: ContextVar[str | None] = ContextVar("language_of_the_page", default=None)
_said: dict[tuple[str, str], str] = {}
_marked: dict[tuple[str, str], Markup] = {}
_counted: dict[tuple[str, str, int], str] = {}
_MOST = 20_000  # sentences made of words from the database are no sentences of the catalogue


@contextmanager
def one_language() -> Iterator[None]:
    """While a page is drawn its language does not change: it is asked for once."""
    token = _language.set(translation.get_language() or "")
    try:
        yield
    finally:
        _language.reset(token)


def language() -> str:
    """The language of the page that is being drawn, else the one in force."""
    found = _language.get()
    return (translation.get_language() or "") if found is None else found


def gettext(message: str) -> str:
    """The sentence in the language of the page."""
    key = (language(), message)
    found = _said.get(key)
    if found is None:
        if len(_said) > _MOST:
            _said.clear()
        found = _said[key] = translation.gettext(message)
    return found


def ngettext(one: str, many: str, number: int) -> str:
    """The sentence for this number of things; the number itself is filled in by whoever asked."""
    key = (language(), many, number)
    found = _counted.get(key)
    if found is None:
        if len(_counted) > _MOST:
            _counted.clear()
        found = _counted[key] = translation.ngettext(one, many, number)
    return found


def marked(message: str) -> Markup:
    """The same, ready to be put into a page."""
    key = (language(), message)
    found = _marked.get(key)
    if found is None:
        if len(_marked) > _MOST:
            _marked.clear()
        found = _marked[key] = Markup(gettext(message)) % {}  # noqa: S704  a per cent sign is written twice in templates
    return found
