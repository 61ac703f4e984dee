"""The command line as a whole: what starts quickly, what is listed, how mistakes are told."""

import os
import subprocess
import sys
from pathlib import Path

import click
import pytest

from imagepipe import __main__, __version__
from imagepipe.cli import COMMANDS
from imagepipe.plugins import resolve
from tests.cli.running import environment, modules_after, run

HEAVY = {"openai", "PIL", "jinja2", "yaml", "jsonschema", "jsonschema_rs", "numpy", "rich", "asyncio"}


def calling(*args: str) -> str:
    return f"sys.argv = {['imagepipe', *args]!r}\nfrom imagepipe.__main__ import main\nmain()"


@pytest.mark.parametrize("args", [["--version"], ["--help"], [], ["plna"], ["-C", "x", "--help"]])
def test_what_needs_nothing_imports_nothing_heavy(args: list[str], tmp_path: Path) -> None:
    assert not modules_after(calling(*args), tmp_path) & HEAVY


def test_version_imports_not_even_click(tmp_path: Path) -> None:
    assert "click" not in modules_after(calling("--version"), tmp_path)


@pytest.mark.parametrize("args", [("--version",), ("-V",), ("-C", ".", "--version")])
def test_version(args: tuple[str, ...], tmp_path: Path) -> None:
    assert run(*args, cwd=tmp_path).out == f"imagepipe {__version__}\n"


def test_help_lists_every_command_with_what_it_does(tmp_path: Path) -> None:
    listed = " ".join(run("--help", cwd=tmp_path).out.split())
    for name, row in COMMANDS.items():
        assert f"{name} {row.summary}" in listed


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_has_help_of_its_own(name: str) -> None:
    command = resolve(COMMANDS[name].module).command
    assert command.help
    assert all(param.help for param in command.params if isinstance(param, click.Option))


def test_help_fits_eighty_columns(tmp_path: Path) -> None:
    assert max(map(len, run("--help", cwd=tmp_path).out.splitlines())) <= 80


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (("biuld",), "did you mean `build`?"),
        (("frobnicate",), "imagepipe --help"),
        (("plan", "--verbsoe"), "--verbose"),
        (("show",), "ASSET"),
        (("schema", "gallery"), "gallery"),
        (("-C",), "-C"),
    ],
)
def test_bad_usage_is_one_clear_message_and_exit_2(args: tuple[str, ...], told: str, tmp_path: Path) -> None:
    ran = run(*args, cwd=tmp_path)
    assert (ran.code, ran.out) == (2, "")
    assert told in ran.err
    assert ran.err.startswith("error: ")


@pytest.mark.parametrize("command", ["validate", "plan", "build", "check", "status", "show x", "why x"])
def test_no_project_is_one_clear_message_and_exit_2(command: str, tmp_path: Path) -> None:
    ran = run(*command.split(), cwd=tmp_path)
    assert ran.code == 2
    assert "assets.yaml" in ran.err
    assert "imagepipe init" in ran.err
    assert not list(tmp_path.iterdir())


def test_with_json_a_refusal_is_data_on_standard_output(tmp_path: Path) -> None:
    ran = run("plan", "--json", cwd=tmp_path)
    assert ran.code == ran.data["error"]["exit_code"] == 2
    assert ran.data["error"]["code"] == "no-manifest"


def test_a_reader_that_goes_away_is_no_error(tmp_path: Path) -> None:
    shell = f"{sys.executable} -m imagepipe use-cases | head -n 1; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(
        ["bash", "-c", shell], cwd=tmp_path, env=environment(), capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count("\n") == 1


def test_a_stream_without_unicode_gets_ascii(tmp_path: Path) -> None:
    ran = run("use-cases", cwd=tmp_path, PYTHONUTF8="0", PYTHONIOENCODING="ascii")
    assert ran.code == 0
    assert ran.out.isascii()


def test_colour_only_where_it_is_wanted(tmp_path: Path) -> None:
    assert "\x1b" not in run("use-cases", cwd=tmp_path).out
    assert "\x1b" in run("use-cases", cwd=tmp_path, FORCE_COLOR="1").out
    assert "\x1b" not in run("use-cases", cwd=tmp_path, FORCE_COLOR="1", NO_COLOR="1").out


def test_ctrl_c_before_anything_is_loaded_is_no_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(name: str) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(__main__, "import_module", interrupted)
    with pytest.raises(SystemExit) as ended:
        __main__.process()
    assert ended.value.code == 130


@pytest.mark.skipif(os.name == "nt", reason="the shell's way to close a stream")
@pytest.mark.parametrize("command", ["plan", "use-cases --json"])
def test_a_closed_stream_is_as_good_as_none(tmp_path: Path, command: str) -> None:
    line = f'exec "{sys.executable}" -m imagepipe {command} <&- >&-'
    ran = subprocess.run(
        ["sh", "-c", line], cwd=tmp_path, env=environment(), stderr=subprocess.PIPE, text=True, check=False
    )
    assert "Traceback" not in ran.stderr
    assert (ran.returncode, "no-manifest" in ran.stderr) == ((2, True) if command == "plan" else (0, False))
