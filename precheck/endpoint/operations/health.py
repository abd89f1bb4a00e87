"""Whether the store can take reports now."""

import shutil
from enum import StrEnum

from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from precheck.endpoint.operations.apps import operations
from precheck.endpoint.store.writing import writing

LEAST_FREE = 100 * 1024 * 1024
"""Bytes on the disk of a database that is a file: below this reports are no longer safe."""


class Trouble(StrEnum):
    """Why reports cannot be stored."""

    DATABASE_AWAY = "database_away"
    READ_ONLY = "read_only"
    OLD_TABLES = "old_tables"
    NO_SPACE = "no_space"


def trouble_with_store() -> Trouble | None:
    """What keeps the store from taking reports; None where nothing does. Raises Django's
    `DatabaseError` where it does not answer."""
    if not tables_are_current():
        return Trouble.OLD_TABLES
    if free_space() < LEAST_FREE:
        return Trouble.NO_SPACE
    with writing(), connection.cursor() as cursor:  # a file that cannot be written raises here
        if connection.vendor == "postgresql":
            cursor.execute("SHOW transaction_read_only")
            if cursor.fetchone()[0] != "off":
                return Trouble.READ_ONLY
    return None


def tables_are_current() -> bool:
    """Whether the tables are those of this version of the program."""
    known = operations()
    if not known.tables_are_current:
        executor = MigrationExecutor(connection)
        wanted = executor.loader.graph.leaf_nodes()
        known.tables_are_current = not executor.migration_plan(wanted)
    return known.tables_are_current


def free_space() -> float:
    """Bytes that are free where the database is a file; endless elsewhere."""
    if connection.vendor != "sqlite":
        return float("inf")
    return shutil.disk_usage(settings.DATA).free
