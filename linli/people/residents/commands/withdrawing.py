"""Taking many people back at once, who were entered by mistake: a handful of statements, whatever their number."""

from collections.abc import Sequence

from django.db import connection

from linli.base.actor import Actor
from linli.base.commands import Refused, announce, command, detail
from linli.people.residents.commands.together import array


def unchanged(actor: Actor, ids: Sequence[int]) -> tuple[set[int], set[int]]:
    """(those of these people whom the actor keeps, those of them with whom something has been done since they were entered)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.id, (SELECT count(*) FROM residents_personfact f WHERE f.person_id = p.id) > 1 OR "
            "EXISTS (SELECT 1 FROM residents_person o WHERE o.merged_into_id = p.id) "
            "FROM residents_person p JOIN unnest(%s::bigint[]) AS n(id) ON p.id = n.id "
            "WHERE %s OR p.region_code ^@ ANY (%s::text[])",
            [array(ids), actor.everything, [region for region in actor.regions if region]],
        )
        found = cursor.fetchall()
    return {key for key, _touched in found}, {key for key, touched in found if touched}


# In this order few rows are touched: the database looks at what points where at the end of the transaction.
_WITHDRAW = (
    *(
        f"DELETE FROM residents_{table} r USING gone WHERE r.person_id = gone.id"  # noqa: S608 - names from here
        for table in ("careneed", "contact", "personfact", "residence")
    ),
    "DELETE FROM residents_person p USING gone WHERE p.id = gone.id",
    "DELETE FROM residents_household h USING gone_home WHERE h.id = gone_home.id "
    "AND NOT EXISTS (SELECT 1 FROM residents_person p WHERE p.household_id = h.id) "
    "AND NOT EXISTS (SELECT 1 FROM residents_residence r WHERE r.household_id = h.id)",
    "UPDATE residents_household h SET head_id = NULL FROM gone WHERE h.head_id = gone.id",
)


@command("residents.withdraw_many", right="residents.import")
def withdraw_many(actor: Actor, *, ids: Sequence[int]) -> int:
    """Take a batch back as one act: people who were entered by mistake and that nothing has happened to since. All or none.

    Nothing of them stays but the audit. Refused: one of them is not the actor's, or was worked with since.
    """
    wanted = sorted(set(ids))
    mine, touched = unchanged(actor, wanted)
    if len(mine) != len(wanted) or not actor.may("residents.view"):
        raise Refused("有的人已不在您的工作范围内，不能撤回。", status=404)
    if touched:
        raise Refused("这批人里有的登记后又办过事，不能整批撤回，请逐个更正。", rule="已有后续")
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE gone ON COMMIT DROP AS SELECT id FROM unnest(%s::bigint[]) AS n(id)", [array(wanted)]
        )
        cursor.execute(
            "CREATE TEMP TABLE gone_home ON COMMIT DROP AS SELECT DISTINCT household_id AS id FROM residents_person p "
            "JOIN gone ON gone.id = p.id WHERE household_id IS NOT NULL"
        )
        cursor.execute("ANALYZE gone; ANALYZE gone_home")
        for statement in _WITHDRAW:
            cursor.execute(statement)
        cursor.execute("DROP TABLE gone; DROP TABLE gone_home")
    detail(rows=len(wanted))
    announce("residents.withdrawn_many", {"people": wanted[:1000], "count": len(wanted)})
    return len(wanted)
