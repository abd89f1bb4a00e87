"""How the program is packed for Macs, as far as that can be seen elsewhere.

The specification is run with stand-ins for what PyInstaller builds, so what it asks for is seen and
nothing is built. Building, signing and notarising are Apple's tools' and only a Mac has them:
`docs/macos-manual-pass.md`.
"""

import os
import pkgutil
import plistlib
import runpy
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import probes
from probes.registry import SUBJECTS
from tests.requires import require

PROJECT = Path(__file__).parents[1]
PACKAGING = PROJECT / "packaging"
MACOS = PACKAGING / "macos"
RELEASE = MACOS / "release.sh"
SIGNED_BY = "PRECHECK_SIGNING_IDENTITY"
NOTARISED_BY = "PRECHECK_NOTARY_PROFILE"


@pytest.fixture(scope="module")
def asked() -> dict[str, Any]:
    """What the specification asks PyInstaller for, by the name of what is built."""
    calls: dict[str, Any] = {}

    def builder(name: str) -> Any:
        def build(*positional: Any, **named: Any) -> Any:
            calls[name] = SimpleNamespace(positional=positional, **named)
            compiled = [(module, "", "PYMODULE") for module in named.get("hiddenimports", ())]
            return SimpleNamespace(pure=compiled, scripts=[], binaries=[], datas=[])

        return build

    names = ("Analysis", "PYZ", "EXE", "COLLECT", "BUNDLE")
    runpy.run_path(
        str(PACKAGING / "precheck.spec"),
        {"SPECPATH": str(PACKAGING), **{name: builder(name) for name in names}},
    )
    return calls


def test_every_module_of_the_checks_is_packed(asked: dict[str, Any]) -> None:
    """A check is imported by its name, so what is not asked for is not there."""
    every = {found.name for found in pkgutil.walk_packages(probes.__path__, "probes.", _raise)}
    assert {*SUBJECTS.values(), "probes.system.macos", "probes.os_support.macos"} < every
    assert every - set(asked["Analysis"].hiddenimports) == set()


def _raise(package: str) -> None:
    raise AssertionError(package)


def test_every_word_policy_and_catalogue_is_packed(asked: dict[str, Any]) -> None:
    packed = {Path(source).resolve() for source, _ in asked["Analysis"].datas}
    contract = PROJECT / "precheck" / "contract"
    data = {path for kind in ("*.toml", "*.json") for path in contract.rglob(kind)}
    assert len(data) > 10
    assert data - packed == set()


def test_the_bundle_says_what_it_is(asked: dict[str, Any]) -> None:
    info = asked["BUNDLE"].info_plist
    version = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]["version"]
    assert asked["BUNDLE"].name == "precheck.app"
    assert info["CFBundleIdentifier"].count(".") >= 2
    assert info["CFBundleShortVersionString"] == info["CFBundleVersion"] == version
    assert info["LSMinimumSystemVersion"] == "13.0"
    assert plistlib.loads(plistlib.dumps(info)) == info


def test_the_bundle_asks_the_person_for_no_permission(asked: dict[str, Any]) -> None:
    """The page uses the camera, so the browser asks; a text for a request here would be a lie."""
    assert [key for key in asked["BUNDLE"].info_plist if key.endswith("UsageDescription")] == []


def test_the_bundle_is_called_by_the_persons_language(asked: dict[str, Any]) -> None:
    info, names = asked["BUNDLE"].info_plist, asked["BUNDLE"].positional[1]
    assert info["CFBundleDevelopmentRegion"] == "ja"
    assert info["LSHasLocalizedDisplayName"] is True
    # The Finder shows no other name than the file's where these differ.
    assert info["CFBundleDisplayName"] + ".app" == asked["BUNDLE"].name
    places = {f"{language}.lproj/InfoPlist.strings" for language in info["CFBundleLocalizations"]}
    assert {place for place, _, _ in names} == places
    for _, source, kind in names:
        assert kind == "DATA"
        assert '"CFBundleDisplayName" = "' in Path(source).read_text(encoding="utf-8")
    assert "オンライン相談 事前チェック" in (MACOS / "ja.lproj/InfoPlist.strings").read_text(
        encoding="utf-8"
    )


def test_the_hardened_runtime_gives_way_in_one_point_alone(asked: dict[str, Any]) -> None:
    entitlements = plistlib.loads(Path(asked["EXE"].entitlements_file).read_bytes())
    assert entitlements == {"com.apple.security.cs.allow-unsigned-executable-memory": True}


@pytest.mark.parametrize("identity", [None, "Developer ID Application: Somebody (ABCDE12345)"])
def test_the_certificate_comes_from_the_environment_alone(
    identity: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(SIGNED_BY, raising=False)
    if identity is not None:
        monkeypatch.setenv(SIGNED_BY, identity)
    seen: list[Any] = []

    def build(*_: Any, **named: Any) -> Any:
        seen.append(named.get("codesign_identity"))
        compiled = [(module, "", "PYMODULE") for module in named.get("hiddenimports", ())]
        return SimpleNamespace(pure=compiled, scripts=[], binaries=[], datas=[])

    names = ("Analysis", "PYZ", "EXE", "COLLECT", "BUNDLE")
    runpy.run_path(
        str(PACKAGING / "precheck.spec"),
        {"SPECPATH": str(PACKAGING), **dict.fromkeys(names, build)},
    )
    assert [name for name in seen if name is not None] == ([identity] if identity else [])


def released(**environment: str) -> subprocess.CompletedProcess[str]:
    bash = shutil.which("bash")
    require(bash, "bash is not installed")
    return subprocess.run(
        [bash or "bash", str(RELEASE)],
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


BOTH = {SIGNED_BY: "Developer ID Application: Somebody", NOTARISED_BY: "precheck"}


@pytest.mark.parametrize("missing", BOTH)
@pytest.mark.parametrize("empty", [True, False])
def test_without_its_environment_a_release_is_refused_in_one_sentence(
    missing: str, empty: bool
) -> None:
    given = {name: value for name, value in BOTH.items() if name != missing}
    ended = released(**given, **({missing: ""} if empty else {}))
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.startswith(f"release.sh: {missing} has to ")
    assert ended.stderr.count("\n") == 1


def test_no_other_system_makes_a_release_for_macs() -> None:
    require(sys.platform != "darwin", "this is a Mac")
    ended = released(**BOTH)
    assert (ended.returncode, ended.stderr) == (
        2,
        "release.sh: only a Mac can pack, sign and notarise for Macs.\n",
    )


def test_the_script_is_sound() -> None:
    shellcheck = shutil.which("shellcheck")
    require(shellcheck, "shellcheck is not installed")
    ended = subprocess.run(
        [shellcheck or "", "--severity=style", str(RELEASE)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ended.returncode, ended.stdout) == (0, "")


def test_the_script_runs_as_it_is() -> None:
    require(sys.platform != "win32", "Windows has no bits for it")
    assert os.access(RELEASE, os.X_OK)


def test_the_script_knows_no_secret() -> None:
    text = RELEASE.read_text(encoding="utf-8").lower()
    assert [word for word in ("--password", "--apple-id", "--key ", ".p12") if word in text] == []
