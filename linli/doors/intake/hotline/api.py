"""The address the hotline posts to. Its signature is its sign-in; whoever has none is told nothing."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from linli.base.pages import page
from linli.base.webhooks import NotGenuine
from linli.doors.intake.hotline import door
from linli.doors.intake.hotline.models import Message, Rejection
from linli.doors.intake.hotline.receiving import BadMessage, Conflict, parsed, take

# Whatever was wrong: wrong exchange, signature, time, size, method, or too many of them.
REFUSED = {"status": "refused"}


# No cookie decides anything here, so no form token can protect it: the signature over the body does.
@csrf_exempt
@page.public("a message is believed by its signature")
def receive(request: HttpRequest, code: str) -> HttpResponse:
    """Take one message in. 2xx only after it is stored: 200 done or seen, 202 waits for the one before it."""
    try:
        believed = door.believe(request, code)
    except NotGenuine as no:
        try:
            door.turn_away(request, code, no.cause)
        except door.TooMany:
            pass
        return _answer(REFUSED, 401)
    try:
        door.hurry(believed.exchange)
        kind, data = parsed(believed.body)
        taken = take(believed.exchange, believed.known.id, kind, data, Message.Via.WEBHOOK)
    except door.TooMany as wait:
        answer = _answer({"status": "hasty"}, 429)
        answer["Retry-After"] = str(wait.seconds)
        return answer
    except BadMessage as bad:
        door.count(code, Rejection.Cause.MALFORMED)
        door.spent(believed.exchange)
        return _answer({"status": "malformed", "error": str(bad)}, 422)
    except Conflict:
        door.count(code, Rejection.Cause.CONFLICT)
        door.spent(believed.exchange)
        return _answer({"status": "conflict", "error": "同一个编号或序号以前收过，内容不一样。"}, 409)
    door.spent(believed.exchange)
    told = {"status": taken.state, "repeated": taken.repeated, "case": taken.number, "error": taken.error}
    return _answer(told, 202 if taken.state == Message.State.WAITING else 200)


def _answer(told: dict[str, Any], status: int) -> JsonResponse:
    answer = JsonResponse(told, status=status, json_dumps_params={"ensure_ascii": False})
    answer["Cache-Control"] = "no-store"
    return answer
