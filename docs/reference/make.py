"""Writes the reference pages from the program itself: commands from click, fields from the schemas, codes from their books.

Run from the checkout after changing any of these: `.venv/bin/python docs/reference/make.py`. A test holds the pages to it.
"""

import json
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from html import escape
from pathlib import Path
from typing import Any

import click

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1]))

from imagepipe.cli import COMMANDS  # noqa: E402 - the checkout need not be installed
from imagepipe.cli.explain import BOOKS, explanations  # noqa: E402
from imagepipe.plugins import resolve  # noqa: E402
from imagepipe.schemafiles import schema  # noqa: E402
from imagepipe.steps import STEPS  # noqa: E402

Schema = Mapping[str, Any]
NOTE = "<!-- Made by docs/reference/make.py. Change what it is made of, then run that. -->\n\n"
ROOMS = {
    "cli.roadcodes": "What a command refuses",
    "cli": "The command line and `check`",
    "manifest": "The manifest",
    "prompts": "Prompts and templates",
    "models": "Models and options",
    "planning": "The plan",
    "pipeline": "The project as a whole",
    "execute": "Requests and answers",
    "providers": "Providers",
    "pictures": "Pictures",
    "steps": "Steps and expectations",
    "workspace": "Files of the project",
    "lock": "The lock",
    "store": "The store",
    "settings": "Your own configuration",
    "oneoff": "One-off commands",
}
NAMED = {
    "text": "text", "texts": "text or a list of texts", "line": "text", "id": "an asset id", "name": "a name", "path": "a path",
    "pixels": "pixels", "positive": "a number above 0", "dollars": "US dollars", "vars": "a map", "settings": "fields of an asset",
}  # fmt: skip
SECTIONS = {
    "prompt": ("Prompt", "The labelled fields of `prompt`. Each that is written gives one line, in the order below."),
    "options": ("Options", "What is asked of the model. `imagepipe models MODEL` says what a model takes."),
    "input": ("Inputs", "An entry of `inputs`."),
    "output": ("Outputs", "An entry of `outputs`. A path alone is short for `{path: …}`."),
    "expect": ("Expect", "Checks on a picture or a file. In no key: changing them never makes a picture anew."),
    "budget": ("Budget", "Caps in US dollars, at the worst price. A manifest can only lower what its user allows."),
    "use_case": ("Use cases", "An entry of `use_cases`."),
}


def prose(text: str) -> str:
    """Plain text as Markdown: what would be markup outside of code is taken literally."""
    pieces = re.split(r"(`[^`]*`)", text)
    return "".join(p if p.startswith("`") else re.sub(r"([<*_\\\[\]])", r"\\\1", p) for p in pieces)


def cell(text: str) -> str:
    """Markdown as the cell of a table."""
    text = re.sub(r"`([^`]*\|[^`]*)`", lambda code: f"<code>{escape(code[1], quote=False)}</code>", text)
    return re.sub(r"\s+", " ", text).replace("|", "&#124;").strip()


def table(head: tuple[str, str], rows: list[tuple[str, str]]) -> str:
    """A table of two columns, which is what a phone has room for."""
    lines = [f"| {head[0]} | {head[1]} |", "|---|---|", *(f"| {cell(name)} | {cell(told)} |" for name, told in rows)]
    return "\n".join(lines) + "\n"


def commands() -> str:
    """Every command with its usage, what it does and its options."""
    parts = [
        "# Commands\n",
        "`imagepipe COMMAND --help` prints the same. `imagepipe -C DIR COMMAND` runs as if started in `DIR`, `-f FILE` "
        "names another manifest, `-V` prints the version; they come before the command. What the ends mean: "
        "[exit codes](../exit-codes.md).\n",
    ]
    for section in dict.fromkeys(listed.section for listed in COMMANDS.values()):
        parts.append(f"## {section}\n")
        for name, listed in COMMANDS.items():
            if listed.section == section:
                parts += _command(f"imagepipe {name}", resolve(listed.module).command, 3)
    return "\n".join(parts)


def _command(name: str, command: click.Command, level: int) -> Iterator[str]:
    context = click.Context(command, info_name=name)
    usage = " ".join(command.collect_usage_pieces(context))
    yield f"{'#' * level} {name}\n"
    yield f"```text\n{name} {usage}\n```\n"
    for paragraph in (command.help or "").split("\n\n"):
        yield prose(re.sub(r"\s+", " ", paragraph).strip().replace("\b", "")) + "\n"
    records = [option.get_help_record(context) for option in command.params if isinstance(option, click.Option)]
    rows = [(f"`{names}`", prose(told)) for names, told in filter(None, records)]
    if rows:
        yield table(("option", "what it does"), rows)
    if isinstance(command, click.Group):
        for sub in command.list_commands(context):
            found = command.get_command(context, sub)
            if found:
                yield from _command(f"{name} {sub}", found, level + 1)


def manifest() -> str:
    """Every field of `assets.yaml`."""
    book = schema("assets")
    kinds: Mapping[str, Schema] = book["$defs"]
    parts = [
        "# Fields of the manifest\n",
        "By example: [the manifest](../manifest.md). Your editor shows the same texts as you type; "
        "`imagepipe schema assets` prints the JSON Schema.\n",
        "What is not written is asked for as version 1 of the language says, for ever: provider `openai`, model "
        "`gpt-image-2`, `quality: medium`, `n: 1`, `output_format: png`, and `size: 1024x1024` or the smallest legal size "
        "that covers an exact deliverable.\n",
        "## The file\n",
        _fields(book["properties"], kinds),
        "## An asset\n",
        "`defaults`, `profiles` and an abstract asset take the same fields.\n",
        _fields(kinds["asset"]["properties"], kinds),
    ]
    for name, (title, told) in SECTIONS.items():
        parts += [f"## {title}\n", told + "\n", _fields(kinds[name]["properties"], kinds)]
    return "\n".join(parts)


def _fields(fields: Mapping[str, Schema], kinds: Mapping[str, Schema]) -> str:
    rows = []
    for name, field in fields.items():
        while (target := field.get("$ref", "")).startswith("#/$defs/asset/properties/"):
            field = kinds["asset"]["properties"][target.rsplit("/", 1)[1]] | {
                k: v for k, v in field.items() if k != "$ref"
            }
        rows.append((f"`{name}`", f"{prose(field['description'])}<br>*{takes(field)}*{_example(field)}"))
    return table(("field", "what it says"), rows)


def takes(field: Schema) -> str:
    """What may be written, in words."""
    name = field.get("$ref", "").rsplit("/", 1)[-1]
    if name in SECTIONS:
        return f"[{SECTIONS[name][0].lower()}](#{SECTIONS[name][0].lower().replace(' ', '-')})"
    if name in NAMED:
        return NAMED[name]
    if name:
        return {"step": "[a step](steps.md)", "asset": "[an asset](#an-asset)", "chroma": "`{chroma-key: {key: …}}`"}[
            name
        ]
    if "then" in field:
        return " or ".join(dict.fromkeys((takes(field["else"]), takes(field["then"]))))
    if "enum" in field:
        return ", ".join(f"`{value}`" for value in field["enum"])
    if "const" in field:
        return f"`{field['const']}`"
    return _typed(field)


def _typed(field: Schema) -> str:
    kinds = field.get("type", "anything")
    if isinstance(kinds, list):
        return " or ".join(
            kind.replace("string", "text").replace("integer", "a number").replace("object", "a map") for kind in kinds
        )
    if kinds == "array":
        return "a list" + (f" of: {takes(field['items'])}" if field.get("items") else "")
    if kinds in ("integer", "number"):
        least, most = field.get("minimum"), field.get("maximum")
        word = "a whole number" if kinds == "integer" else "a number"
        return word + (f", {least} to {most}" if least is not None and most is not None else "")
    if kinds == "object" and isinstance(field.get("additionalProperties"), dict):
        inner = takes(field["additionalProperties"])
        return f"a map of name: {inner}" if inner.startswith("[") or inner == "a path" else "a map"
    return {"string": "text", "boolean": "`true` or `false`", "object": "a map"}.get(kinds, kinds)


def _example(field: Schema) -> str:
    found = field.get("examples") or []
    return (
        f", as in `{_flow(found[0])}`"
        if found and not {"enum", "const"} & set(field) and field.get("type") != "boolean"
        else ""
    )


def _flow(value: Any) -> str:
    """A value in one line, as people write YAML."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_flow, value)) + "]"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False) if re.search(r"[:#,\[\]{}]|^$", value) else value
    return json.dumps(value)


def steps() -> str:
    """Every built-in step with its options."""
    parts = [
        "# Steps\n",
        "Local work on a picture: free, repeatable, the same bytes for the same input. They run in the order in which they "
        "are written, those of the asset first, then those of the output: "
        "`steps: [trim, {resize: {width: 800}}, {encode: {quality: 82}}]`. A size or a format that an output asks for adds "
        "the step it needs. A step that gets a new version makes its files anew, at no cost.\n",
    ]
    for name, module in STEPS.items():
        spec = json.loads((HERE.parents[1] / (module.replace(".", "/") + ".json")).read_text(encoding="utf-8"))
        parts += [f"## `{name}`\n", _told(spec) + "\n"]
        fields, needed = spec["options"].get("properties", {}), spec["options"].get("required", [])
        rows = [
            (f"`{key}`", f"{prose(f['description'])}<br>*{takes(f)}*{_default(f, key in needed)}{_example(f)}")
            for key, f in fields.items()
        ]
        if rows:
            parts.append(table(("option", "what it says"), rows))
    return "\n".join(parts)


def _told(spec: Schema) -> str:
    more = {"makes": " Makes several pictures of one.", "takes": " Makes one picture of several."}.get(
        spec.get("many", ""), ""
    )
    beside = (
        f" Writes a {', '.join(f'`{ending}`' for ending in spec['beside'])} beside the picture."
        if spec.get("beside")
        else ""
    )
    return prose(spec["description"]) + more + beside + f" Version {spec['version']}."


def _default(field: Schema, needed: bool) -> str:
    if needed:
        return ", must be given"
    if "default" not in field or isinstance(field.get("type"), list) or "ithout it" in field["description"]:
        return ""
    return f", `{_flow(field['default'])}` if not written"


def diagnostics() -> str:
    """Every code that `imagepipe explain` knows, under the room that gives it."""
    parts = [
        "# Diagnostics\n",
        "What is wrong has a code, in brackets at the end of a message. `imagepipe explain CODE` prints the same as this "
        "page.\n",
    ]
    books = {book.removeprefix("imagepipe.").removesuffix(":CODES").removesuffix(".codes"): book for book in BOOKS}
    told, listed = explanations(), set[str]()
    for room in sorted(books, key=lambda name: (list(ROOMS).index(name) if name in ROOMS else len(ROOMS), name)):
        parts.append(f"## {ROOMS.get(room, room.capitalize())}\n")
        for code in sorted(set(resolve(books[room])) - listed):
            parts += [f"### {code}\n", _paragraphs(told[code].means), f"```text\n{told[code].example.strip()}\n```\n"]
            parts.append(f"**Fix.** {_paragraphs(told[code].fix)}")
            listed.add(code)
    return "\n".join(parts)


def _paragraphs(text: str) -> str:
    return prose(text.strip()).replace("\n", "\n\n") + "\n"


PAGES: dict[str, Callable[[], str]] = {
    "commands.md": commands, "manifest.md": manifest, "steps.md": steps, "diagnostics.md": diagnostics,
}  # fmt: skip


def pages() -> dict[str, str]:
    """File name → text of every page."""
    return {name: NOTE + make() for name, make in PAGES.items()}


if __name__ == "__main__":
    for name, text in pages().items():
        (HERE / name).write_text(text, encoding="utf-8")
