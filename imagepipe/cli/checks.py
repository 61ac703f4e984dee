"""What `doctor` looks at: each check takes the site and gives lines; one that breaks says so instead of raising."""

import platform
import shutil
import sys
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from re import match
from typing import Literal

from imagepipe.frozen import frozen
from imagepipe.plugins import resolve
from imagepipe.reports.showtext import size

CHECKS = (
    "imagepipe.cli.checks:python",
    "imagepipe.cli.checks:packages",
    "imagepipe.cli.checks:codecs",
    "imagepipe.cli.checks:git",
    "imagepipe.cli.reach:key",
    "imagepipe.cli.reach:server",
    "imagepipe.cli.checks:disk",
    "imagepipe.cli.keep:manifest",
    "imagepipe.cli.used:models",
    "imagepipe.cli.used:access",
    "imagepipe.cli.keep:store",
    "imagepipe.cli.keep:editor",
)
"""The checks in the order of the page: `check(site) -> list[Check]`."""

_OLDEST = (3, 11)
_LEAST_FREE = 500_000_000


@frozen
class Site:
    """What is looked at: the folder, the manifest named with `-f`, the environment; `offline` opens no connection."""

    directory: Path
    file: str
    environ: Mapping[str, str]
    offline: bool


@frozen
class Check:
    """One line: what was looked at, how it is, and what to do where it is not well."""

    name: str
    state: Literal["ok", "warn", "fail"]
    message: str
    hint: str = ""


def python(site: Site) -> list[Check]:
    """The interpreter's version."""
    text = f"{platform.python_version()} on {platform.system()} {platform.machine()}"
    if sys.version_info[:2] < _OLDEST:
        return [Check("Python", "fail", text, "install Python 3.11 or later")]
    return [Check("Python", "ok", text)]


def packages(site: Site) -> list[Check]:
    """The packages that imagepipe needs, by their installed versions."""
    missing, found = [], []
    for name in _required():
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            missing.append(name)
    if missing:
        return [Check("Packages", "fail", f"missing: {', '.join(missing)}", f"pip install {' '.join(missing)}")]
    return [Check("Packages", "ok", ", ".join(found))]


_FALLBACK = ("click", "jinja2", "jsonschema", "openai", "pillow", "platformdirs", "pyyaml", "rich")


def _required() -> tuple[str, ...]:
    try:
        lines = requires("imagepipe") or []
    except PackageNotFoundError:
        return _FALLBACK
    names = (match(r"[A-Za-z0-9_.-]+", text) for text in lines if "extra ==" not in text)
    return tuple(found.group() for found in names if found)


def codecs(site: Site) -> list[Check]:
    """The formats that Pillow can read and write here."""
    try:
        features = resolve("PIL.features")
    except ImportError:
        return [Check("Pillow", "fail", "cannot be imported", "pip install --force-reinstall pillow")]
    wanted = {"zlib": "png", "jpg": "jpeg", "webp": "webp", "avif": "avif"}
    have = [name for codec, name in wanted.items() if features.check(codec)]
    lacking = [name for name in wanted.values() if name not in have]
    if lacking:
        hint = "pip install --upgrade pillow (its wheels bring all of them)"
        return [Check("Pillow", "warn", f"{', '.join(have)}; not {', '.join(lacking)}", hint)]
    return [Check("Pillow", "ok", ", ".join(have))]


def git(site: Site) -> list[Check]:
    """Whether git is there: `diff` and `log` read revisions with it."""
    found = shutil.which("git", path=site.environ.get("PATH"))
    if found:
        return [Check("git", "ok", found)]
    return [Check("git", "warn", "not found", "install git: imagepipe diff and log read revisions with it")]


def disk(site: Site) -> list[Check]:
    """Free space where the project is."""
    try:
        free = shutil.disk_usage(site.directory).free
    except OSError as error:
        return [Check("Disk", "fail", f"{site.directory}: {error.strerror}", "start in a folder that exists")]
    if free < _LEAST_FREE:
        return [Check("Disk", "warn", f"{size(free)} free", "make room: an answer takes up to 64 MB while it arrives")]
    return [Check("Disk", "ok", f"{size(free)} free")]
