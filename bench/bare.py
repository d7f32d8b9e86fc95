"""The bare handlers: psycopg and nothing else. No rights, no history, no sealing, no pages: what a database round trip costs.

Started by `client.Server("bench.bare:application")`; the database comes from DATABASE_URL.
"""

import json
import os
import threading
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import parse_qs

import psycopg
from psycopg.types.json import Jsonb

_held = threading.local()
Start = Callable[[str, list[tuple[str, str]]], Any]

SET_UP = """
CREATE TABLE IF NOT EXISTS bare_case (id bigserial PRIMARY KEY, number text UNIQUE, text text, category text, region_code text, longitude float8, latitude float8,
  holder_id bigint, step text, opened_at timestamptz, due_at timestamptz);
CREATE TABLE IF NOT EXISTS bare_event (id bigserial PRIMARY KEY, case_id bigint, seq int, act text, at timestamptz, given jsonb, UNIQUE (case_id, seq));
CREATE TABLE IF NOT EXISTS bare_assignment (id bigserial PRIMARY KEY, case_id bigint, organisation_id bigint, status text, offered_at timestamptz);
CREATE TABLE IF NOT EXISTS bare_audit (id bigserial PRIMARY KEY, at timestamptz, command text, actor bigint, detail jsonb);
CREATE TABLE IF NOT EXISTS bare_outbox (id bigserial PRIMARY KEY, at timestamptz, event text, payload jsonb);
GRANT SELECT, INSERT, UPDATE ON bare_case, bare_event, bare_assignment, bare_audit, bare_outbox TO linli_web;
GRANT USAGE ON SEQUENCE bare_case_id_seq, bare_event_id_seq, bare_assignment_id_seq, bare_audit_id_seq, bare_outbox_id_seq TO linli_web;
"""


def connection() -> psycopg.Connection:
    if not hasattr(_held, "connection"):
        _held.connection = psycopg.connect(
            os.environ["DATABASE_URL"], options="-c synchronous_commit=on -c linli.everything=on", autocommit=True
        )
    return _held.connection  # type: ignore[no-any-return]


def application(environ: dict[str, Any], start: Start) -> Iterable[bytes]:
    work = {"/intake": intake, "/list": listing, "/case": case, "/step": step, "/rollup": rollup}[environ["PATH_INFO"]]
    body = json.dumps(work(environ), default=str, ensure_ascii=False).encode()
    start("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return [body]


def intake(environ: dict[str, Any]) -> Any:
    """Five inserts in one transaction."""
    given = json.loads(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])))
    held = connection()
    with held.transaction(), held.cursor() as cursor:
        cursor.execute(
            "INSERT INTO bare_case (text, category, region_code, longitude, latitude, holder_id, step, opened_at, due_at) "
            "VALUES (%s, 'x', '110106009', %s, %s, 1, 'filed', now(), now() + interval '7 days') RETURNING id",
            [given["text"], given["longitude"], given["latitude"]],
        )
        (key,) = cursor.fetchone() or (0,)
        cursor.execute(
            "INSERT INTO bare_event (case_id, seq, act, at, given) VALUES (%s, 1, 'file', now(), %s)", [key, Jsonb({})]
        )
        cursor.execute(
            "INSERT INTO bare_assignment (case_id, organisation_id, status, offered_at) VALUES (%s, 1, 'offered', now())",
            [key],
        )
        cursor.execute(
            "INSERT INTO bare_audit (at, command, actor, detail) VALUES (now(), 'file', 1, %s)", [Jsonb({"case": key})]
        )
        cursor.execute(
            "INSERT INTO bare_outbox (at, event, payload) VALUES (now(), 'filed', %s)", [Jsonb({"case": key})]
        )
    return {"id": key}


def listing(environ: dict[str, Any]) -> Any:
    """Fifty open cases of a sub-district by due time, from the same tables."""
    street = parse_qs(environ["QUERY_STRING"])["street"][0]
    return _rows(
        "SELECT p.number, p.title, p.step, p.region_code, p.holder_id, p.opened_at, p.due_at, c.category, c.channel, c.place_text "
        "FROM procedures_proceeding p JOIN cases_case c ON c.proceeding_id = p.id "
        "WHERE p.sub_district_code = %s AND p.closed_at IS NULL ORDER BY p.due_at, p.id LIMIT 50",
        street,
    )


def case(environ: dict[str, Any]) -> Any:
    number = parse_qs(environ["QUERY_STRING"])["number"][0]
    return _rows(
        "SELECT to_jsonb(p), to_jsonb(c) - 'reporter_phone' - 'reporter_name' - 'phone_index', "
        "(SELECT jsonb_agg(to_jsonb(e) ORDER BY e.seq) FROM procedures_entry e WHERE e.proceeding_id = p.id) "
        "FROM procedures_proceeding p JOIN cases_case c ON c.proceeding_id = p.id WHERE p.number = %s",
        number,
    )


def step(environ: dict[str, Any]) -> Any:
    """One handling step on a bare case: update, event, audit, outbox in one transaction."""
    key = json.loads(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])))["id"]
    held = connection()
    with held.transaction(), held.cursor() as cursor:
        cursor.execute("UPDATE bare_case SET step = 'handling' WHERE id = %s RETURNING id", [key])
        cursor.execute(
            "INSERT INTO bare_event (case_id, seq, act, at, given) SELECT %s, coalesce(max(seq), 0) + 1, 'accept', now(), %s FROM bare_event WHERE case_id = %s",
            [key, Jsonb({}), key],
        )
        cursor.execute(
            "INSERT INTO bare_audit (at, command, actor, detail) VALUES (now(), 'accept', 1, %s)",
            [Jsonb({"case": key})],
        )
        cursor.execute(
            "INSERT INTO bare_outbox (at, event, payload) VALUES (now(), 'accepted', %s)", [Jsonb({"case": key})]
        )
    return {"id": key}


def rollup(environ: dict[str, Any]) -> Any:
    """The figures of a sub-district by community over a year: what a board cannot do without."""
    street = parse_qs(environ["QUERY_STRING"])["street"][0]
    return _rows(
        "SELECT left(region_code, 12), sum(filed), sum(reachable), sum(resolved), sum(satisfied), sum(both_full) FROM indicators_casedaily "
        "WHERE grain = 1 AND region_code >= %s AND region_code < %s || '~' AND day > current_date - 365 GROUP BY 1",
        street, street,
    )  # fmt: skip


def _rows(sql: str, *values: str) -> Any:
    with connection().cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()
