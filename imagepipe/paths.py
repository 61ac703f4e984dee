"""Project-relative paths as text: what may be named in a manifest, and when two names are one file. Touches no disk."""

import re
import unicodedata
from functools import lru_cache

_RESERVED = re.compile(r"(?i)^(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(\.|$)")
_SHORT = re.compile(r"(?i)~[0-9]+(\.|$)")
_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f-\x9f<>:"|?*\\\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]')
_ORDINARY = re.compile(
    r"(?i)(?:(?!(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:[./]|$))[a-z0-9_][a-z0-9_-]*(?:[./]|$))+(?<![./])", re.ASCII
)
"""Nearly every path there is, told to be without fault at one look."""
_MAX_PART, _MAX_PATH = 255, 1000


def fault_of(path: str, *, climb: bool = False, pattern: bool = False) -> str:
    """Why `path` may not be named, as a phrase; "" if it may. `climb` allows leading `..`, `pattern` globs."""
    if len(path) < _MAX_PART and _ORDINARY.fullmatch(path):
        return ""
    if not path or not path.strip():
        return "is empty"
    if path.startswith(("/", "~")) or re.match(r"^[A-Za-z]:", path):
        return "is not relative to the project"
    if "\\" in path:
        return "uses a backslash; write / between folders"
    if len(path.encode("utf-8", "surrogatepass")) > _MAX_PATH:
        return f"is longer than {_MAX_PATH} bytes"
    parts = path.split("/")
    while climb and parts and parts[0] == "..":
        parts = parts[1:]
    return next((fault for part in parts if (fault := _part_fault(part, pattern))), "")


@lru_cache(maxsize=65536)
def _part_fault(part: str, pattern: bool) -> str:
    if part in ("", "."):
        return "has an empty or `.` folder name in it"
    if part == "..":
        return "climbs out with `..`"
    text = part.replace("*", "").replace("?", "") if pattern else part
    if found := _FORBIDDEN.search(text):
        return f"holds the character U+{ord(found.group()):04X}, which file systems or terminals treat specially"
    if any("\ud800" <= character <= "\udfff" for character in part):
        return "is not valid Unicode"
    if _RESERVED.match(part):
        return f"uses `{part}`, a name that Windows reserves"
    if _SHORT.search(part):
        return f"uses `{part}`, which looks like a Windows 8.3 short name"
    if part.endswith((".", " ")) or part.startswith(" "):
        return f"has a name that begins or ends in a space or dot: `{part}`"
    if len(part.encode("utf-8")) > _MAX_PART:
        return f"has a name longer than {_MAX_PART} bytes"
    return f"is inside `{part}`" if fold(part) in (".git", ".imagepipe") else ""


def fold(path: str) -> str:
    """The form under which two names are one file on a case-insensitive, Unicode-normalising disk."""
    if path.isascii():
        return path.lower()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", path).casefold())


def suffix_of(path: str) -> str:
    """The extension, lower case, without the dot: "jpg" for "a/b.JPG", "" for none."""
    name = path.rsplit("/", 1)[-1]
    return name.rsplit(".", 1)[-1].lower() if "." in name.lstrip(".") else ""


FORMATS = {
    "png": "png",
    "jpg": "jpeg",
    "jpeg": "jpeg",
    "webp": "webp",
    "avif": "avif",
    "gif": "gif",
    "ico": "ico",
    "svg": "svg",
}
"""File extension → the format's name."""


def beside(path: str, name: str) -> str:
    """The path of a file beside another one: `name` is its own name, or an extension such as ".json" instead of its."""
    folder, slash, file = path.rpartition("/")
    return (
        f"{folder}{slash}{file.rpartition('.')[0] or file}{name}" if name.startswith(".") else f"{folder}{slash}{name}"
    )


def glob_pattern(pattern: str) -> re.Pattern[str]:
    """A glob as a compiled expression over project-relative paths: `*` and `?` stay inside a folder, `**` crosses them.

    What follows a wildcard is taken where it comes first, and never looked for again (atomic groups): else a pattern
    of many wildcards, which a stranger may have written, would try them all against each other.
    """
    text = re.sub(r"(?:\*\*/)+", "**/", re.sub(r"\*{3,}", "**", pattern))
    first, *rest = _CROSSING.split(text)
    done = _inside(first, not rest)
    for index in range(0, len(rest), 2):
        free = ".*?" if rest[index] == "**" else "(?:.*?/)??"
        done += f"(?>{free}{_inside(rest[index + 1], index + 2 == len(rest))})"
    return re.compile(done, re.DOTALL)


_CROSSING = re.compile(r"((?:(?<![^/])\*\*/)|\*\*)")


def _inside(text: str, last: bool) -> str:
    """A piece of a glob without `**`, as an expression; the `last` one ends where the path does."""
    first, *rest = [re.escape(piece).replace(r"\?", "[^/]") for piece in text.split("*")]
    end = r"\Z" if last else ""
    if not rest:
        return first + end
    return first + "".join(f"(?>[^/]*?{piece})" for piece in rest[:-1]) + f"(?>[^/]*?{rest[-1]}{end})"
