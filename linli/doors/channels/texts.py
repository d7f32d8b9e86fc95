"""Short messages to a telephone: through the gateway that the deployment names, or, in a demo, onto the console.

LINLI_TEXT_URL     address of the gateway; a POST of {"to": number, "text": words}, signed after Standard Webhooks
LINLI_TEXT_SECRET  the secret of those signatures, `whsec_…`
"""

import json
import logging
import os
import secrets

from django.conf import settings

from linli.base import reaching, webhooks
from linli.base.clockwork import now

log = logging.getLogger("linli.texts")


def channel() -> str:
    """How a message would go: "gateway", "console" (the demo), or "" when there is no way."""
    if os.environ.get("LINLI_TEXT_URL"):
        return "gateway"
    return "console" if settings.DEMO else ""


def send(to: str, text: str) -> bool:
    """Send a message; whether the gateway took it. Neither number nor words stand in any log but the demo's."""
    if channel() == "console":
        log.info("demo message: %s", text)
        return True
    url = os.environ.get("LINLI_TEXT_URL", "")
    if not url:
        return False
    body = json.dumps({"to": to, "text": text}, ensure_ascii=False).encode()
    keys = [webhooks.key_of(os.environ["LINLI_TEXT_SECRET"])] if os.environ.get("LINLI_TEXT_SECRET") else []
    headers = {"Content-Type": "application/json"}
    headers |= webhooks.headers(keys, f"text_{secrets.token_hex(12)}", now(), body)
    try:
        answer = reaching.post(url, body, headers)
    except reaching.Unreachable as error:
        log.warning("the message gateway did not answer: %s", type(error).__name__)
        return False
    if not 200 <= answer.status < 300:
        log.warning("the message gateway answered %s", answer.status)
    return 200 <= answer.status < 300
