"""The filter bar of the worklist, made and drawn once for everybody who works in the same regions.

Making and drawing it costs as much as the rows below it, and it holds nothing but choices: so it is kept, by everything
it is made of. What somebody typed is in the key, and long words are not kept: there would be no end of them.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.http import QueryDict

from linli.base import policies
from linli.base.actor import Actor
from linli.base.ui.assets import icon_sheet
from linli.base.ui.fields import FieldView, filter_views
from linli.base.ui.saying import language
from linli.matters.cases.forms.filters import WorklistFilter
from linli.places.regions import locating

_WORDS_KEPT = 60
Given = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Bar:
    """What may narrow the list, and the fields as they are drawn. Others read the same one: it is not to be changed."""

    chosen: dict[str, Any]
    views: list[FieldView]
    _drawn: dict[tuple[str, str], str] = field(default_factory=dict)

    def once(self, path: str, draw: Callable[["Bar"], str]) -> str:
        """The bar as the page at this path shows it."""
        key = (path, icon_sheet())
        found = self._drawn.get(key)
        if found is None:
            found = self._drawn[key] = draw(self)
        return found


def bar_for(asked: QueryDict, actor: Actor) -> Bar:
    """The bar that answers what was asked."""
    given = tuple((name, str(asked[name])) for name in (*WorklistFilter.base_fields, "sort") if name in asked)
    made_of = (policies.load("procedure.case").id, policies.load("categories").id, locating.edition(), language())
    short = sum(len(value) for _name, value in given) <= _WORDS_KEPT
    return (_kept if short else _made)(given, actor.regions, made_of)


def _made(given: Given, regions: tuple[str, ...], _made_of: tuple[Any, ...]) -> Bar:
    # Somebody who is nothing but these regions: the form cannot show what belongs to one person.
    form = WorklistFilter(dict(given), actor=Actor(kind="person", regions=regions))
    return Bar(form.chosen, filter_views(form))


_kept = lru_cache(maxsize=200)(_made)
