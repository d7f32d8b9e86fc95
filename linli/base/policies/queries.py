"""Reading versions of policies."""

from django.db.models import Exists, OuterRef, QuerySet

from linli.base.policies.models import PolicyVersion


def waiting_for_publication(rows: QuerySet[PolicyVersion]) -> QuerySet[PolicyVersion]:
    """Of these, the versions in force of which a newer draft waits."""
    status = PolicyVersion.Status
    newer = PolicyVersion.objects.filter(code=OuterRef("code"), status=status.DRAFT, version__gt=OuterRef("version"))
    return rows.filter(Exists(newer), status=status.PUBLISHED)
