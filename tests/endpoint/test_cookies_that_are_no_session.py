"""A session's cookie that no session can have is as good as none, and never a failure."""

import pytest

from tests.endpoint.people import LIST, browser, member


@pytest.mark.parametrize(
    "cookie",
    [
        r'"abcdefgh\000ijkl"',
        r'"\000"',
        r'"abcdefghijklmnopqrstuvwxyz01234\000"',
        "",
        "a" * 31,
        "a" * 33,
        "A" * 32,
        '"' + r"\343\201\202" * 11 + '"',
        "x" * 5000,
    ],
)
@pytest.mark.parametrize("path", ["/a/", "/staff/login/", "/staff/", "/nowhere"])
def test_pages_are_as_for_somebody_without_one(path: str, cookie: str) -> None:
    without = browser().get(path)
    found = browser().get(path, headers={"cookie": f"sessionid={cookie}"})
    assert (found.status_code, found.headers.get("Location")) == (
        without.status_code,
        without.headers.get("Location"),
    )


def test_who_has_a_session_keeps_it() -> None:
    assert member("hanako").get(LIST).status_code == 200
    assert browser().get(LIST).status_code == 302
