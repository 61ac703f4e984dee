"""`imagepipe cutout`: a picture's flat key colour removed, real transparency left, by the step of the same name."""

import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click

from imagepipe.cli.session import Session
from imagepipe.errors import ImagepipeError, UsageError
from imagepipe.frozen import frozen
from imagepipe.paths import FORMATS, suffix_of
from imagepipe.plugins import resolve
from imagepipe.reports.safetext import line

CUT = "imagepipe.pipeline.cutting:cut"
"""Loaded only when there is something to cut: it needs Pillow and NumPy."""
_OPTIONS = ("mode", "tolerance", "soft_matte", "transparent_threshold", "opaque_threshold", "edge_feather",
            "edge_contract", "despill", "subject", "holes")  # fmt: skip
_KEY = "#00ff00"
_IN_HINT = re.compile(rf"`(key|{'|'.join(_OPTIONS)})(?:: ([a-z0-9]+))?`")


@frozen
class Arguments:
    """One command line; `options` as in cutout.json."""

    source: str
    target: str
    options: Mapping[str, Any]
    force: bool = False


@click.command(short_help="Remove a flat key colour.")
@click.argument("source", metavar="IN", required=False, default="")
@click.argument("target", metavar="OUT", required=False, default="")
@click.option("--input", "named_source", default="", metavar="IN", help="The same as the first name.")
@click.option("--out", "named_target", default="", metavar="OUT", help="The same as the second name: .png or .webp.")
@click.option(
    "--mode", type=click.Choice(["unmix", "classic"]), default="unmix", help="classic: as small scripts do it."
)
@click.option("--key-color", metavar="#RRGGBB", help=f"The key colour. Default in classic: {_KEY}.")
@click.option(
    "--auto-key", type=click.Choice(["none", "corners", "border"]), help="Measure the key. Default in unmix: border."
)
@click.option(
    "--tolerance", type=click.FloatRange(0, 255), default=12, metavar="N", help="How near is key. Default: 12."
)
@click.option("--soft-matte", is_flag=True, help="classic: a ramp between the two thresholds.")
@click.option("--transparent-threshold", type=click.FloatRange(0, 255), default=12, metavar="N", help="Default: 12.")
@click.option("--opaque-threshold", type=click.FloatRange(0, 255), default=96, metavar="N", help="Default: 96.")
@click.option("--edge-feather", type=click.FloatRange(0, 64), default=0, metavar="PX", help="Blur the edge.")
@click.option("--edge-contract", type=click.IntRange(0, 16), default=0, metavar="PX", help="Move the edge inward.")
@click.option("--despill", "--spill-cleanup", "despill", is_flag=True, help="classic: take the key out of soft pixels.")
@click.option(
    "--subject", type=click.Choice(["opaque", "translucent"]), default="opaque", help="unmix: solid, or glass."
)
@click.option(
    "--holes", type=click.Choice(["cut", "keep"]), default="cut", help="unmix: keep what the border cannot reach."
)
@click.option("--force", is_flag=True, help="Write over a file that is there.")
@click.pass_obj
def command(session: Session, /, **given: Any) -> int:
    """Remove the flat key colour of IN and write OUT, a .png or a lossless .webp with real transparency.

    A key that is not flat is an error, never a guess. Needs no key and no network.
    """
    return run(session, arguments(given))


def arguments(given: Mapping[str, Any]) -> Arguments:
    """The command line as a value. Raises UsageError for names that are missing, doubled or of another format."""
    source = _one(given["source"], given["named_source"], "IN", "--input")
    target = _one(given["target"], given["named_target"], "OUT", "--out")
    if FORMATS.get(suffix_of(target)) not in ("png", "webp"):
        hint = "end it in .png or .webp"
        raise UsageError(f"{target}: a cutout is written as png or webp", hint=hint, code="suffix-format")
    options = {name: given[name] for name in _OPTIONS} | _key(given)
    return Arguments(source, target, options, given["force"])


def _one(typed: str, named: str, place: str, option: str) -> str:
    if bool(typed) == bool(named):
        what = f"{place} and {option} are both given" if typed else f"{place} is missing"
        raise UsageError(what, hint="imagepipe cutout IN OUT", code="usage")
    return typed or named


def _key(given: Mapping[str, Any]) -> dict[str, str]:
    """The key as the step takes it: measured where that is asked for, or where unmix is told no colour."""
    colour, auto = given["key_color"], given["auto_key"]
    if auto is None:
        auto = "border" if given["mode"] == "unmix" and not colour else "none"
    return {"key": colour or _KEY} if auto == "none" else {"key": "auto", "auto": auto}


def run(session: Session, args: Arguments) -> int:
    """Cuts out, and says what was written."""
    if os.path.lexists(args.target) and not args.force:
        hint = "choose another name, or overwrite it with --force"
        raise UsageError(f"{args.target} is there already", hint=hint, code="file-exists")
    cut: Callable[[Path, Path, Mapping[str, Any]], tuple[int, int]] = resolve(CUT)
    try:
        width, height = cut(Path(args.source), Path(args.target), args.options)
    except ImagepipeError as error:
        error.hint = _IN_HINT.sub(_typed, error.hint)
        raise
    session.terminal.put(f"{line(args.target)}: {width}×{height}, cut out\n")
    return 0


def _typed(found: re.Match[str]) -> str:
    """An option as the step calls it, with its value if it has one, as one types it here."""
    name = "key-color" if found[1] == "key" else found[1].replace("_", "-")
    return f"`--{name} {found[2]}`" if found[2] else f"`--{name}`"
