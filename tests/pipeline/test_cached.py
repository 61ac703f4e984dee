"""Nothing to do, known from stats alone: right away when nothing changed, never when anything did."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from imagepipe.pipeline import cached
from imagepipe.pipeline.cached import Basis, nothing_to_do, remember
from imagepipe.workspace.digests import content_of

OPTIONS = {"profile": "", "today": "2026-11-21", "provider": ""}
SHOWN = {"unchanged": 41, "notes": ["mug: pinned"]}
CACHE = ".imagepipe/cache/plan.json"
FUTURE = 4 * 10**18
"""ns since 1970: seen from there, every file changed long ago."""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    for path in ("assets.yaml", "assets.lock", "shop/a.yaml", "public/a.png", "public/b.png"):
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(path)
    (tmp_path / "store/receipts/ab").mkdir(parents=True)
    (tmp_path / "store/receipts/ab/r1.json").write_text("{}")
    return root


def basis(root: Path, started: int) -> Basis:
    paths = ("assets.yaml", "assets.lock", "shop/a.yaml", "public/a.png", "public/b.png", "templates/mug.j2")
    files = {path: content_of(str(root / path), str(root)) or "" for path in paths}
    folders = (str(root.parent / "store/receipts"), str(root.parent / "store/intents"))
    return Basis(files, started, {"shop/*.yaml": ["shop/a.yaml"]}, folders)


def kept(root: Path, started: int = 0) -> None:
    remember(root, OPTIONS, basis(root, started or time.time_ns()), SHOWN)


def edit(path: str) -> Callable[[Path], object]:
    return lambda root: (root / path).write_text("ASSETS.YAML"[: len(path)].ljust(len(path), "x"))


CHANGES: dict[str, Callable[[Path], object]] = {
    "manifest edited": edit("assets.yaml"),
    "include edited": edit("shop/a.yaml"),
    "output edited to the same size": edit("public/a.png"),
    "output gone": lambda root: (root / "public/b.png").unlink(),
    "lock gone": lambda root: (root / "assets.lock").unlink(),
    "output replaced by a folder": lambda root: ((root / "public/b.png").unlink(), (root / "public/b.png").mkdir()),
    "template appeared": lambda root: ((root / "templates").mkdir(), (root / "templates/mug.j2").write_text("x")),
    "include appeared": lambda root: (root / "shop/b.yaml").write_text("x"),
    "receipt appeared": lambda root: (root.parent / "store/receipts/ab/r2.json").write_text("{}"),
    "receipt gone": lambda root: (root.parent / "store/receipts/ab/r1.json").unlink(),
    "intent appeared": lambda root: (
        (root.parent / "store/intents").mkdir(),
        (root.parent / "store/intents/i.json").write_text("{}"),
    ),
}


@pytest.mark.parametrize("started", [0, FUTURE], ids=["just written", "long ago"])
def test_nothing_changed(root: Path, started: int) -> None:
    kept(root, started)
    for _ in range(2):
        assert nothing_to_do(root, OPTIONS) == SHOWN


@pytest.mark.parametrize("started", [0, FUTURE], ids=["just written", "long ago"])
@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_any_change_means_to_plan_afresh(root: Path, change: Callable[[Path], object], started: int) -> None:
    kept(root, started)
    change(root)
    assert nothing_to_do(root, OPTIONS) is None


@pytest.mark.parametrize("other", [{"profile": "draft"}, {"today": "2026-11-22"}, {"new": 1}])
def test_other_options_mean_to_plan_afresh(root: Path, other: dict[str, str]) -> None:
    kept(root)
    assert nothing_to_do(root, OPTIONS | other) is None


def test_a_change_that_no_stat_shows_while_the_plan_was_made(root: Path) -> None:
    """Read by the plan, then changed within the clock's tick, then remembered: the digest is what counts."""
    started, planned = time.time_ns(), basis(root, time.time_ns())
    (root / "public/a.png").write_text("PUBLIC/A.PNG")
    remember(root, OPTIONS, Basis(planned.files, started, planned.globs, planned.folders), SHOWN)
    assert nothing_to_do(root, OPTIONS) is None


def test_files_settle_and_are_read_no_more(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept(root)
    assert json.loads((root / CACHE).read_bytes().split(b"\n")[0])["racy"]
    monkeypatch.setattr(cached.time, "time_ns", lambda: FUTURE)
    assert nothing_to_do(root, OPTIONS) == SHOWN
    head = json.loads((root / CACHE).read_bytes().split(b"\n")[0])
    assert head["racy"] == {}
    assert nothing_to_do(root, OPTIONS) == SHOWN


def test_deleted_it_is_only_not_there(root: Path) -> None:
    kept(root)
    cached.forget(root)
    cached.forget(root)
    assert nothing_to_do(root, OPTIONS) is None


@pytest.mark.parametrize("junk", [b"", b"{}\n[]\n\n", b"[1]\n2\n3\n4", b"\xff" * 99, b"{" * 9999])
def test_junk_is_no_cache(root: Path, junk: bytes) -> None:
    kept(root)
    (root / CACHE).write_bytes(junk)
    assert nothing_to_do(root, OPTIONS) is None


def test_nowhere_to_write_is_no_error(root: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (root / ".imagepipe").symlink_to(tmp_path / "elsewhere")
    kept(root)
    assert not os.listdir(tmp_path / "elsewhere")


def test_an_absolute_path_is_the_users_own_file(root: Path, tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    remember(root, OPTIONS, Basis({str(config): ""}, time.time_ns()), SHOWN)
    assert nothing_to_do(root, OPTIONS) == SHOWN
    config.write_text("[budget]")
    assert nothing_to_do(root, OPTIONS) is None


def test_it_imports_nothing_heavy() -> None:
    heavy = {
        "yaml",
        "jinja2",
        "jsonschema",
        "asyncio",
        "PIL",
        "openai",
        "rich",
        "numpy",
        "imagepipe.planning",
        "imagepipe.lock",
    }
    code = f"import sys, imagepipe.pipeline.cached; print(*({heavy!r} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
