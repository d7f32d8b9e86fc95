"""The decorator behind every command.

In order: may this actor do it -> one transaction -> the body -> audit row, outbox rows and idempotency key in one
statement of that same transaction. Wires run after commit, from the outbox. A nested command joins the outer one.
"""

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import wraps
from inspect import Signature, signature
from typing import Any

from django.apps import apps
from django.db import DataError, IntegrityError, connection, transaction
from django.db.models import Model
from psycopg.errors import UniqueViolation

from linli.base.actor import Actor
from linli.base.clockwork import now
from linli.base.commands.refusals import Refused
from linli.base.prepared import fetchone


@dataclass(frozen=True, slots=True)
class Command:
    name: str
    right: str
    body: Callable[..., Any]
    run: Callable[..., Any]
    signature: Signature


@dataclass(slots=True)
class _Submission:
    key: str
    principal: str
    used: int = 0


@dataclass(slots=True)
class _Running:
    """What the outermost command gathers until it writes its tail."""

    audit: list[dict[str, Any]] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)


COMMANDS: dict[str, Command] = {}
_running: ContextVar[_Running | None] = ContextVar("running_command", default=None)
_submission: ContextVar[_Submission | None] = ContextVar("submission", default=None)
request_id: ContextVar[str] = ContextVar("request_id", default="")


class _AlreadyDone(Exception):
    """The idempotency key was taken by an earlier or a parallel call."""


@contextmanager
def submission(key: str, principal: str) -> Iterator[None]:
    """Commands inside carry this idempotency key: the same key again returns the first answer and does nothing."""
    token = _submission.set(_Submission(key, principal))
    try:
        yield
    finally:
        _submission.reset(token)


def announce(event: str, payload: dict[str, Any]) -> None:
    """Put an event into the outbox of the running command. Outside a command there is nothing to announce."""
    running = _running.get()
    if running is None:
        raise RuntimeError(f"{event} announced outside a command")
    running.events.append({"event": event, "payload": payload})


def detail(**facts: Any) -> None:
    """Add facts to the audit row of the running command. Never personal data: the audit is kept longer than it."""
    running = _running.get()
    if running is not None and running.audit:
        running.audit[-1]["detail"].update(facts)


def about(kind: str, key: int | str) -> None:
    """Name what the running command acts on, for its audit row, when it was given by key and not as an object."""
    running = _running.get()
    if running is not None and running.audit:
        running.audit[-1]["target_kind"], running.audit[-1]["target_id"] = kind, str(key)


def nothing_done() -> None:
    """The running command found nothing to do: work of the clock then leaves no audit row. A person's act always does.

    Called last in the body, after any command it has called itself.
    """
    running = _running.get()
    if running is not None and running.audit and running.audit[-1]["actor_kind"] == "system":
        running.audit.pop()


def command(
    name: str, *, right: str | None = None, repeatable: bool = False
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register `body(actor, target, *, ...)` as the command `name`; `right` defaults to the name.

    repeatable: the answer must never be kept (it is secret, or differs each time), so no idempotency key is taken.
    Raises Refused when the actor lacks the right or the body refuses; then nothing was written.
    """

    def wrap(body: Callable[..., Any]) -> Callable[..., Any]:
        needed = right or name
        shape = signature(body)

        @wraps(body)
        def run(actor: Actor, *args: Any, **kwargs: Any) -> Any:
            if not actor.may(needed):
                raise Refused("您没有办理这项操作的权限。", rule=f"right:{needed}", status=403)
            outer = _running.get()
            if outer is not None:
                outer.audit.append(_audit(name, actor, args))
                return body(actor, *args, **kwargs)
            call = None if repeatable else _submission.get()
            return _outermost(name, body, actor, args, kwargs, call)

        if name in COMMANDS:
            raise RuntimeError(f"command {name} is registered twice")
        COMMANDS[name] = Command(name, needed, body, run, shape)
        return run

    return wrap


def _outermost(
    name: str,
    body: Callable[..., Any],
    actor: Actor,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    call: _Submission | None,
) -> Any:
    running = _Running()
    key, digest = "", ""
    if call is not None:
        call.used += 1
        key = call.key if call.used == 1 else f"{call.key}#{call.used}"
        digest = digest_of(name, args, kwargs)
    token = _running.set(running)
    try:
        with transaction.atomic():
            running.audit.append(_audit(name, actor, args))
            result = body(actor, *args, **kwargs)
            if isinstance(result, Model) and running.audit and not running.audit[0]["target_id"]:
                running.audit[0]["target_kind"], running.audit[0]["target_id"] = (
                    result._meta.label_lower,
                    str(result.pk),
                )
            _write_tail(running, call.principal if call else "", key, name, digest, _answer(result))
        return result
    except _AlreadyDone:
        return _first_answer(call, key, digest)
    except Refused:
        # A double submit is refused by the state it has itself brought about: it deserves its first answer.
        if call is not None and _stored(call.principal, key) is not None:
            return _first_answer(call, key, digest)
        raise
    except IntegrityError as error:
        if call is not None and _stored(call.principal, key) is not None:
            return _first_answer(call, key, digest)
        if isinstance(error.__cause__, UniqueViolation):
            raise Refused("同样的一条已经有了，没有再存。", rule="unique", status=409) from error
        raise
    except DataError as error:
        raise Refused("输入的内容里有系统不能保存的字符或过大的数字，请检查后再提交。", rule="database") from error
    finally:
        _running.reset(token)


def _audit(name: str, actor: Actor, args: tuple[Any, ...]) -> dict[str, Any]:
    target = args[0] if args and isinstance(args[0], Model) else None
    return {
        "at": now().isoformat(),
        "command": name,
        "actor_kind": actor.kind,
        "account_id": actor.account_id,
        "post_id": actor.post_id,
        "organisation_id": actor.organisation_id,
        "target_kind": target._meta.label_lower if target is not None else "",
        "target_id": str(target.pk) if target is not None else "",
        "detail": {"reason": actor.name} if actor.kind == "system" else {},
        "request_id": request_id.get(),
    }


_TAIL = """
WITH audit AS (
  INSERT INTO commands_auditrow (at, command, actor_kind, account_id, post_id, organisation_id, target_kind, target_id, detail, request_id)
  SELECT at, command, actor_kind, account_id, post_id, organisation_id, target_kind, target_id, detail, request_id
  FROM jsonb_to_recordset(%(audit)s) AS r(at timestamptz, command text, actor_kind text, account_id bigint, post_id bigint,
    organisation_id bigint, target_kind text, target_id text, detail jsonb, request_id text)
), events AS (
  INSERT INTO commands_outboxrow (event, payload, created_at, attempts, next_at, error)
  SELECT event, payload, %(at)s, 0, %(at)s, '' FROM jsonb_to_recordset(%(events)s) AS r(event text, payload jsonb)
), taken AS (
  INSERT INTO commands_idempotencykey (principal, key, command, request_hash, answer, created_at)
  SELECT %(principal)s, %(key)s::text, %(name)s, %(digest)s, %(answer)s::jsonb, %(at)s WHERE %(key)s::text <> ''
  ON CONFLICT (principal, key) DO NOTHING RETURNING 1
)
SELECT count(*) FROM taken
"""


def _write_tail(running: _Running, principal: str, key: str, name: str, digest: str, answer: Any) -> None:
    taken = fetchone(
        _TAIL,
        {
            "audit": json.dumps(running.audit, ensure_ascii=False),
            "events": json.dumps(running.events, ensure_ascii=False),
            "at": now(),
            "principal": principal,
            "key": key,
            "name": name,
            "digest": digest,
            "answer": json.dumps(answer, ensure_ascii=False),
        },
    )
    if key and taken == (0,):
        raise _AlreadyDone


def _stored(principal: str, key: str) -> tuple[str, Any] | None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT request_hash, answer FROM commands_idempotencykey WHERE principal = %s AND key = %s",
            [principal, key],
        )
        row = cursor.fetchone()
    if row is None:
        return None
    return row[0], json.loads(row[1]) if isinstance(row[1], str) else row[1]


def _first_answer(call: _Submission | None, key: str, digest: str) -> Any:
    assert call is not None
    stored = _stored(call.principal, key)
    if stored is None or stored[0] != digest:
        raise Refused("这张表单已经提交过，而且内容不同。请重新打开页面再填。", rule="idempotency", status=409)
    answer = stored[1]
    if isinstance(answer, dict) and "model" in answer:
        return apps.get_model(answer["model"])._base_manager.filter(pk=answer["pk"]).first()
    return answer


def _answer(result: Any) -> Any:
    """What a repeated call gets back: the object by reference, or a plain value."""
    if isinstance(result, Model):
        return {"model": result._meta.label, "pk": result.pk}
    return result


def digest_of(name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> str:
    """What was asked, as a hash: the same key with another digest is another request."""
    text = json.dumps([name, args, kwargs], default=_plain, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, Model):
        return f"{value._meta.label}:{value.pk}"
    if hasattr(value, "__dataclass_fields__"):
        return {name: getattr(value, name) for name in value.__dataclass_fields__}
    return str(value)
