"""Writing compounds, buildings and dwellings. The only writers of this room."""

from linli.places.addresses.commands.compounds import (
    NewBuilding,
    NewCompound,
    add_building,
    add_buildings,
    add_compound,
    add_compounds,
    close_building,
    close_compound,
    edit_building,
    edit_compound,
)
from linli.places.addresses.commands.dwellings import (
    NewDwelling,
    close_dwelling,
    edit_dwelling,
    enter_dwellings,
    set_grids,
)
from linli.places.addresses.commands.withdrawing import withdraw_buildings, withdraw_compounds, withdraw_dwellings

__all__ = [
    "NewBuilding",
    "NewCompound",
    "NewDwelling",
    "add_building",
    "add_buildings",
    "add_compound",
    "add_compounds",
    "close_building",
    "close_compound",
    "close_dwelling",
    "edit_building",
    "edit_compound",
    "edit_dwelling",
    "enter_dwellings",
    "set_grids",
    "withdraw_buildings",
    "withdraw_compounds",
    "withdraw_dwellings",
]
