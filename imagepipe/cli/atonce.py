"""`imagepipe plan` where nothing is to do and nothing to remark, told in plain text: before click is even imported."""

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import TextIO

from imagepipe.errors import ImagepipeError
from imagepipe.pipeline.cached import nothing_to_do, options_of
from imagepipe.workspace.finding import find_project


def answered(environ: Mapping[str, str], out: TextIO) -> bool:
    """Says "Nothing to do", as the command would, if the last plan said so and nothing has changed since; False, with
    nothing said, wherever more than that one line may be wanted."""
    if out.isatty() or environ.get("FORCE_COLOR"):
        return False
    with suppress(ImagepipeError, OSError, KeyError, TypeError, AttributeError):
        root, name = find_project(Path("."), "")
        shown = nothing_to_do(root, options_of(name)) or {}
        if list(shown["counts"]) == ["keep"] and not (shown["holds"] or shown["notes"] or shown["findings"]):
            out.write(f"Nothing to do: {shown['counts']['keep']} unchanged.\n")
            return True
    return False
