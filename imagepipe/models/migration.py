"""What an asset's options become under another model: the same work, the nearest size, and what cannot come along."""

import math
from collections.abc import Iterator, Mapping
from typing import Any

from imagepipe.frozen import frozen
from imagepipe.models import optionrules, prices, sizes, tokens
from imagepipe.models.capabilities import Model, Parameter
from imagepipe.models.registry import Registry
from imagepipe.values import FrozenMap, Price

_WORK_SIZE = "1024x1024"
_MIDDLE = "medium"


@frozen
class Change:
    """One option that differs. `after` None: it is left out; `before` None: it was not written."""

    option: str
    before: Any
    after: Any
    why: str


@frozen
class Migration:
    """Options carried from one model to another. `needs_preview`: they now use what the target calls a preview.
    `before` and `after` are the prices of one request without its prompt; unknown where a model has none."""

    source: str
    target: str
    options: FrozenMap
    changes: tuple[Change, ...]
    before: Price
    after: Price
    needs_preview: bool = False

    @property
    def delta(self) -> float | None:
        """USD by which a request gets dearer (negative: cheaper); None where a price is unknown."""
        if self.before.high is None or self.after.high is None:
            return None
        return self.after.high - self.before.high


def migrate(registry: Registry, source: Model, target: Model, options: FrozenMap) -> Migration:
    """The options of one asset, defaults filled in, as `target` takes them. Quality goes by equal work (output tokens at
    1024×1024), since one name means different work on different models. Every change is told; none is made elsewhere."""
    after = dict(options)
    changes = [change for name in options if (change := _change(registry, source, target, options, name))]
    for change in changes:
        _apply(after, change)
    for change in list(_stranded(registry, after)):
        changes.append(change)
        _apply(after, change)
    marks = {f"{name}={value}" for name, value in after.items()} | set(after)
    return Migration(
        source.id,
        target.id,
        FrozenMap(after),
        tuple(changes),
        _priced(source, options),
        _priced(target, after),
        bool(marks & target.preview),
    )


def _apply(options: dict[str, Any], change: Change) -> None:
    if change.after is None:
        options.pop(change.option)
    else:
        options[change.option] = change.after


def _priced(model: Model, options: Mapping[str, Any]) -> Price:
    ask = options.get("n", 1)
    return prices.price(model, options, ask=ask if isinstance(ask, int) else 1, prompt_chars=0)


def _change(registry: Registry, source: Model, target: Model, options: FrozenMap, name: str) -> Change | None:
    value, parameter = options[name], registry.parameters.get(name)
    if parameter is None or name in target.options:
        return None
    if name == "quality":
        return _quality(source, target, str(value))
    if name == "size":
        return _size(target, str(value))
    return None if _taken(target, parameter, value) else _left_out(target, parameter, value)


def _taken(target: Model, parameter: Parameter, value: Any) -> bool:
    if parameter.type in ("legacy", "unsent") or not optionrules.takes(target, parameter):
        return False
    return not parameter.values_of or value in target.values_of(parameter.values_of)


def _left_out(target: Model, parameter: Parameter, value: Any) -> Change:
    if parameter.name == "output_format":
        return Change(parameter.name, value, target.formats[0], f"{target.id} makes no {value}")
    if parameter.type in ("legacy", "unsent") or not optionrules.takes(target, parameter):
        return Change(parameter.name, value, None, f"{target.id} takes no {parameter.name}")
    return Change(parameter.name, value, None, f"{target.id} does not take {parameter.name} {value}")


def equal_work(source: Model, target: Model, quality: str) -> str:
    """The quality of `target` whose work is nearest, in proportion, to that of `quality` on `source`. Where either has no
    figures: the same name, else medium."""
    work = _work(source, quality)
    known = [(name, done) for name in target.qualities if (done := _work(target, name))]
    if work and known:
        return min(known, key=lambda item: abs(math.log(item[1] / work)))[0]
    if quality in target.qualities:
        return quality
    return _MIDDLE if _MIDDLE in target.qualities else target.qualities[0]


def _work(model: Model, quality: str) -> int | None:
    span = tokens.output(model, {"size": _WORK_SIZE, "quality": quality})
    return span.low if span else None


def _quality(source: Model, target: Model, quality: str) -> Change | None:
    if quality == "auto" or not target.qualities:
        return None
    other = equal_work(source, target, quality)
    if other == quality:
        return None
    before, after = _work(source, quality), _work(target, other)
    if before and after:
        why = f"{other} of {target.id} is the work of {quality} on {source.id} ({after:,} and {before:,} tokens)"
        return Change("quality", quality, other, why)
    return Change("quality", quality, other, f"{target.id} has no {quality}")


def _size(target: Model, size: str) -> Change | None:
    edges = sizes.parse(size)
    if edges is None or not sizes.faults(target, *edges):
        return None
    return Change("size", size, sizes.nearest(target, *edges), f"{size} is no size of {target.id}")


def _stranded(registry: Registry, options: Mapping[str, Any]) -> Iterator[Change]:
    """Options that lost what they need, such as the compression of a format that is now png."""
    for name, value in options.items():
        parameter = registry.parameters.get(name)
        for need in parameter.needs if parameter else ():
            have = options.get(need.option, optionrules.DEFAULTS.get(need.option))
            if need.value in ("", value) and have not in need.values:
                yield Change(name, value, None, f"it needs {need.option} {' or '.join(map(str, need.values))}")
                break
