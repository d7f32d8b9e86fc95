"""Writing sites, construction sites and things. The only writers of this room."""

from linli.places.sites.commands.constructions import (
    NewConstruction,
    close_construction,
    edit_construction,
    open_constructions,
    remove_construction_photo,
)
from linli.places.sites.commands.sites import (
    NewSite,
    clear_exception,
    close_site,
    edit_site,
    open_sites,
    remove_site_photo,
    set_exception,
)
from linli.places.sites.commands.things import (
    NewThing,
    close_thing,
    edit_thing,
    enter_things,
    note_state,
    remove_thing_photo,
)

__all__ = [
    "NewConstruction",
    "NewSite",
    "NewThing",
    "clear_exception",
    "close_construction",
    "close_site",
    "close_thing",
    "edit_construction",
    "edit_site",
    "edit_thing",
    "enter_things",
    "note_state",
    "open_constructions",
    "open_sites",
    "remove_construction_photo",
    "remove_site_photo",
    "remove_thing_photo",
    "set_exception",
]
