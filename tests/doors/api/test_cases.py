"""The API is the same acts as the pages: same rights, same scope, same words when it says no."""

import json
from datetime import timedelta
from typing import Any

from django.test import Client

from linli.base.actor import system
from linli.base.clockwork import now
from linli.base.scope import enter
from linli.doors.api import commands as keys
from linli.doors.api.models import ApiToken
from linli.matters.cases import commands
from tests.cast import POINT_HERE, POINT_THERE, Cast
from tests.matters.cases.stories import handling, proceeding

PLACE = {"longitude": POINT_HERE[0], "latitude": POINT_HERE[1]}


def key(cast: Cast, who: str) -> dict[str, str]:
    """Headers of a program that acts through this person's post."""
    enter(system("test"))
    return {"Authorization": f"Bearer {keys.create_token(getattr(cast, who), name='对接')}"}


def post(client: Client, url: str, body: dict[str, Any], **headers: str) -> Any:
    return client.post(url, json.dumps(body), content_type="application/json", headers=headers)


def test_a_program_files_and_handles_a_case(cast: Cast) -> None:
    client, desk, unit = Client(), key(cast, "dispatcher"), key(cast, "secretary")
    filed = post(
        client, "/api/v1/cases", {"text": "楼道里的灯坏了", "name": "王小明", "phone": "13800138000", **PLACE}, **desk
    )
    assert filed.status_code == 201, filed.content
    url = f"/api/v1/cases/{filed.json()['number']}"
    here = cast.organisations["here"].pk
    if client.get(url, headers=desk).json()["step"] == "filed":
        assert post(client, f"{url}/dispatch", {"organisation": here}, **desk).status_code == 200
    found = client.get(url, headers=unit).json()
    assert (found["step"], found["holder"]) == ("dispatched", cast.organisations["here"].name)
    assert "accept" in found["acts"] and "dispatch" not in found["acts"]
    assert "王小明" not in json.dumps(found, ensure_ascii=False) and "13800138000" not in json.dumps(found)
    assert post(client, f"{url}/accept", {"seen": found["entry_count"]}, **unit).status_code == 200
    assert post(client, f"{url}/answer", {"note": "已换新"}, **unit).status_code == 200
    assert [row["number"] for row in client.get("/api/v1/cases?tab=open", headers=unit).json()["cases"]] == [
        found["number"]
    ]


def test_the_same_key_again_gets_the_first_answer(cast: Cast) -> None:
    client, desk = Client(), key(cast, "dispatcher")
    body = {"text": "路灯不亮", **PLACE}
    first, again = (
        post(client, "/api/v1/cases", body, **desk, **{"Idempotency-Key": "one-and-the-same"}) for _ in range(2)
    )
    assert first.json() == again.json()
    other = post(
        client, "/api/v1/cases", {**body, "text": "另一件事"}, **desk, **{"Idempotency-Key": "one-and-the-same"}
    )
    assert other.status_code == 409


def test_the_neighbour_finds_nothing(cast: Cast) -> None:
    enter(system("test"))
    number = commands.file(cast.nobody, text="井盖坏了", **PLACE)["number"]
    commands.file(cast.nobody, text="隔壁的事", longitude=POINT_THERE[0], latitude=POINT_THERE[1])
    client, neighbour = Client(), key(cast, "neighbour")
    assert client.get(f"/api/v1/cases/{number}", headers=neighbour).status_code == 404
    assert post(client, f"/api/v1/cases/{number}/supplement", {"note": "x"}, **neighbour).status_code == 404
    assert post(client, f"/api/v1/cases/{number}/accept", {}, **neighbour).status_code == 404
    rows = client.get("/api/v1/cases?tab=open", headers=neighbour).json()["cases"]
    assert number not in [row["number"] for row in rows] and len(rows) == 1


def test_without_a_good_key_there_is_nothing(cast: Cast) -> None:
    client, good = Client(), key(cast, "dispatcher")
    for headers in ({}, {"Authorization": "Bearer linli_wrong"}, {"Authorization": good["Authorization"][:-1]}):
        answer = client.get("/api/v1/cases", headers=headers)
        assert answer.status_code == 401 and "set-cookie" not in {name.lower() for name in answer.headers}
    keys.revoke_token(cast.dispatcher, ApiToken.objects.get())
    assert client.get("/api/v1/cases", headers=good).status_code == 401


def test_a_session_needs_its_csrf_token(cast: Cast) -> None:
    client = Client(enforce_csrf_checks=True)
    client.cookies = cast.client("dispatcher").cookies
    assert post(client, "/api/v1/cases", {"text": "井盖坏了", **PLACE}).status_code == 403


def test_what_cannot_be_stored_is_refused_in_words(cast: Cast) -> None:
    client, desk = Client(), key(cast, "dispatcher")
    for body, field in [
        ({"text": "", **PLACE}, "text"),
        ({"text": "a\x00b", **PLACE}, "text"),
        ({"text": "。。。", **PLACE}, "text"),
        ({"text": "好", "longitude": 39.9, "latitude": 116.3}, "latitude"),
        ({"text": "好", "longitude": 1.0, "latitude": 1.0}, "longitude"),
        ({"text": "好", "phone": "123", **PLACE}, "phone"),
        ({"text": "好", "category": "no.such", **PLACE}, "category"),
        ({"text": "好", "about_id": 1, **PLACE}, "about_id"),
        ({"text": "好"}, "place"),
    ]:
        answer = post(client, "/api/v1/cases", body, **desk)
        assert answer.status_code == 422, (body, answer.content)
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.json()["field"] == field
    rare = post(client, "/api/v1/cases", {"text": "𠮷祥里路灯🙂不亮", **PLACE}, **desk)
    assert rare.status_code == 201


def test_the_committed_description_is_the_generated_one() -> None:
    from pathlib import Path

    from linli.doors.api.description import openapi

    committed = Path(__file__).resolve().parents[3] / "docs" / "develop" / "openapi.json"
    generated = json.loads(json.dumps(openapi()))
    assert json.loads(committed.read_text(encoding="utf-8")) == generated, (
        "run: linli openapi > docs/develop/openapi.json"
    )


def test_the_acts_of_honest_states_are_resources_too(cast: Cast) -> None:
    row, unit = handling(cast), key(cast, "secretary")
    url = f"/api/v1/cases/{row.number}"
    given = {"reason": "funds", "promise": "列入计划", "note": "要等资金", "channel": "link"}
    until = (now().date() + timedelta(days=30)).isoformat()
    assert post(Client(), f"{url}/hang_up", given, **unit).json()["field"] == "until"
    assert post(Client(), f"{url}/hang_up", {**given, "until": until}, **unit).status_code == 200
    enter(system("test"))
    assert proceeding(row.pk).step == "hung_up"
    told = post(Client(), f"{url}/review_hang_up", {"note": "已核对"}, **key(cast, "dispatcher"))
    assert told.status_code == 200, told.content
    bare = post(Client(), f"{url}/ask_exemption", {"reason": "funds", "note": "x"}, **unit)
    assert (bare.status_code, bare.json()["field"]) == (422, "materials")
