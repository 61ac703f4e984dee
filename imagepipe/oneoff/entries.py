"""Assets as manifest text: what `--save-as` and `import` write, so that a plan of it sends the very same payload. Pure."""

import re
from collections.abc import Iterable, Mapping

from imagepipe.errors import UsageError
from imagepipe.oneoff.errands import Errand
from imagepipe.prompts import substitution
from imagepipe.prompts.usecases import USE_CASES

HEAD = "# yaml-language-server: $schema=.imagepipe/assets.schema.json\nversion: 1\nassets:\n"
"""How a new manifest begins."""
_ID = re.compile(r"[a-z0-9][a-z0-9._-]*\Z")
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9 .()/_-]*[A-Za-z0-9.)]\Z")
_TYPED = ("true", "false", "null")
_NUMBER = re.compile(r"[0-9][0-9.e_-]*\Z")
_ASSETS = re.compile(r"assets:\s*(#.*)?\Z")
_CHILD = re.compile(r"( +)[^\s#]")


def checked_id(id: str) -> str:
    """The id itself. Raises UsageError for one that no asset can have."""
    if _ID.match(id):
        return id
    hint = "as in mug-hero: lower case letters, digits, dots, hyphens and underscores"
    raise UsageError(f"`{id}` cannot be the id of an asset", hint=hint, code="save-id")


def ids_of(errand: Errand) -> tuple[str, ...]:
    """The asset of each of an errand's files: one and the same request, each with the picture it takes."""
    if len(errand.outputs) == 1:
        return (errand.id,)
    return tuple(f"{errand.id}-{at}" for at in range(1, len(errand.outputs) + 1))


def entry(
    errand: Errand, at: int = 0, more: Mapping[str, str] | None = None, emptied: Iterable[str] | None = ()
) -> list[str]:
    """The lines of one asset, indented as under `assets:`: that of the errand's picture `at`, counted from 0. `more` are
    further fields, their values as YAML. `emptied` are fields of the prompt that the manifest's defaults give and this
    one has not; None: it is one text, which no default reaches."""
    wish, many = errand.wish, len(errand.outputs) > 1
    lines = [f"{_key(ids_of(errand)[at])}:", *(f"  {name}: {value}" for name, value in (more or {}).items())]
    lines += _prompt(errand, emptied)
    lines += [f"  model: {text(wish.model)}"]
    lines += [f"  options: {{{', '.join(f'{name}: {scalar(value)}' for name, value in wish.request.items())}}}"]
    if wish.images:
        lines += ["  inputs:"]
        lines += [f"    - {{image: {text(path)}, role: {role}}}" for path, role in _roles(wish.images)]
    lines += [f"  mask: {text(wish.mask)}"] if wish.mask else []
    lines += ["  preview: true"] if wish.preview else []
    lines += [f"  pick: {at + 1}"] if many else []
    lines += _outputs(errand, at)
    return [f"  {line}" for line in lines]


def _key(id: str) -> str:
    """An id as a YAML key: quoted where it would be read as a number or the like."""
    return f'"{id}"' if id in _TYPED or _NUMBER.match(id) else id


def _roles(images: Iterable[str]) -> list[tuple[str, str]]:
    return [(path, "reference" if at else "target") for at, path in enumerate(images)]


def given(errand: Errand) -> dict[str, str]:
    """The fields of the prompt that the errand's words are made of."""
    fields = {"use_case": str(errand.wish.fields.get("use_case", "")), "request": errand.wish.prompt}
    fields |= {"avoid" if name == "negative" else name: str(value) for name, value in errand.wish.fields.items()}
    return {name: value for name, value in fields.items() if value.strip()}


def _prompt(errand: Errand, emptied: Iterable[str] | None) -> list[str]:
    """As fields where a manifest says the same with them; else as one text, to which nothing is added."""
    wish, fields = errand.wish, given(errand)
    own = fields.get("use_case", "") not in ("", *USE_CASES)
    if emptied is None or not wish.augment or wish.images or wish.mask or own:
        return [f"  prompt: {text(_literal(errand.words.text))}"]
    lines = [f"    {name}: {text(_literal(value))}" for name, value in fields.items()]
    return ["  prompt:", *lines, *(f"    {name}: []" for name in emptied)]


def _outputs(errand: Errand, at: int) -> list[str]:
    if not errand.copies:
        return [f"  output: {text(errand.outputs[at])}"]
    small = f"{{resize: {{width: {errand.most}, height: {errand.most}, enlarge: false}}}}"
    copy = f"    - {{path: {text(errand.copies[at])}, steps: [{small}]}}"
    return ["  outputs:", f"    - path: {text(errand.outputs[at])}", copy]


def _literal(value: str) -> str:
    """Words that a template must not read. Raises UsageError where they cannot be kept from it."""
    if substitution.is_plain(value):
        return value
    if "endraw" in value:
        hint = "leave `endraw` out of the text, or write the asset by hand"
        raise UsageError("a text with template code and `endraw` cannot be saved", hint=hint, code="save-text")
    return f"{{% raw %}}{value}{{% endraw %}}"


def scalar(value: object) -> str:
    """An option's value: numbers as they are, names plain, everything else quoted."""
    return text(value) if isinstance(value, str) else str(value)


def text(value: str) -> str:
    """A text as a YAML scalar on one line: plain where nothing can be mistaken, else in double quotes."""
    if _PLAIN.match(value) and value not in _TYPED:
        return value
    return '"' + "".join(_escaped(character) for character in value) + '"'


def _escaped(character: str) -> str:
    if character in '"\\':
        return f"\\{character}"
    if character.isprintable():
        return character
    code = ord(character)
    return "\\n" if character == "\n" else f"\\u{code:04x}" if code < 65536 else f"\\U{code:08x}"


def spliced(manifest: str, entries: Iterable[list[str]]) -> str:
    """The manifest with further assets behind its last one; comments and everything else stay as they are.

    Raises UsageError for one whose `assets:` is not a block of its own.
    """
    lines = manifest.rstrip("\n").split("\n")
    start = next((at for at, line in enumerate(lines) if _ASSETS.match(line.rstrip("\r"))), None)
    if start is None:
        hint = "write `assets:` on a line of its own, with an asset a block below it, or choose another file with -o"
        raise UsageError("the manifest has no block of assets to add to", hint=hint, code="save-manifest")
    end = next((at for at in range(start + 1, len(lines)) if re.match(r"[^\s#]", lines[at])), len(lines))
    while end > start + 1 and (not lines[end - 1].strip() or lines[end - 1].startswith("#")):
        end -= 1
    child = next((found for line in lines[start + 1 : end] if (found := _CHILD.match(line))), None)
    indent = child[1] if child else "  "
    new = [indent + line[2:] for lines_of in entries for line in lines_of]
    return "\n".join([*lines[:end], *new, *lines[end:]]) + "\n"
