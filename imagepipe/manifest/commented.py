"""Values that are lost because YAML takes `#` after a space for the beginning of a comment: a colour, mostly."""

import re

from imagepipe.errors import Path, Place, Problem

CODE = "lost-in-comment"
_ANYWHERE = re.compile(rb": +#\S")
_AFTER = re.compile(r"\s*(#[^\s,\]}]+)")


def problem(path: Path) -> Problem:
    """The remark on a value that is nothing; to be told only where `lost` finds something behind it."""
    message = "what stands here is lost: `#` after a space begins a comment"
    return Problem("lost-in-comment", path, message, "put the text in quotes", "warning")


def possible(data: bytes) -> bool:
    """Whether a file has a comment where a value could be: cheap, so that blank fields alone cost no look for places."""
    return _ANYWHERE.search(data) is not None


def lost(place: Place) -> str:
    """What stands in a comment behind a value that is nothing."""
    found = _AFTER.match(place.source, place.column - 1)
    return found.group(1) if found else ""


def hint(text: str, code: str) -> str:
    """How to write it, and why where the message does not say it."""
    why = "" if code == CODE else ", since `#` after a space begins a comment"
    return f'put it in quotes{why}: "{text}"'
