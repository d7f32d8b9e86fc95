"""The page of the map: a table that says what the map says, lists by name, the sheet, empty states; the same number of statements."""

from tests.cast import Cast


def test_it_opens(cast: Cast) -> None:
    for who in ("leader", "grid_worker", "secretary", "auditor", "dispatcher", "worker"):
        answer = cast.client(who).get("/map/")
        assert answer.status_code == 200, who
        assert "图层" in answer.content.decode()
