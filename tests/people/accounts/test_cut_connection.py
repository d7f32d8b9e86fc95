"""A restart of the database cuts every connection: the next request takes another one, and is answered."""

import pytest
from django.db import OperationalError, connection
from django.http import HttpRequest, HttpResponse

from linli.base.actor import ANONYMOUS
from linli.people.accounts import middleware


@pytest.fixture
def closed(monkeypatch):
    times = []
    monkeypatch.setattr(connection, "close", lambda: times.append(1))
    return times


def answer(monkeypatch, failures):
    """A request whose first statement fails so many times before it works."""
    left = [failures]

    def who(_request):
        if left[0]:
            left[0] -= 1
            raise OperationalError("terminating connection due to administrator command")
        return ANONYMOUS, None, []

    monkeypatch.setattr(middleware, "_who", who)
    request = HttpRequest()
    request.method, request.path = "GET", "/"
    return middleware.ActorMiddleware(lambda _request: HttpResponse("好"))(request)


@pytest.mark.django_db
def test_a_cut_connection_is_replaced_before_anything_is_done(monkeypatch, closed):
    assert answer(monkeypatch, 3).content.decode() == "好"
    assert len(closed) == 3


@pytest.mark.django_db
def test_a_server_that_is_down_is_not_asked_for_ever(monkeypatch, closed):
    with pytest.raises(OperationalError):
        answer(monkeypatch, 1000)
    assert len(closed) < 20
