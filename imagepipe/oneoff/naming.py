"""Where pictures go: file names out of `--out`, `--out-dir`, a batch's jobs and `--downscale-suffix`. Touches no disk."""

import re
from collections.abc import Callable, Iterable
from pathlib import PurePath

from imagepipe.errors import UsageError
from imagepipe.frozen import frozen
from imagepipe.paths import FORMATS, fold

DEFAULT = "output/imagegen/output"
DEFAULT_FOLDER = "output/imagegen"
_ASKED = ("png", "jpeg", "webp")
"""Formats that every model gives."""
_SLUG_FROM, _SLUG_MOST = 80, 60
_OTHER = re.compile("[^a-z0-9]+")

IsFolder = Callable[[str], bool]
"""Whether a path is a folder that exists."""


@frozen
class Copies:
    """The wish for smaller copies: `most` pixels on the longest side (0: none), `suffix` between stem and extension."""

    most: int = 0
    suffix: str = "-web"


def outputs(out: str, out_dir: str, format: str, n: int, is_folder: IsFolder) -> tuple[str, ...]:
    """The files of one command. Raises UsageError for a suffix of another format."""
    folder = out_dir or (out if out and (out.endswith(("/", "\\")) or is_folder(out)) else "")
    if folder:
        return tuple(str(PurePath(folder) / f"image_{at}.{format}") for at in range(1, n + 1))
    return numbered(fitted(out or DEFAULT, format), n)


def job_outputs(number: int, prompt: str, out: str, format: str, n: int) -> tuple[str, ...]:
    """The files of one job of a batch, under the batch's folder. Raises UsageError for an `out` that leads out of it."""
    own = f"{number:03}-{slug(prompt)}.{format}"
    if not out:
        return numbered(own, n)
    parts = out.replace("\\", "/").split("/")
    if out.startswith(("/", "\\", "~")) or re.match("[A-Za-z]:", out) or ".." in parts:
        message = f"`out` of a job stays under --out-dir, and `{out}` leads out of it"
        raise UsageError(message, hint="name a file, or a folder under --out-dir", code="job-out")
    named = "/".join(part for part in parts if part not in ("", "."))
    if not named or parts[-1] in ("", "."):
        return numbered(f"{named}/{own}" if named else own, n)
    return numbered(fitted(named, format), n)


def fitted(out: str, format: str) -> str:
    """`out` with the extension of the format where it has none. Raises UsageError for that of another format."""
    suffix = PurePath(out).suffix.lower().removeprefix(".")
    if suffix not in FORMATS:
        return f"{out.rstrip('.')}.{format}"
    if FORMATS[suffix] != format:
        hint = f"name it .{format}"
        if FORMATS[suffix] in _ASKED:
            hint += f", or pass --output-format {FORMATS[suffix]}"
        raise UsageError(f"`{out}` would hold a {format} picture", hint=hint, code="suffix-format")
    return out


def numbered(path: str, n: int) -> tuple[str, ...]:
    """The path itself, or stem-1 … stem-n."""
    if n == 1:
        return (path,)
    pure = PurePath(path)
    return tuple(str(pure.with_name(f"{pure.stem}-{at}{pure.suffix}")) for at in range(1, n + 1))


def copy_of(path: str, copies: Copies) -> str:
    """The name of the smaller copy; "" where none is wanted. Raises UsageError for an empty suffix."""
    if not copies.most:
        return ""
    suffix = copies.suffix.strip()
    if not suffix or set(suffix) & set("/\\"):
        hint = "as in --downscale-suffix -web"
        raise UsageError("--downscale-suffix needs a few characters, and no slash", hint=hint, code="downscale-suffix")
    suffix = suffix if suffix.startswith(("-", "_")) else f"-{suffix}"
    pure = PurePath(path)
    return str(pure.with_name(f"{pure.stem}{suffix}{pure.suffix}"))


def slug(prompt: str) -> str:
    """A file name's part out of a prompt: [a-z0-9-], at most 60 characters; `job` where nothing of it is left."""
    words = _OTHER.sub("-", prompt[:_SLUG_FROM].lower()).strip("-")
    return words[:_SLUG_MOST].rstrip("-") or "job"


def twice(paths: Iterable[str]) -> tuple[str, ...]:
    """The paths that are one file with an earlier one, also on a disk that does not tell case apart."""
    seen: set[str] = set()
    found = []
    for path in paths:
        same = fold(str(PurePath(path)))
        found += [path] if same in seen else []
        seen.add(same)
    return tuple(found)


def id_of(path: str, n: int) -> str:
    """A name for a request out of the first file it writes."""
    stem = PurePath(path).stem
    named = _OTHER.sub("-", (stem.removesuffix("-1") if n > 1 else stem).lower()).strip("-")
    return named or "picture"
