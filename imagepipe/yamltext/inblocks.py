"""Slips of the pen in lines: a colon without its space, a dash that is missing, a quote left open, an indentation."""

import re

from yaml._yaml import CParser
from yaml.error import YAMLError
from yaml.tokens import ScalarToken, StreamEndToken

from imagepipe.yamltext.stumbling import Said, Stumble, brief, curly, mark_at, quote_it

_NO_SPACE = re.compile(r"\s*(?:- +)*([A-Za-z_][\w.+-]*):(?!//)(\S.*)$")
_TIGHT = re.compile(r"\s*(?:- +)*([A-Za-z_][\w.+-]*):([\[{\"'])")
_NAMED = re.compile(r"\s*(?:- +)*([^\s:'\"\[{][^:]*): +")
_ODD_SPACE = re.compile("[ \t]*([\u00a0\u2000-\u200b\u202f\u205f\u3000\ufeff])")
_EQUALS = re.compile(r"([\w.+-]+) *=>? *(\S.*)$")
_BLOCK_TEXT = re.compile(r"[:-] +[|>][-+0-9]*\s*(?:#.*)?$")
_ALIGN = "align names of one level"


def odd_space(stumble: Stumble) -> Said | None:
    """A space that is none to YAML at the beginning of a line, as pasted from a page or a chat."""
    opened = stumble.mark if stumble.opened is None else stumble.opened
    for line in sorted({opened.line, stumble.mark.line if stumble.above is None else stumble.above, stumble.mark.line}):
        if found := _ODD_SPACE.match(stumble.lines[line]):
            message = f"this is no plain space (U+{ord(found.group(1)):04X}), and YAML does not indent by it"
            return Said(message, "replace it with spaces from the keyboard", mark_at(line, found.start(1)))
    return None


def beginning(stumble: Stumble) -> Said | None:
    """A value that begins with a tab or with a character that YAML keeps for itself."""
    if "tab character" in stumble.problem:
        return Said("a tab begins this line or value", "indent with spaces", stumble.mark)
    if "cannot start any token" not in stumble.problem:
        return None
    rest = stumble.line[stumble.mark.column :]
    if rest[:1] == "\t":
        return Said("a tab begins this line or value", "indent with spaces", stumble.mark)
    if rest.startswith("```"):
        return Said("a fence of Markdown is not YAML", "remove this line, and the one that closes it", stumble.mark)
    sign = "a backquote" if rest[:1] == "`" else f"`{rest[:1]}`"
    text = "" if rest[-1:] in "]}" else rest
    return Said(f"a text cannot begin with {sign} in YAML", quote_it(text), stumble.mark)


def colon(stumble: Stumble) -> Said | None:
    """A name where none can be: a second one in its line, or one that the line above is not done for."""
    if "mapping values are not allowed" not in stumble.problem:
        return None
    if ": " in stumble.before.strip():
        return _second_colon(stumble)
    if stumble.above is None:
        return None
    if said := _nameless(stumble, stumble.above):
        return said
    message = "this line is indented deeper than the one above, which has a value already"
    return Said(message, _ALIGN, stumble.first_of(stumble.mark.line))


def _second_colon(stumble: Stumble) -> Said | None:
    if found := _TIGHT.match(stumble.line):
        message, hint = "a space is missing after this colon", f"write `{brief(found.group(1))}: {found.group(2)}…`"
        return Said(message, hint, mark_at(stumble.mark.line, found.end(1)))
    found = _NAMED.match(stumble.line)
    if found is None:
        return None
    text = stumble.line[found.end() :].split(" #")[0]
    if said := curly(text, mark_at(stumble.mark.line, found.end())):
        return said
    return Said("a second `: ` in this line confuses YAML", quote_it(text), stumble.mark)


def no_colon(stumble: Stumble) -> Said | None:
    """A line of text where a name and its value are wanted."""
    if "could not find expected ':'" not in stumble.problem or stumble.opened is None:
        return None
    return _nameless(stumble, stumble.opened.line)


def _nameless(stumble: Stumble, line: int) -> Said | None:
    """What is wrong with a line that has no `: ` after a name; nothing where it has one, or names what follows."""
    source = stumble.lines[line].split(" #")[0].rstrip()
    text, start = source.strip(), stumble.first_of(line)
    if found := _NO_SPACE.match(source):
        hint = f"write `{brief(found.group(1))}: {brief(found.group(2))}`"
        return Said("a space is missing after this colon", hint, mark_at(line, found.end(1)))
    if ":" in source:
        return None
    if text.startswith(("//", "/*")):
        return Said("a comment begins with `#` in YAML", "write `# …`", start)
    if found := _EQUALS.match(text):
        return Said("this line has no `: ` after its name", f"write `{found.group(1)}: {brief(found.group(2))}`", start)
    above = next((at for at in range(line - 1, -1, -1) if stumble.lines[at].strip()), None)
    if above is not None and stumble.indent(above) == stumble.indent(line):
        if stumble.lines[above].lstrip().startswith("- "):
            return Said("a `- ` is missing before this", f"write `- {brief(text)}`", start)
        if _BLOCK_TEXT.search(stumble.lines[above]):
            return Said("the text after `|` or `>` must stand deeper than its name", "indent it by two spaces", start)
    hint = "write `name: value`; a text that goes on is indented deeper"
    return Said("this line has no `: ` after its name", hint, start)


def list_item(stumble: Stumble) -> Said | None:
    """A `-` that is missing, or that does not stand below the others."""
    at, here, text = stumble.mark.line, stumble.mark, stumble.line.strip()
    if stumble.before or stumble.opened is None or stumble.above is None:
        return None
    dash = text.startswith("- ")
    if "did not find expected '-'" in stumble.problem:
        if dash:
            return None
        if here.column == stumble.opened.column:
            return Said("a `- ` is missing before this", f"write `- {brief(text)}`", here)
        return Said("the indentation does not fit the lines above", "align it with the names of the same entry", here)
    if "did not find expected key" not in stumble.problem or not dash:
        return None
    if stumble.lines[stumble.above].lstrip().startswith("- ") and stumble.indent(at) != stumble.indent(stumble.above):
        return Said("the indentation of this list does not fit", "align the `-` of one list", here)
    return Said("a list begins here, among names", "begin each of its entries with `- `, or indent it deeper", here)


def open_quote(stumble: Stumble) -> Said | None:
    """A quote that is left open, and closed by the next one, lines below."""
    if "did not find expected" not in stumble.problem or not stumble.before.endswith(("'", '"')):
        return None
    parser, last = CParser(stumble.text), None
    try:
        while (token := parser.get_token()) is not None and type(token) is not StreamEndToken:
            if (token.start_mark.line, token.start_mark.column) >= (stumble.mark.line, stumble.mark.column):
                break
            last = token
    except YAMLError:
        pass
    if not isinstance(last, ScalarToken) or last.start_mark.line == stumble.mark.line:
        return None
    tail = stumble.line[: last.end_mark.column - 1].rstrip()
    if not tail.endswith((":", ",", "[", "{", "-")):
        return None
    message = f"this quote is not closed before the one in line {stumble.mark.line + 1}"
    return Said(message, "close it", last.start_mark)


def after_end(stumble: Stumble) -> Said | None:
    """Text that goes on after a closing quote, mostly an apostrophe, or after a closing bracket."""
    before = stumble.before
    if "did not find expected key" not in stumble.problem:
        return None
    if not before and stumble.above is not None and stumble.indent(stumble.mark.line) > stumble.indent(stumble.above):
        before = stumble.lines[stumble.above].rstrip()
    if before[-1:] not in ("'", '"', "]", "}"):
        return None
    rest = stumble.line[stumble.mark.column :].strip()
    if rest in (",", ";"):
        return Said(f"this `{rest}` separates nothing here", "remove it", stumble.mark)
    if before[-1] in "'\"" and rest.startswith(":"):
        return Said("a space is missing after this colon", "write `: ` after the name", stumble.mark)
    if rest.startswith(", ") and before[-1] in "'\"":
        return Said("a list stands in brackets", "write [one, two], or put the whole text in quotes", stumble.mark)
    if before.endswith("'"):
        hint = "write an apostrophe as '' here, or use double quotes"
    elif before.endswith('"'):
        hint = 'write a quote as \\", or put the whole text in single quotes'
    else:
        hint = "put the text in quotes"
    what = "bracket" if before.endswith(("]", "}")) else "quote"
    return Said(f"the text goes on after its closing {what}", hint, stumble.mark)
