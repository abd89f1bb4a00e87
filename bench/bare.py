"""The control of `ingest.py`: Django with nothing round one view, which stores the body in a row.

`python -m bench.bare FOLDER` serves it by waitress on a free port and says `listening on …`. The
database is set as the endpoint's is, by the same function: a file in the folder, or PostgreSQL by
`DATABASE_URL`. For the file one lock gives the threads their turn, as the file has one writer.
"""

import os
import sys
import threading
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.urls import path
from waitress.server import create_server

from precheck.endpoint.database import URL, databases, is_file

_TABLES = {
    "sqlite": "CREATE TABLE IF NOT EXISTS bare (id INTEGER PRIMARY KEY, body BLOB)",
    "postgresql": "CREATE TABLE IF NOT EXISTS bare (id BIGSERIAL PRIMARY KEY, body BYTEA)",
}
_URL = os.environ.get(URL, "")
_TURN: AbstractContextManager[Any] = threading.Lock() if is_file(_URL) else nullcontext()


def store(request: HttpRequest) -> HttpResponse:
    with _TURN, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("INSERT INTO bare (body) VALUES (%s)", [request.body])
    return HttpResponse(b"{}", status=201, headers={"Content-Length": "2"})


urlpatterns = [path("api/v1/reports", store)]


def main() -> None:
    settings.configure(
        ALLOWED_HOSTS=["*"],
        ROOT_URLCONF=__name__,
        MIDDLEWARE=[],
        LOGGING_CONFIG=None,
        DATABASES=databases(_URL, Path(sys.argv[1])),
    )
    django.setup()
    with connection.cursor() as cursor:
        cursor.execute(_TABLES[connection.vendor])
    server: Any = create_server(get_wsgi_application(), host="127.0.0.1", port=0, threads=8)
    print(f"listening on http://127.0.0.1:{server.effective_port}/", flush=True)
    server.run()


if __name__ == "__main__":
    main()
