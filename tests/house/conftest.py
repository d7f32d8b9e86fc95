"""The rules of the house run in two processes: whoever walks the whole site begins first, the short ones fill the gaps."""

import pytest

LONG = ("test_reachable", "test_neighbour", "test_walls", "test_lists", "test_first_wall", "test_headers")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    places = {name: place for place, name in enumerate(LONG)}
    items.sort(
        key=lambda item: (
            places.get(item.path.stem, len(LONG)) if item.path.parent.name in ("house", "site") else len(LONG)
        )
    )
