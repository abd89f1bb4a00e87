"""The control of `ingest.py`: Django with nothing round one view, which stores the body in a row.

`python -m bench.bare DATABASE` serves it by waitress on a free port and says `listening on …`. The
database is set as the endpoint's is (WAL, a flush per commit, connections that stay), and one lock
gives the threads their turn.
"""

import sys
import threading
from typing import Any

import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.urls import path
from waitress.server import create_server

_TURN = threading.Lock()


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
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.sqlite3",
                "NAME": sys.argv[1],
                "CONN_MAX_AGE": None,
                "OPTIONS": {
                    "transaction_mode": "IMMEDIATE",
                    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL",
                },
            }
        },
    )
    django.setup()
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE IF NOT EXISTS bare (id INTEGER PRIMARY KEY, body BLOB)")
    server: Any = create_server(get_wsgi_application(), host="127.0.0.1", port=0, threads=8)
    print(f"listening on http://127.0.0.1:{server.effective_port}/", flush=True)
    server.run()


if __name__ == "__main__":
    main()
