"""The lock that the running program holds, and what stands beside it."""

from pathlib import Path

from precheck.agent.page.only_one import Running, become_the_only_one, who_runs


def test_only_one_holds_the_lock_and_rubbish_beside_it_is_nothing(tmp_path: Path) -> None:
    first = become_the_only_one(tmp_path)
    assert first is not None
    assert become_the_only_one(tmp_path) is None
    first.announce(Running(port=1, control="secret"))
    assert who_runs(tmp_path) == Running(port=1, control="secret")
    for rubbish in (b"", b"\xff", b"[]", b'{"port": "x", "control": "y"}'):
        (tmp_path / "running.json").write_bytes(rubbish)
        assert who_runs(tmp_path) is None
    first.release()
    second = become_the_only_one(tmp_path)
    assert second is not None
    second.release()
