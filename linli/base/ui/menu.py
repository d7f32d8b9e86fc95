"""What stands in the menu, and what the shell needs from higher floors. Rooms register in their AppConfig.ready()."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from linli.base.ui.saying import language

# Places in the bar at the bottom of a phone; the rest is behind "更多".
BAR_PLACES = 4


@dataclass(frozen=True, slots=True)
class MenuItem:
    """One entry of the menu.

    section: heading it stands under ("" = on top); label: lazy text; url_name: reversible without arguments; right:
    what the actor must hold ("" = everyone signed in); icon: a file in web/icons; order: small comes first, sections
    follow their smallest item; key: letter of the shortcut `g` + key; bar: wants a place in the phone's bottom bar;
    group: entries of one section with the same group fold into one of that name, which opens the first of them, and each
    of their pages has the others as tabs.
    """

    section: Any
    label: Any
    url_name: str
    right: str = ""
    icon: str = "circle"
    order: int = 100
    key: str = ""
    bar: bool = False
    group: Any = ""


@dataclass(slots=True)
class Entry:
    """A menu item as this actor sees it on this page. `folded`: the items of its group, itself among them."""

    item: MenuItem
    url: str
    label: str = ""
    current: bool = False
    folded: list["Entry"] = field(default_factory=list)


@dataclass(slots=True)
class Menu:
    """What one page shows: sections in order, the entries of the phone's bar, the tabs of the current group."""

    sections: list[tuple[str, list[Entry]]] = field(default_factory=list)
    bar: list[Entry] = field(default_factory=list)
    tabs: list[Entry] = field(default_factory=list)
    _drawn: dict[tuple[str, str], str] = field(default_factory=dict)

    def once(self, name: str, sheet: str, draw: Callable[["Menu"], str]) -> str:
        """A part of the frame that shows nothing but this menu, drawn once. `sheet`: the address of the icons in it."""
        found = self._drawn.get((name, sheet))
        if found is None:
            found = self._drawn[name, sheet] = draw(self)
        return found

    @property
    def entries(self) -> list[Entry]:
        return [entry for _, entries in self.sections for entry in entries]


@dataclass(frozen=True, slots=True)
class PostChoice:
    """One post the signed-in person may act through."""

    id: int
    role: str
    organisation: str
    current: bool = False


@dataclass(slots=True)
class Shell:
    """What the frame of a page asks from higher floors. The doors fill this in at start."""

    name: Any = "邻里"
    place: Callable[[HttpRequest], str] = lambda request: ""
    posts: Callable[[HttpRequest], list[PostChoice]] = lambda request: []
    home: str = ""
    search: str = ""
    switch_post: str = ""
    sign_in: str = ""
    sign_out: str = ""
    account: str = ""
    help: str = ""
    privacy: str = ""
    residents_home: str = ""
    demo: bool = False


@dataclass(frozen=True, eq=False)
class Items:
    """Entries of a menu, told apart by being the same object: menus that were made are found again by it."""

    all: tuple[MenuItem, ...] = ()


_registered = Items()
shell = Shell()


def register(*items: MenuItem) -> None:
    """Add entries to the menu; the same URL name registered again replaces the earlier entry."""
    global _registered
    names = {item.url_name for item in items}
    _registered = Items((*(item for item in _registered.all if item.url_name not in names), *items))


def registered() -> tuple[MenuItem, ...]:
    return _registered.all


@lru_cache(maxsize=2000)
def address(name: str) -> str:
    """The address of a page that needs no number or code; addresses do not change while a process runs."""
    return reverse(name)


def menu_for(request: HttpRequest | None) -> Menu:
    """The menu of the actor of this request: only what they may open, the longest matching path is the current one."""
    actor = getattr(request, "actor", None)
    if request is None or actor is None or not actor.signed_in:
        return Menu()
    allowed = _allowed(_registered, actor.rights, language())
    here = max((one.url for _, one in allowed if request.path.startswith(one.url)), key=len, default="")
    return _menu(_registered, actor.rights, language(), here, request.path == here)


@lru_cache(maxsize=2000)
def _menu(items: Items, rights: frozenset[str], language: str, here: str, exactly: bool) -> Menu:
    """The same for everybody with these rights below this entry of the menu, or exactly on its page."""
    entries = [
        (section, replace(entry, folded=[], current=entry.url == here))
        for section, entry in _allowed(items, rights, language)
    ]
    menu, by_section, groups = Menu(), dict[str, list[Entry]](), dict[tuple[str, str], Entry]()
    for section, entry in entries:
        name = str(entry.item.group)
        first = groups.setdefault((section, name), entry) if name else entry
        first.folded.append(entry)
        if first is entry:
            by_section.setdefault(section, []).append(entry)
    for first in groups.values():
        _fold(first)
        if exactly and len(first.folded) > 1 and any(entry.url == here for entry in first.folded):
            menu.tabs = first.folded
    menu.sections = list(by_section.items())
    menu.bar = [entry for _, entry in entries if entry.item.bar][:BAR_PLACES]
    return menu


def _fold(first: Entry) -> None:
    """Let an entry stand for its group, where more than one of it is there for this actor."""
    if len(first.folded) > 1:
        first.folded = [replace(entry) for entry in first.folded]
        first.current = any(entry.current for entry in first.folded)
        first.label = str(first.item.group)


@lru_cache(maxsize=200)
def _allowed(items: Items, rights: frozenset[str], _language: str) -> list[tuple[str, Entry]]:
    """(section, entry) in order, in words of this language: the same for everybody with these rights."""
    allowed = [item for item in sorted(items.all, key=lambda one: one.order) if not item.right or item.right in rights]
    return [(str(item.section), Entry(item, address(item.url_name), str(item.label))) for item in allowed]
