"""Every command line in the documentation is one: its command and its options exist and take what they are given."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from imagepipe.cli import COMMANDS
from imagepipe.cli.explain import explanations
from imagepipe.cli.program import program
from tests.docs.pages import PAGES, ROOT, blocks, name_of, text_of

_CODE = re.compile(r"(?<!`)`([^`\n]+(?:\n[^`\n]+)?)`(?!`)")
_LINE = re.compile(r"(?:^|[\s/(])imagepipe (?=[a-z-])(.*)")
_OPTION = re.compile(r"^(--[a-z][a-z-]*)(?:[ /].*)?$")


def contexts(command: click.Command, name: str = "") -> Iterator[click.Context]:
    context = click.Context(command, info_name=name, resilient_parsing=True)
    yield context
    if isinstance(command, click.Group):
        for sub in command.list_commands(context):
            found = command.get_command(context, sub)
            if found:
                yield from contexts(found, sub)


OPTIONS = {
    option
    for context in contexts(program)
    for parameter in context.command.get_params(context)
    if isinstance(parameter, click.Option)
    for option in (*parameter.opts, *parameter.secondary_opts)
}


def without_fences(text: str) -> str:
    return re.sub(r"^```.*?^```$", "", text, flags=re.DOTALL | re.MULTILINE)


def lines(text: str) -> Iterator[str]:
    """What follows `imagepipe` in code and in the fences of shells and workflows."""
    spoken = _CODE.findall(without_fences(text))
    typed = [line for block in blocks(text) if block.kind in ("sh", "yaml", "text") for line in block.body.splitlines()]
    shown = [
        line for block in blocks(text) if block.kind == "console" for line in block.body.splitlines() if line[:1] == "$"
    ]
    for line in (*spoken, *typed, *shown):
        if "#" in line.partition("imagepipe")[0] or line.lstrip().startswith("import "):
            continue
        if found := _LINE.search(line.replace("\n", " ")):
            yield re.split(r"\s(?:#|\||&&|;|>)", found[1])[0].rstrip("`)")


def wrong(line: str) -> str:
    """Why `imagepipe LINE` would be refused for its command or options; empty where it would not."""
    words, command, context = shlex.split(line), program, click.Context(program, resilient_parsing=True)
    try:
        while isinstance(command, click.Group):
            words = command.make_parser(context).parse_args(words)[1]
            if not words or words[0].isupper():
                return ""
            found = command.get_command(context, words[0])
            if found is None:
                return f"no command {words[0]}"
            command, context, words = found, click.Context(found, resilient_parsing=True), words[1:]
        command.make_context(
            command.name, ["1" if word == "N" else word for word in words if word not in ("…", "--help")]
        )
    except click.MissingParameter:
        return ""  # it is spoken of, not typed
    except click.UsageError as error:
        told = error.format_message()
        return "" if told.endswith("requires an argument.") else told
    return ""


WRITTEN = [page for page in PAGES if page.parent.name != "reference"]
"""The pages that people write: those of the reference come from the program, the codes' examples with a fault in them."""


@pytest.mark.parametrize("page", WRITTEN, ids=name_of)
def test_every_command_line_of_a_page_is_one(page: Path) -> None:
    told = {line: wrong(line) for line in lines(text_of(page))}
    assert {line: fault for line, fault in told.items() if fault} == {}


def test_every_fix_names_command_lines_that_are_ones() -> None:
    fixes = {line for told in explanations().values() for line in lines(told.fix)}
    assert {line: fault for line in fixes if (fault := wrong(line))} == {}


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_option_in_the_words_of_a_page_exists(page: Path) -> None:
    named = {found[1] for code in _CODE.findall(without_fences(text_of(page))) if (found := _OPTION.match(code))}
    assert named - OPTIONS <= FOREIGN


FOREIGN = {"--help"}


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("biuld", "no command biuld"),
        ("build --maxcost 1", "--maxcost"),
        ("lock mend", "no command mend"),
        ("build --max-cost much", "'much' is not a valid"),
        ("-C shop build --max-cost 1 'tag:web'", ""),
    ],
)
def test_what_is_no_command_line_is_noticed(line: str, fault: str) -> None:
    assert fault in wrong(line)
    assert bool(fault) == bool(wrong(line))


def test_readme_names_every_command() -> None:
    table = text_of(ROOT / "README.md").partition("## Commands")[2].partition("\n## ")[0]
    assert set(COMMANDS) - set(re.findall(r"`([a-z-]+)`", table)) == set()
