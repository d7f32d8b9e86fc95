"""A version that has been in force is kept as it was, whoever tries to change it."""

import pytest
from django.db import ProgrammingError, transaction

from linli.base.policies.models import PolicyVersion


@pytest.mark.parametrize("values", [{"data": {}}, {"status": "draft"}, {"basis": "x"}, {"source": ""}, {"version": 99}])
def test_a_published_version_cannot_be_edited(everything: None, values: dict[str, object]) -> None:
    rows = PolicyVersion.objects.filter(code="settlement", status="published")
    with pytest.raises(Exception, match="kept as it was") as error, transaction.atomic():
        rows.update(**values)
    assert isinstance(error.value, ProgrammingError)
    assert rows.get().version == 1


def test_it_cannot_be_deleted_but_retired(everything: None) -> None:
    row = PolicyVersion.objects.get(code="figures", status="published")
    with pytest.raises(Exception, match="kept as it was"), transaction.atomic():
        PolicyVersion.objects.filter(pk=row.pk).delete()
    PolicyVersion.objects.filter(pk=row.pk).update(status="retired")
    with pytest.raises(Exception, match="kept as it was"), transaction.atomic():
        PolicyVersion.objects.filter(pk=row.pk).update(data={})
