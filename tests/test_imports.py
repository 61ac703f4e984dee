"""What is imported when: nothing heavy before it is needed, seen in the modules of a real process."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.project import Project
from tests.server import ImageServer

PROBE = """
import json, sys
sys.argv = ["imagepipe", *{arguments!r}]
from imagepipe.__main__ import main
try:
    code = main()
finally:
    names = {{name.partition(".")[0] for name in sys.modules}} | set(sys.modules)
    sys.stderr.write("\\nMODULES " + json.dumps(sorted(names)))
sys.exit(code)
"""


def modules(*arguments: str) -> set[str]:
    """The modules in memory at the end of a command that succeeds."""
    done = subprocess.run(
        [sys.executable, "-c", PROBE.format(arguments=list(arguments))], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stderr.rpartition("MODULES ")[2]))


@pytest.mark.parametrize("arguments", [("--version",), ("--help",), ("plan", "--help"), ("build", "--help")])
def test_version_and_help_are_light(arguments: tuple[str, ...]) -> None:
    heavy = {"openai", "PIL", "jinja2", "yaml", "jsonschema", "jsonschema_rs", "asyncio", "numpy", "rich"}
    assert not modules(*arguments) & heavy


def test_version_loads_not_even_click() -> None:
    assert "click" not in modules("--version")


@pytest.fixture
def shop(tmp_path: Path, api: ImageServer) -> Project:
    return Project(tmp_path).write()


def test_a_plan_needs_neither_sdk_nor_pillow(shop: Project) -> None:
    assert not modules("-C", str(shop.root), "plan") & {"openai", "PIL", "numpy", "imagepipe.yamltext.complaints"}


@pytest.mark.parametrize("command", ["plan", "build", "check"])
def test_nothing_to_do_reads_next_to_nothing(shop: Project, command: str) -> None:
    ran = shop.run("build", "--yes")
    assert ran.code == 0, ran.text
    used = modules("-C", str(shop.root), command)
    assert not used & {"openai", "PIL", "jinja2", "jsonschema", "jsonschema_rs", "asyncio", "yaml", "numpy", "rich"}


def test_a_changed_manifest_is_read_again(shop: Project) -> None:
    shop.run("build", "--yes")
    shop.edit("one matte mug", "one glossy mug")
    assert "yaml" in modules("-C", str(shop.root), "plan")


def test_deleting_the_cache_gives_the_same_plan(shop: Project) -> None:
    shop.run("build", "--yes")
    quiet = shop.run("plan")
    for path in (shop.root / ".imagepipe/cache").iterdir():
        path.unlink()
    assert shop.run("plan") == quiet
    assert shop.run("plan") == quiet
