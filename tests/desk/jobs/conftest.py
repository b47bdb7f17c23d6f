"""A home on each database."""

from tests.desk.deciding.conftest import home, postgres, url

__all__ = ["home", "postgres", "url"]
