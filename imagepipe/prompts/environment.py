"""The Jinja environment of templates: no globals, no attributes, our own filters, loops and printing on a budget."""

from collections.abc import Callable, Mapping
from typing import Any

from jinja2 import BaseLoader, StrictUndefined
from jinja2.runtime import LoopContext, Undefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from imagepipe.prompts.allowlist import LOOP_NAMES
from imagepipe.prompts.faults import MAX_STEPS, MAX_WORK, Fault, Unknown
from imagepipe.prompts.fields import Field, Piece
from imagepipe.prompts.filters import FILTERS
from imagepipe.prompts.lookup import entry, text_of

TICK = "imagepipe_tick"
"""The filter that every loop's list goes through; no template can name it."""
WEIGH = "imagepipe_weigh"
"""The same for each side of a comparison."""


class Missing(StrictUndefined):
    """An undefined value: whatever touches it raises Unknown, which knows the name."""

    __slots__ = ()

    @property
    def _undefined_message(self) -> str:
        if isinstance(self._undefined_obj, Mapping | list | tuple | Field):
            entry(self._undefined_obj, self._undefined_name)
        raise Unknown(self._undefined_name, None if self._undefined_hint is None else ())


def _touch(*values: Any) -> None:
    for value in values:
        if isinstance(value, Undefined):
            bool(value)


class Meter:
    """The budget of one rendering: loop passes, and work in all."""

    __slots__ = ("steps", "work")

    def __init__(self) -> None:
        self.steps, self.work = 0, 0

    def reset(self) -> None:
        """Starts a new rendering."""
        self.steps, self.work = 0, 0

    def spend(self, work: int) -> None:
        """Takes from the budget. Raises Fault when it is used up."""
        self.work += work
        if self.steps > MAX_STEPS:
            raise Fault("template-limit", f"the loops take more than {MAX_STEPS:,} steps", "loop over less")
        if self.work > MAX_WORK:
            raise Fault("template-limit", "the loops do too much in each of their steps", "loop over less, or do less")

    def tick(self, value: Any, weight: int) -> list[Any]:
        """The items of a loop, paid for before the first pass; `weight` is how much stands in the loop."""
        _touch(value)
        if not isinstance(value, Mapping | list | tuple | Field):
            raise Fault("template-failed", "this is not a list to loop over", "write it as a list: [one, two]")
        self.steps += len(value)
        self.spend(len(value) * weight)
        return list(value)

    def weigh(self, value: Any) -> Any:
        """A side of a comparison, paid for by its size."""
        self.spend(_size(value))
        return value

    def metered(self, filter_name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """A filter that pays for the text it makes, and keeps a field's name on it."""

        def filtered(value: Any, *args: Any, **options: Any) -> Any:
            if filter_name != "default":
                _touch(value)
            _touch(*args, *options.values())
            self.spend(4 * len(value) if isinstance(value, list | tuple | Mapping) else 1)
            try:
                result = function(value, *args, **options)
            except TypeError:
                raise Fault("template-failed", f"the filter `{filter_name}` was given the wrong arguments") from None
            self.spend(len(result) if isinstance(result, str | list) else 1)
            name = value.name if isinstance(value, Field) else value.field if isinstance(value, Piece) else ""
            return Piece(result, name) if name and isinstance(result, str) else result

        return filtered


def _size(value: Any) -> int:
    """What it takes to compare a value, in steps."""
    if isinstance(value, list | tuple):
        return 1 + sum(map(_size, value))
    if isinstance(value, Mapping):
        return 1 + sum(map(_size, value.values()))
    return 1 + len(str(value)) // 100 if isinstance(value, str | Field) else 1


def _printed(value: Any) -> str:
    _touch(value)
    return text_of(value)


class Bars(ImmutableSandboxedEnvironment):
    """The environment; `meter` is reset before each rendering."""

    def __init__(self, loader: BaseLoader) -> None:
        super().__init__(
            loader=loader,
            undefined=Missing,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            optimized=False,
            finalize=_printed,
            auto_reload=False,
        )
        self.meter = Meter()
        self.globals.clear()
        self.tests = {name: self.tests[name] for name in ("defined", "undefined")}
        self.filters = {name: self.meter.metered(name, function) for name, function in FILTERS.items()}
        self.filters |= {TICK: self.meter.tick, WEIGH: self.meter.weigh}

    def getattr(self, obj: Any, attribute: str) -> Any:
        """An entry of a map, or one of the few facts of `loop`; else undefined."""
        if isinstance(obj, LoopContext):
            return getattr(obj, attribute) if attribute in LOOP_NAMES else self.undefined("loop", name=attribute)
        return self.getitem(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        """An entry of a map or list; else undefined."""
        _touch(obj, argument)
        try:
            return entry(obj, argument.text if isinstance(argument, Field) else argument)
        except Unknown:
            return self.undefined("entry", obj=obj, name=argument)
