"""Many rows of a table at once, by one statement whose text is always the same.

`bulk_create` and `bulk_update` write another statement for every number of rows, which the database
reads anew each time, and take several times as long over a row as the database itself.
"""

from collections.abc import Collection, Sequence
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Field, Model


def insert_all(rows: Collection[Model]) -> None:
    """Insert `rows`, of one model, whose keys the database gives. The objects are not told them."""
    if not rows:
        return
    model = type(next(iter(rows)))
    fields = [field for field in model._meta.local_concrete_fields if not field.primary_key]
    _execute("INSERT INTO {table} ({columns}) VALUES ({marks})", rows, fields)


def update_all(rows: Collection[Model], names: Collection[str]) -> None:
    """Write the fields `names` of `rows`, of one model, which are there already."""
    if not rows:
        return
    model = type(next(iter(rows)))
    by_name = {field.name: field for field in model._meta.local_concrete_fields}
    _execute(
        "UPDATE {table} SET {assigned} WHERE {key} = %s",
        rows,
        [*(by_name[name] for name in names), model._meta.pk],
    )


def add_all(rows: Collection[Model], key: Collection[str], amount: str) -> None:
    """Insert `rows`, of one model; where one with the same `key` (fields that are unique together)
    is there already, its field `amount` grows by theirs."""
    if not rows:
        return
    model = type(next(iter(rows)))
    fields = [field for field in model._meta.local_concrete_fields if not field.primary_key]
    quote = connections[DEFAULT_DB_ALIAS].ops.quote_name
    _execute(
        "INSERT INTO {table} ({columns}) VALUES ({marks}) ON CONFLICT"
        " ({key_columns}) DO UPDATE SET {amount} = {table}.{amount} + excluded.{amount}",
        rows,
        fields,
        key_columns=", ".join(quote(str(field.column)) for field in fields if field.name in key),
        amount=quote(amount),
    )


def _execute(
    template: str, rows: Collection[Model], fields: "Sequence[Field[Any, Any]]", **more: str
) -> None:
    connection = connections[DEFAULT_DB_ALIAS]
    quoted = [connection.ops.quote_name(str(field.column)) for field in fields]
    table = next(iter(rows))._meta.db_table
    statement = template.format(
        table=connection.ops.quote_name(table),
        columns=", ".join(quoted),
        marks=", ".join("%s" for _ in quoted),
        assigned=", ".join(f"{column} = %s" for column in quoted[:-1]),
        key=quoted[-1],
        **more,
    )
    values = [
        [field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields]
        for row in rows
    ]
    with connection.cursor() as cursor:
        cursor.executemany(statement, values)
