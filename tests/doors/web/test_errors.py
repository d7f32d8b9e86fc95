"""Pages for what went wrong, and the form that gives back what was typed."""

import pytest
from django.test import Client, RequestFactory, override_settings

from linli.base.ui.menu import shell
from linli.doors.web import errors
from tests.cast import Cast

LONG = "写了二十分钟的一段话，\n不能丢。" * 10
OURS = {"HTTP_ORIGIN": "http://testserver", "HTTP_SEC_FETCH_SITE": "same-origin"}


def test_a_page_that_does_not_exist(cast: Cast) -> None:
    answer = cast.client().get("/no/such/page/")
    page = answer.content.decode()
    assert answer.status_code == 404
    assert "没有这个页面" in page
    assert 'href="/"' in page


def test_a_lost_csrf_token_gives_everything_back(cast: Cast) -> None:
    client = Client(enforce_csrf_checks=True)
    given = {"text": LONG, "phone": "13812345678", "_nonce": "n-1", "password": "hunter2", "code": "ABCD", "do": "send"}
    answer = client.post("/report/", given, **OURS)
    page = answer.content.decode()
    assert answer.status_code == 403
    assert LONG in page
    assert 'name="phone" value="13812345678"' in page
    assert 'name="_nonce" value="n-1"' in page
    assert 'action="/report/"' in page
    assert "hunter2" not in page
    assert "ABCD" not in page
    token = client.cookies["csrf"].value
    again = client.post("/report/", {**given, "csrfmiddlewaretoken": token}, **OURS)
    assert again.status_code == 422  # it reached the form: the place is still missing
    assert LONG.replace("\n", "\r\n") in again.content.decode().replace("\n", "\r\n")


@pytest.mark.parametrize(
    "headers",
    [
        {"HTTP_ORIGIN": "https://elsewhere.example", "HTTP_SEC_FETCH_SITE": "cross-site"},
        {"HTTP_ORIGIN": "null"},
        {"HTTP_SEC_FETCH_SITE": "none"},
        {},
    ],
)
def test_a_form_from_elsewhere_cannot_be_sent_by_one_click(cast: Cast, headers: dict[str, str]) -> None:
    page = Client(enforce_csrf_checks=True).post("/report/", {"text": LONG}, **headers).content.decode()
    assert "不是从本站的页面发出的" in page
    assert LONG in page
    assert "readonly" in page
    assert "再提交一次" not in page


def test_photos_that_were_lost_are_named(cast: Cast) -> None:
    from tests.doors.portal.conftest import picture

    page = (
        Client(enforce_csrf_checks=True).post("/report/", {"text": LONG, "photos": picture()}, **OURS).content.decode()
    )
    assert "照片和附件要重新选一次" in page


def test_what_was_typed_cannot_run(cast: Cast) -> None:
    text = "</textarea><script>alert(1)</script>" * 3
    page = Client(enforce_csrf_checks=True).post("/report/", {"text": text}, **OURS).content.decode()
    assert "<script>alert" not in page


@override_settings(DATA_UPLOAD_MAX_MEMORY_SIZE=1000)
def test_far_too_much_text_says_so(cast: Cast) -> None:
    answer = cast.client().post("/report/", {"text": "长" * 2000}, content_type="application/x-www-form-urlencoded")
    assert answer.status_code in (400, 413)
    assert "您写的都还在那里" in answer.content.decode()


def test_a_failure_of_ours_leaves_a_number_and_no_trace(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    from linli.doors.portal.views import about

    def broken(*_args: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(about.progress, "cases_of", broken)
    client = Client(raise_request_exception=False)
    answer = client.get("/mine/")
    page = answer.content.decode()
    assert answer.status_code == 500
    assert "系统出了问题" in page
    assert "求助时请说明编号" in page
    assert "secret detail" not in page
    assert "Traceback" not in page


@pytest.mark.django_db
def test_the_error_page_stands_without_database_and_without_templates(monkeypatch: pytest.MonkeyPatch) -> None:
    request = RequestFactory().get("/")

    def gone(_request: object) -> str:
        raise OSError("no database, no disk")

    monkeypatch.setattr(shell, "place", gone)
    answer = errors.server_error(request)
    assert answer.status_code == 500
    assert "系统出了问题" in answer.content.decode()


def test_behind_tls_our_own_forms_are_taken() -> None:
    """The proxy speaks plain http to us while the browser says https: the origin must be known all the same."""
    import os
    import subprocess
    import sys

    told = {**os.environ, "LINLI_HTTPS": "1", "LINLI_HOSTS": "linli.example,.street.example"}
    words = [sys.executable, "-c", "from linli import settings; print(settings.CSRF_TRUSTED_ORIGINS)"]
    done = subprocess.run(words, env=told, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['https://linli.example', 'https://*.street.example']"
