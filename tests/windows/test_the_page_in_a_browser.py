"""The job seeker's page, served by the program on Windows and seen by a browser beside it: from the
code to a report that has arrived.

The browser is Debian's and reaches the program through the loopback port, which a box shares with
the machine underneath.
"""

import json
import re
import subprocess
from pathlib import Path

from playwright.sync_api import Browser, expect

from precheck.agent.exits import READY
from tests.browser.seeker import Seeker
from tests.browser.test_a_job_seeker_gets_through_alone import to_the_review
from tests.endpoint.scene import OFFICE, done, listed, new_code, report_ids, serving
from tests.windows.good_machine import open_good_machine
from tests.windows.program import Program


def printed(process: "subprocess.Popen[bytes]") -> str:
    """The address that the program printed; what stands round it may not be in its code page."""
    assert process.stdout is not None
    line = process.stdout.readline()
    found = re.search(rb"http://127\.0\.0\.1:\d+/#[\w-]+", line)
    assert found, line
    return found[0].decode("ascii")


def test_a_job_seeker_with_windows_gets_from_the_code_to_the_receipt(
    bed: Path, chromium: Browser, tmp_path: Path
) -> None:
    done(tmp_path, "office", "add", OFFICE)
    code = new_code(tmp_path)
    with (
        serving(tmp_path) as (address, _),
        open_good_machine(bed) as box,
        Program().started(
            box, "page", "--no-open", "--lang", "ja", "--endpoint", address
        ) as process,
        Seeker(chromium, printed(process)) as seeker,
    ):
        to_the_review(seeker, code)
        page = seeker.page
        page.get_by_text("送るデータ（このとおりに送ります）", exact=True).first.click()
        shown = json.loads(page.locator("pre").inner_text())
        assert shown["os_family"] == "windows"
        page.locator("#consent").check()
        seeker.press("送る")
        expect(page.locator(".banner.success").first).to_contain_text("に消します")
        assert report_ids(tmp_path) == [shown["report_id"]]
        (appointment,) = listed(tmp_path)
        assert appointment["state"] == "ready"
        assert box.refused == []
        seeker.press("終了")
        seeker.heading("終了しました")
        assert process.wait(timeout=30) == READY
        left = box.prefix.glob("drive_c/users/*/AppData/Local/precheck/*/*")
        assert [file.name for file in left] == ["lock"], "no report, and no way in, is left behind"
