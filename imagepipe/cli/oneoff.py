"""What the one-off commands share: their options, the way from a typed line to errands, and how these are run."""

import os
import sys
from collections.abc import Callable, Generator, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from imagepipe.cli import arguments
from imagepipe.cli.console import open_console
from imagepipe.cli.session import Session
from imagepipe.cli.telling import tell
from imagepipe.errors import Finding, ManifestError, Problem, Refused, UsageError
from imagepipe.errors import Place as At
from imagepipe.events import Event
from imagepipe.frozen import frozen
from imagepipe.models.registry import Registry, registry
from imagepipe.oneoff import naming
from imagepipe.oneoff.errands import Errand, payload
from imagepipe.oneoff.naming import Copies
from imagepipe.oneoff.wishes import FIELDS, MODEL, OPTIONS, Wish, judged
from imagepipe.pipeline.around import settings_of, today_utc
from imagepipe.pipeline.options import BuildOptions
from imagepipe.plugins import resolve
from imagepipe.prompts.lint import AS_IT_COMES
from imagepipe.reports import findingstext
from imagepipe.reports.safetext import data
from imagepipe.values import FrozenMap

ROAD = "imagepipe.pipeline.oneoffs"
"""Loaded only where something is to be sent, or images must be measured: a dry run needs neither engine nor store."""


@frozen
class Manner:
    """How a command is done: everything typed that is not about the picture itself."""

    copies: Copies
    provider: str = "openai"
    dry_run: bool = False
    force: bool = False
    again: bool = False
    options: BuildOptions = BuildOptions()


prompt = arguments.picked(
    click.option("--prompt", metavar="TEXT", help="What the picture shows; taken literally."),
    click.option("--prompt-file", metavar="FILE", help="Read the prompt from FILE; - is standard input."),
)

wish = arguments.picked(
    click.option("--model", default=MODEL, metavar="ID", show_default=True, help="The model to ask."),
    click.option("--n", type=int, metavar="N", help="How many pictures, 1 to 10. Default: 1."),
    click.option("--size", metavar="WxH", help="WIDTHxHEIGHT in pixels, or auto. Default: auto."),
    click.option("--quality", metavar="NAME", help="low, medium, high or auto; some models have more. Default: medium."),
    click.option("--background", metavar="NAME", help="transparent, opaque or auto."),
    click.option("--output-format", metavar="NAME", help="png, jpeg (or jpg), webp; gif, svg with --preview. Default: png."),
    click.option("--output-compression", type=int, metavar="N", help="0 to 100, for jpeg and webp."),
    click.option("--moderation", metavar="NAME", help="auto or low; not for edits."),
    click.option("--augment/--no-augment", default=True, help="Put the words under labels. Default: on."),
    *(
        click.option(f"--{name.replace('_', '-')}", name, metavar="TEXT", help=told)
        for name, told in zip(
            FIELDS,
            (
                "The kind of picture (see `imagepipe use-cases`).", "The scene or backdrop.", "The subject.",
                "Style or medium.", "Composition or framing.", "Lighting or mood.", "Colour palette.",
                "Materials or textures.", "Words to be read in the picture, verbatim.", "What must hold.",
                "What to avoid.",
            ),
            strict=True,
        )
    ),
    click.option("--preview", is_flag=True, help="Allow what the provider calls a preview."),
)  # fmt: skip

names = arguments.picked(
    click.option("--out", default="", metavar="FILE", help="The file to write. Default: output/imagegen/output.png."),
    click.option("--out-dir", default="", metavar="DIR", help="Write image_1.png, image_2.png … into DIR."),
)

manner = arguments.picked(
    click.option("--force", is_flag=True, help="Write over files that are there."),
    click.option("--dry-run", is_flag=True, help="Print what would be sent, as JSON; no key, no network, no file."),
    click.option("--downscale-max-dim", type=click.IntRange(min=1), metavar="PX", help="A smaller copy beside each picture."),
    click.option("--downscale-suffix", default="-web", metavar="TEXT", help="The copy's suffix. Default: -web."),
    click.option("--provider", default="openai", metavar="NAME", help="Whom to ask; placeholder draws stand-ins, free."),
    click.option("--again", is_flag=True, help="Ask anew, and pay, for words that were answered already."),
    click.option("--yes", "-y", is_flag=True, help="Pay without asking."),
    click.option("--max-cost", type=arguments.Number(min=0), metavar="USD", help="Spend no more, at worst price."),
    click.option("--allow-unknown-price", is_flag=True, help="Allow requests whose price is not known."),
    click.option("--allow-pull-request", is_flag=True, help="Pay in CI on a pull-request event."),
    arguments.as_json,
)  # fmt: skip


def manner_of(given: dict[str, Any]) -> Manner:
    """Takes how it is to be done out of what was typed."""
    copies = Copies(given.pop("downscale_max_dim") or 0, given.pop("downscale_suffix"))
    named = {name: given.pop(name) for name in ("provider", "dry_run", "force", "again")}
    given.pop("as_json", None)
    return Manner(copies, options=arguments.wishes(given, BuildOptions), **named)


def wish_of(given: dict[str, Any], **more: Any) -> Wish:
    """Takes the request out of what was typed."""
    fields = {name: value for name in FIELDS if (value := given.pop(name)) is not None}
    options = {name: value for name in OPTIONS if (value := given.pop(name, None)) is not None}
    kept = {name: given.pop(name) for name in ("model", "augment", "preview")}
    return Wish(fields=FrozenMap(fields), options=FrozenMap(options), **kept, **more)


def prompt_of(text: str | None, file: str | None) -> str:
    """The prompt, from the command line, a file or standard input. Raises UsageError."""
    if (text is None) == (file is None):
        what = "both --prompt and --prompt-file are given" if text is not None else "there is no prompt"
        raise UsageError(what, hint="give --prompt TEXT, or --prompt-file FILE (- for standard input)", code="usage")
    found = text if file is None else read_text(file)
    if found is None or not found.strip():
        raise UsageError("the prompt is empty", hint="say in a sentence what the picture shows", code="blank-request")
    return found.strip()


def read_text(file: str) -> str:
    """A text file, or standard input for `-`. Raises UsageError."""
    try:
        raw = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
        return raw.decode("utf-8-sig")
    except OSError as error:
        raise UsageError(f"cannot read {file}: {error.strerror}", hint="name a text file", code="usage") from None
    except UnicodeDecodeError:
        raise UsageError(f"{file} is not UTF-8 text", hint="save it as UTF-8", code="not-utf8") from None


def known_models() -> Registry:
    """The models, with the user's own."""
    return registry(settings_of(os.environ).models)


def errand_of(id: str, asked: Wish, outputs: tuple[str, ...], copies: Copies, at: At | None = None) -> Errand:
    """The errand of a wish, judged by its model's rules. Raises ManifestError with everything that is wrong with it."""
    facts = resolve(ROAD).measured((*asked.images, *((asked.mask,) if asked.mask else ()))) if asked.images else {}
    words, problems = judged(asked, known_models(), today_utc(), facts)
    findings = [finding_of(problem, at) for problem in problems if problem.severity == "error"]
    if copies.most and asked.format in AS_IT_COMES:
        message = f"no smaller copy can be made of {AS_IT_COMES[asked.format]} ({asked.format})"
        findings.append(Finding("steps-need-pixels", message, at, "leave out --downscale-max-dim, or ask for png"))
    if words is None or findings:
        raise ManifestError(findings)
    small = tuple(naming.copy_of(path, copies) for path in outputs) if copies.most else ()
    return Errand(id, asked, words, outputs, small, copies.most)


def finding_of(problem: Problem, at: At | None = None) -> Finding:
    """A problem of a request, at the line where it was typed if it was in a file."""
    return Finding(problem.code, problem.message, at, problem.hint, problem.severity)


def warn(session: Session, wishes: Iterable[Wish]) -> None:
    """Says what a person should know that stops nothing, each thing once."""
    known, today = known_models(), today_utc()
    found = [
        finding_of(item) for asked in wishes for item in judged(asked, known, today)[1] if item.severity != "error"
    ]
    session.terminal.say(findingstext.brief(tuple(dict.fromkeys(found)), session.terminal.talk_ink))


def require_single(errands: Sequence[Errand]) -> None:
    """Raises UsageError where two pictures would be one file."""
    double = naming.twice(path for errand in errands for path in errand.files)
    if double:
        listed = "".join(f"\n{path}" for path in double)
        hint = "give each job an `out` of its own, or the copies another --downscale-suffix"
        raise UsageError(f"two pictures would be one file:{listed}", hint=hint, code="duplicate-output")


def show(session: Session, shown: Any) -> int:
    """Prints payloads."""
    session.terminal.put(data(shown) + "\n")
    return 0


def payloads(errands: Iterable[Errand]) -> list[dict[str, Any]]:
    """What would be sent, request by request."""
    return [payload(errand) for errand in errands]


def do(session: Session, errands: Sequence[Errand], how: Manner) -> int:
    """Runs the errands; where the sum needs a yes and a person is there, asks. The exit code of the build."""
    road = resolve(ROAD)
    require_single(errands)
    road.require_free([path for errand in errands for path in errand.files], force=how.force)

    def start(options: BuildOptions) -> Generator[Event, None, None]:
        found: Generator[Event, None, None] = road.run(
            errands, road.Asking(options, how.provider, how.again, how.force)
        )
        return found

    try:
        return watch(session, [errand.id for errand in errands], lambda: start(how.options))
    except Refused as refusal:
        if session.json or not (refusal.question and "--yes" in refusal.question.choices):
            raise
        if not session.terminal.ask(f"{refusal.message[:1].upper()}{refusal.message[1:]}. Pay it?"):
            raise
    return watch(session, [errand.id for errand in errands], lambda: start(replace(how.options, yes=True)))


def watch(session: Session, ids: Iterable[str], start: Callable[[], Generator[Event, None, None]]) -> int:
    """Tells the events as they come."""
    last = tell(start(), open_console(session, ids), resolve(ROAD).left_by_us)
    return last.exit_code if last else 0
