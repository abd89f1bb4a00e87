"""Many rows of a table at once, by statements whose texts are always the same.

`bulk_create` and `bulk_update` write another statement for every number of rows, which the database
reads anew each time, and take several times as long over a row as the database itself.

SQLite runs one statement for each row, within this process. PostgreSQL is sent one statement with
all rows as one JSON text (its documentation, 9.16: `json_populate_recordset`), which it parses and
plans once for each connection; and several statements may be sent before the first is answered.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

import msgspec
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Field, Model

Row = TypeVar("Row", bound=Model)
_Fields = Sequence["Field[Any, Any]"]


@contextmanager
def in_one_go() -> Iterator[None]:
    """What is written within is sent to PostgreSQL without waiting for answers, and so is what is
    asked, up to where the first answer is called for. What goes wrong with a statement is raised at
    the next answer that is waited for, at the latest at the end.

    For SQLite it makes no difference: there is nobody to wait for.
    """
    connection = connections[DEFAULT_DB_ALIAS]
    if not _is_postgresql(connection):
        yield
        return
    connection.ensure_connection()
    with connection.wrap_database_errors, connection.connection.pipeline():
        yield


def columns_of(model: type[Model]) -> str:
    """The columns of `model`, for a statement. Never `*`: a statement that is prepared fails where
    another version of this program adds a column to what it gives."""
    table = model._meta.db_table
    return ", ".join(f'"{table}".{_quote(field)}' for field in model._meta.concrete_fields)


def ask(model: type[Row], statement: str, values: Sequence[Any]) -> Callable[[], list[Row]]:
    """Ask for rows of `model`: `statement` gives its `columns_of`, and further ones become further
    attributes. They are had by calling what is given, once: PostgreSQL is waited for then."""
    connection = connections[DEFAULT_DB_ALIAS]
    if not _is_postgresql(connection):
        rows = list(model._default_manager.raw(statement, values))
        return lambda: rows
    cursor = _preparing_cursor(connection)
    cursor.execute(statement, values)
    return lambda: _read(model, cursor, connection)


def send(statement: str, values: Sequence[Any] = ()) -> None:
    """Have PostgreSQL run `statement`, whose answer nobody wants."""
    _preparing_cursor(connections[DEFAULT_DB_ALIAS]).execute(statement, values)


def among(values: Collection[str]) -> tuple[str, list[Any]]:
    """What follows a column in a statement that wants one of `values`, and its parameters."""
    if _is_postgresql(connections[DEFAULT_DB_ALIAS]):
        return "= ANY(%s)", [list(values)]
    return f"IN ({', '.join('%s' for _ in values)})", list(values)


def insert_all(rows: Collection[Model]) -> None:
    """Insert `rows`, of one model, whose keys the database gives. The objects are not told them."""
    _insert(rows, "")


def add_all(rows: Collection[Model], key: Collection[str], amount: str) -> None:
    """Insert `rows`, of one model; where one with the same `key` (fields that are unique together)
    is there already, its field `amount` grows by theirs."""
    if not rows:
        return
    table = _table(rows)
    columns = [_quote(field) for field in _given_by_us(rows) if field.name in key]
    _insert(
        rows,
        f" ON CONFLICT ({', '.join(columns)})"
        f' DO UPDATE SET "{amount}" = {table}."{amount}" + excluded."{amount}"',
    )


def update_all(rows: Collection[Model], names: Collection[str]) -> None:
    """Write the fields `names` of `rows`, of one model, which are there already."""
    if not rows:
        return
    meta, table = next(iter(rows))._meta, _table(rows)
    by_name = {field.name: field for field in meta.local_concrete_fields}
    fields, key = [by_name[name] for name in names], meta.pk
    assert key is not None  # noqa: S101 - every model has one
    if _is_postgresql(connections[DEFAULT_DB_ALIAS]):
        assigned = ", ".join(f"{_quote(field)} = given.{_quote(field)}" for field in fields)
        source = f"{_source(table)} AS given"
        where = f"{table}.{_quote(key)} = given.{_quote(key)}"
        _send(f"UPDATE {table} SET {assigned} FROM {source} WHERE {where}", rows, [*fields, key])  # noqa: S608
    else:
        assigned = ", ".join(f"{_quote(field)} = %s" for field in fields)
        _repeat(f"UPDATE {table} SET {assigned} WHERE {_quote(key)} = %s", rows, [*fields, key])  # noqa: S608


def _insert(rows: Collection[Model], conflict: str) -> None:
    if not rows:
        return
    table, fields = _table(rows), _given_by_us(rows)
    columns = ", ".join(_quote(field) for field in fields)
    into = f"INSERT INTO {table} ({columns})"
    if _is_postgresql(connections[DEFAULT_DB_ALIAS]):
        _send(f"{into} SELECT {columns} FROM {_source(table)}{conflict}", rows, fields)  # noqa: S608
    else:
        _repeat(f"{into} VALUES ({', '.join('%s' for _ in fields)}){conflict}", rows, fields)


def _repeat(statement: str, rows: Collection[Model], fields: _Fields) -> None:
    connection = connections[DEFAULT_DB_ALIAS]
    values = [
        [field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields]
        for row in rows
    ]
    with connection.cursor() as cursor:
        cursor.executemany(statement, values)


def _send(statement: str, rows: Collection[Model], fields: _Fields) -> None:
    named = [(str(field.column), field) for field in fields]
    values = [
        {
            column: _in_json(field.get_prep_value(getattr(row, field.attname)))
            for column, field in named
        }
        for row in rows
    ]
    cursor = _preparing_cursor(connections[DEFAULT_DB_ALIAS])
    cursor.execute(statement, [msgspec.json.encode(values).decode()])


def _in_json(value: Any) -> Any:
    if isinstance(value, bytes | bytearray | memoryview):
        return f"\\x{bytes(value).hex()}"
    return value


def _source(table: str) -> str:
    return f"json_populate_recordset(NULL::{table}, %s)"


def _preparing_cursor(connection: BaseDatabaseWrapper) -> Any:
    """A cursor that has PostgreSQL prepare its statements, and sends their values apart from them.
    Django's own cursors write the values into each statement."""
    from psycopg import Cursor  # there is none to import where only SQLite is used

    connection.ensure_connection()
    cursor: Any = Cursor(connection.connection)
    if connection.queries_logged:
        return connection.make_debug_cursor(cursor)
    return connection.make_cursor(cursor)


def _read(model: type[Row], cursor: Any, connection: BaseDatabaseWrapper) -> list[Row]:
    found = cursor.fetchall()
    places = {column.name: place for place, column in enumerate(cursor.description)}
    fields = model._meta.concrete_fields
    names = [field.attname for field in fields]
    own = [(places.pop(str(each.column)), each.get_db_converters(connection)) for each in fields]
    rows = []
    for values in found:
        given = []
        for place, converters in own:
            value = values[place]
            for convert in converters:
                value = convert(value, None, connection)
            given.append(value)
        row = model.from_db(connection.alias, names, given)
        for name, place in places.items():
            setattr(row, name, values[place])
        rows.append(row)
    return rows


def _given_by_us(rows: Collection[Model]) -> _Fields:
    fields = next(iter(rows))._meta.local_concrete_fields
    return [field for field in fields if not field.primary_key]


def _table(rows: Collection[Model]) -> str:
    return f'"{next(iter(rows))._meta.db_table}"'


def _quote(field: "Field[Any, Any]") -> str:
    return f'"{field.column}"'


def _is_postgresql(connection: BaseDatabaseWrapper) -> bool:
    return connection.vendor == "postgresql"
