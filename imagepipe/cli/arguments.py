"""What several commands take: selections, profile, provider, `--json`; with completion of asset ids."""

from collections.abc import Callable
from dataclasses import fields
from math import isnan, nan
from typing import Any, TypeVar

import click
from click.shell_completion import CompletionItem

import imagepipe
from imagepipe.errors import ImagepipeError
from imagepipe.pipeline.options import PlanOptions

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]
STATES = ("changed", "missing", "failed")


class AssetId(click.types.StringParamType):
    """An asset id; the shell completes it from the manifest."""

    name = "asset"

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """The ids that begin as typed; nothing where the manifest cannot be read."""
        return [CompletionItem(name) for name in self.words(ctx) if name.startswith(incomplete)]

    def words(self, ctx: click.Context) -> list[str]:
        """What may stand here."""
        return [asset.id for asset in _assets(ctx)]


class Number(click.FloatRange):
    """A number within bounds. What is none, and `nan`, which no bound would hold, is said to be none."""

    name = "number"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The number that was typed."""
        try:
            plain = float(value)
        except ValueError:
            plain = nan
        if isnan(plain):
            self.fail(f"'{value}' is not a valid number", param, ctx)
        return super().convert(value, param, ctx)


class Select(AssetId):
    """A selection: id, glob, `tag:x`, `path:…`, `state:…`, `+id`, `id+`."""

    name = "select"

    def words(self, ctx: click.Context) -> list[str]:
        """Ids, tags and states."""
        assets = _assets(ctx)
        tags = sorted({f"tag:{tag}" for asset in assets for tag in asset.tags})
        return [*(asset.id for asset in assets), *tags, *(f"state:{state}" for state in STATES)]


def _assets(ctx: click.Context) -> tuple[Any, ...]:
    given = ctx.find_root().params
    try:
        return imagepipe.load(given.get("directory") or ".", file=given.get("file") or "").assets
    except (ImagepipeError, OSError):
        return ()


def several(name: str, help_text: str) -> Decorator:
    """A repeatable option that takes a selection, never split on commas."""
    return click.option(name, multiple=True, metavar="SELECT", type=Select(), help=help_text)


asset: Decorator = click.argument("asset", metavar="ASSET", type=AssetId())
select: Decorator = click.argument("select", nargs=-1, metavar="[SELECT]...", type=Select())
exclude = several("--exclude", "Leave these out.")
profile: Decorator = click.option("--profile", default="", metavar="NAME", help="Merge a profile over every asset.")
provider: Decorator = click.option(
    "--provider", default="", metavar="NAME", help="Ask this provider instead; `placeholder` draws stand-ins, free."
)
as_json: Decorator = click.option(
    "--json", "as_json", is_flag=True, help="Data on standard output, talk on standard error."
)
output: Decorator = click.option(
    "-o", "--output", default="", metavar="FILE", type=click.Path(dir_okay=False), help="Write to FILE."
)

affected: Decorator = click.option(
    "--affected", default="", metavar="REV", help="Only what changed since this git revision, and what depends on it."
)

WISHES: tuple[Decorator, ...] = (
    affected,
    several("--again", "Ask anew for these, in words that were answered already; kept as further candidates."),
    several("--resend", "Ask again where a request's end is unknown. It may be paid twice."),
    several("--forget", "Give up a request whose end is unknown; it stays counted as spent."),
    click.option("--retry-failed", is_flag=True, help="Ask again for what was refused or failed its checks."),
    click.option("--force", is_flag=True, help="Write over outputs that were edited by hand."),
    click.option("--prune", is_flag=True, help="Remove files that no output writes any more, if unchanged."),
    click.option("--frozen", is_flag=True, help="Restore and finish only; never pay."),
    click.option("--allow-unknown-price", is_flag=True, help="Allow requests whose price is not known."),
)
"""The options that change what a plan decides."""

T = TypeVar("T", bound=PlanOptions)


def wishes(given: dict[str, Any], options: type[T]) -> T:
    """Takes what belongs to the dataclass `options` out of `given`, as a value of it."""
    return options(**{spec.name: given.pop(spec.name) for spec in fields(options) if spec.name in given})


def picked(*decorators: Decorator) -> Decorator:
    """Several decorators as one, in the order in which `--help` lists them."""

    def apply(function: Callable[..., Any]) -> Callable[..., Any]:
        for decorator in reversed(decorators):
            function = decorator(function)
        return function

    return apply
