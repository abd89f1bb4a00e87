"""`serve`, but the process is killed at a stated moment of the first report: `after` the view has
answered and before a byte of the answer is sent, or `before` the view sees it.

    python -m tests.endpoint.dying_server serve --port 0 --data DIR      (PRECHECK_TEST_DIES=after)
"""

import os
import signal
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication

from precheck.contract.api import REPORTS_PATH
from precheck.endpoint.opening import open_store


def dying(application: WSGIApplication, moment: str) -> WSGIApplication:
    """`application` that takes the process with it."""

    def wrapped(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        is_report = environ["PATH_INFO"] == REPORTS_PATH
        if is_report and moment == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        answer = application(environ, start_response)
        if is_report and moment == "after":
            os.kill(os.getpid(), signal.SIGKILL)
        return answer

    return wrapped


def main(folder: Path, moment: str) -> None:
    open_store(folder)
    from django.core.wsgi import get_wsgi_application

    from precheck.endpoint.serving import serve

    serve(dying(get_wsgi_application(), moment), folder, "127.0.0.1", 0)


if __name__ == "__main__":
    main(Path(sys.argv[sys.argv.index("--data") + 1]), os.environ["PRECHECK_TEST_DIES"])
