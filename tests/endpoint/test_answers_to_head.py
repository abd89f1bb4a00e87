"""HEAD is answered as GET is, without the content: who asked reads the next answer in step."""

from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest

from tests.endpoint.scene import OFFICE, done, serving

PROGRAM = "precheck.exe"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder, downloads = (tmp_path_factory.mktemp(name) for name in ("data", "downloads"))
    (downloads / PROGRAM).write_bytes(b"MZ" * 100_000)
    done(folder, "office", "add", OFFICE)
    with serving(folder, PRECHECK_DOWNLOADS=str(downloads)) as (found, _):
        yield found


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/staff/login/", 200),
        ("/a/", 200),
        (f"/a/download/{PROGRAM}", 200),
        ("/assets/style.css", 200),
        ("/healthz", 200),
        ("/favicon.ico", 204),
        ("/staff/", 302),
        ("/nowhere", 404),
        ("/api/v1/health", 405),
    ],
)
def test_the_next_answer_on_the_connection_is_the_next_answer(
    address: str, path: str, status: int
) -> None:
    with closing(HTTPConnection(urlsplit(address).netloc, timeout=20)) as connection:
        connection.request("HEAD", path)
        head = connection.getresponse()
        assert (head.status, head.read()) == (status, b"")
        connection.request("GET", path)
        whole = connection.getresponse()
        content = whole.read()
    assert whole.status == (200 if status == 405 else status)
    assert bool(content) == (status not in (204, 302))
    if status == 200:
        assert head.headers["Content-Length"] == str(len(content))
        assert head.headers["Content-Type"] == whole.headers["Content-Type"]
