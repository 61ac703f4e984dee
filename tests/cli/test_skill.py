"""The agent skill: it installs whole, says only what is true, and its examples are valid."""

import re
import tomllib
from pathlib import Path
from typing import Any

import click
import pytest
import yaml
from PIL import Image

from imagepipe.cli import COMMANDS
from imagepipe.cli.program import program
from imagepipe.cli.skill import FOLDER, contents
from imagepipe.plugins import resolve
from imagepipe.prompts.usecases import USE_CASES
from tests.cli.running import ROOT, run
from tests.project import Project

PAGES = sorted(path for path in FOLDER.rglob("*.md"))
SPAN, SHELL = re.compile(r"`([^`\n]+)`"), re.compile(r"```sh\n(.*?)```", re.DOTALL)
COMMAND = re.compile(r"imagepipe ([a-z-]+)(.*)")
OPTION = re.compile(r"(?<![\w-])(--?[a-z][a-z-]*)")


def spans(path: Path) -> list[str]:
    """Everything in code type, and every line of a shell example."""
    text = path.read_text(encoding="utf-8")
    return SPAN.findall(text) + [line for block in SHELL.findall(text) for line in block.splitlines()]


def options_of(command: click.Command) -> set[str]:
    found = {name for param in command.params for name in (*param.opts, *param.secondary_opts)}
    if isinstance(command, click.Group):
        found |= {name for inner in command.commands.values() for name in options_of(inner)}
    return found


def every_option() -> set[str]:
    commands = [resolve(listed.module).command for name, listed in COMMANDS.items() if name in named()]
    return options_of(program).union(*map(options_of, commands))


def named() -> set[str]:
    """The commands that the skill names."""
    return {found[1] for page in PAGES for span in spans(page) if (found := COMMAND.match(span))}


def test_every_command_and_option_exists() -> None:
    assert {"plan", "build", "generate", "edit", "cutout", "import"} <= named() <= set(COMMANDS)
    for page in PAGES:
        for span in spans(page):
            if found := COMMAND.match(span):
                known = options_of(resolve(COMMANDS[found[1]].module).command)
                words = re.sub('"[^"]*"', "", found[2])
                assert set(OPTION.findall(words)) <= known, (page.name, span)
            elif span.startswith("--"):
                assert span.split()[0] in every_option(), (page.name, span)


def test_every_page_it_sends_to_is_there() -> None:
    for page in PAGES:
        for link in re.findall(r"`(references/[^`]+)`", page.read_text(encoding="utf-8")):
            assert (FOLDER / link).is_file(), link
    links = re.findall(r"`(references/[^`]+)`", (FOLDER / "SKILL.md").read_text(encoding="utf-8"))
    assert {f"references/{path.name}" for path in PAGES if path.parent != FOLDER} == set(links)


def frontmatter(text: str) -> Any:
    return yaml.safe_load(text.split("---\n")[1])


def test_its_name_and_description_are_found() -> None:
    head = frontmatter((FOLDER / "SKILL.md").read_text(encoding="utf-8"))
    assert set(head) == {"name", "description"}
    assert head["name"] == "imagepipe"
    assert 50 < len(head["description"]) < 1024


def test_the_agents_card() -> None:
    card = yaml.safe_load((FOLDER / "agents/openai.yaml").read_text(encoding="utf-8"))["interface"]
    assert {"display_name", "short_description", "default_prompt", "icon_small", "icon_large"} == set(card)
    assert all((FOLDER / card[name]).is_file() for name in ("icon_small", "icon_large"))
    with Image.open(FOLDER / card["icon_large"]) as icon:
        assert icon.size == (256, 256)


def test_its_examples_are_valid(tmp_path: Path) -> None:
    text = (FOLDER / "references/declaring.md").read_text(encoding="utf-8")
    first, second = re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)
    (tmp_path / "refs").mkdir()
    Image.new("RGB", (8, 8)).save(tmp_path / "refs/lamp.jpg")
    ran = Project(tmp_path).write(f"version: 1\n{first}{second}").run("validate")
    assert ran.code == 0, ran.text
    assert set(re.findall(r"use_case: (\S+)", text)) <= set(USE_CASES)


def test_it_installs_whole_and_again(tmp_path: Path) -> None:
    for _ in range(2):
        assert run("skill", "install", ".claude/skills", cwd=tmp_path).code == 0
    target = tmp_path / ".claude/skills/imagepipe"
    assert {p.relative_to(target).as_posix() for p in target.rglob("*") if p.is_file()} == {n for n, _ in contents()}
    assert (target / "SKILL.md").read_bytes() == (FOLDER / "SKILL.md").read_bytes()


def test_a_changed_file_stays_without_force(tmp_path: Path) -> None:
    run("skill", "install", cwd=tmp_path)
    page = tmp_path / ".agents/skills/imagepipe/SKILL.md"
    page.write_text("mine")
    ran = run("skill", "install", cwd=tmp_path)
    assert (ran.code, "SKILL.md" in ran.err, page.read_text()) == (2, True, "mine")
    assert run("skill", "install", "--force", cwd=tmp_path).code == 0
    assert page.read_text(encoding="utf-8").startswith("---")


@pytest.mark.parametrize("path", ["SKILL.md", "agents/openai.yaml", "assets/icon.svg", "assets/icon.png"])
def test_the_wheel_takes_the_whole_package(path: str) -> None:
    packed = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert packed["packages"] == ["imagepipe"]
    assert path in dict(contents())
