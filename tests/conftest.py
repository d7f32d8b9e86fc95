"""What every test may use. The database comes from tests/embedded.py, the people from tests/cast.py."""

from tests.embedded import django_db_setup

__all__ = ["django_db_setup"]
