"""Whether a manifest's data has the shape the schema asks for: a fast validator accepts; only what it rejects is worded."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from imagepipe import plugins, schemafiles, yamltext
from imagepipe.errors import Path, Problem
from imagepipe.frozen import frozen

_ROUNDS = 4
_MOST = 50


@frozen
class Shaped:
    """Data that has the right shape, what was wrong with the rest, the ids of assets that lost something by it, and the
    items that lists lost, so that places after them are still found. `hopeless`: so much is wrong that what is left says
    nothing."""

    value: Mapping[str, Any]
    problems: tuple[Problem, ...] = ()
    spoiled: frozenset[str] = frozenset()
    lost: tuple[Path, ...] = ()
    hopeless: bool = False


class Shape:
    """The manifest's schema, ready to judge. The wording of faults is loaded when the first fault is met."""

    def check(self, value: Any) -> Shaped:
        """The part of `value` that has the right shape, and a problem for each thing that has not."""
        if value is None:
            value = {}
        if not isinstance(value, dict):
            message = "the file does not hold `name: value` lines"
            return Shaped({}, (Problem("not-a-manifest", (), message, "begin with `version: 1` and `assets:`"),))
        if _accepts("whole", value):
            return Shaped(value)
        problems: list[Problem] = []
        spoiled: set[str] = set()
        self.lost: list[Path] = []
        self.hopeless = False
        assets = value.get("assets")
        rest = self._mended("whole", {**value, "assets": {}} if isinstance(assets, dict) else value, (), problems)
        if isinstance(assets, dict):
            rest["assets"] = {}
            for name, asset in assets.items():
                if len(problems) > _MOST:
                    self.hopeless = True
                    break
                found = len(problems)
                problems += _worded("names", {name: {}}, ("assets",))
                if not isinstance(asset, dict):
                    problems.append(_no_asset(name, asset))
                mended = self._mended("asset", asset, ("assets", name), problems) if isinstance(asset, dict) else {}
                if len(problems) > found:
                    spoiled.add(name)
                rest["assets"][name] = mended
        return Shaped(rest, tuple(problems), frozenset(spoiled), tuple(self.lost), self.hopeless)

    def _mended(self, part: str, value: Any, path: Path, problems: list[Problem]) -> Any:
        """`value` without what has the wrong shape, whose problems are noted."""
        for round_ in range(_ROUNDS):
            if _accepts(part, value):
                return value
            faults = plugins.resolve("imagepipe.manifest.wording:faults")(_schema(part), value)
            if round_ == 0:
                problems += [fault.problem(path) for fault in faults]
                self.lost += [(*path, *f.culprit) for f in faults if f.culprit and isinstance(f.culprit[-1], int)]
            if len(faults) > _MOST:
                break
            value = _without(value, [fault.culprit for fault in faults])
        self.hopeless = True
        return {}


def _no_asset(name: str, value: Any) -> Problem:
    """What stands among the assets and is none, most often since lines are indented too little."""
    path = ("assets", name)
    if name in _schema("whole")["$defs"]["asset"]["properties"]:
        message = f"`{name}` stands where the id of an asset belongs"
        return Problem("wrong-type", path, message, "indent it deeper than the asset it belongs to", on_key=True)
    kind = plugins.resolve("imagepipe.manifest.wording:described")(value)
    message = f"an asset must be `name: value` lines, not {kind}"
    return Problem("wrong-type", path, message, "write its fields below its id, indented deeper", on_key=value is None)


def _worded(part: str, value: Any, path: Path) -> list[Problem]:
    if _accepts(part, value):
        return []
    faults = plugins.resolve("imagepipe.manifest.wording:faults")(_schema(part), value)
    return [fault.problem(path) for fault in faults]


@cache
def _schema(part: str) -> dict[str, Any]:
    schema = schemafiles.schema("assets")
    if part == "whole":
        return schema
    if part == "names":
        return {"$defs": schema["$defs"], "propertyNames": schema["properties"]["assets"]["propertyNames"]}
    return {"$defs": schema["$defs"], "$ref": f"#/$defs/{part}"}


@cache
def _validator(part: str) -> Any:
    return validator_of(_schema(part))


def validator_of(schema: dict[str, Any]) -> Any:
    """The fast validator for a schema."""
    plugins.resolve("decimal:Decimal")  # else it is loaded from within, where a Ctrl-C is not an interrupt but a panic
    return plugins.resolve("jsonschema_rs:validator_for")(schema)


def _accepts(part: str, value: Any) -> bool:
    """The fast validator takes exact floats alone: a number that remembers how it was written is made one first, where
    it can be that which is at fault; outside `assets` before anything else, since budgets are written as 5.00."""
    validator = _validator(part)
    if _is_valid(validator, value):
        return True
    if isinstance(value, dict) and isinstance(value.get("assets"), dict):
        rest = {name: item if name == "assets" else _exact(item) for name, item in value.items()}
        if _is_valid(validator, rest):
            return True
    return _is_valid(validator, _exact(value))


def _is_valid(validator: Any, value: Any) -> bool:
    try:
        return bool(validator.is_valid(value))
    except ValueError:
        return False


def _exact(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _exact(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_exact(item) for item in value]
    return float(value) if isinstance(value, yamltext.Number) else value


def _without(value: Any, culprits: list[Path]) -> Any:
    """A copy of `value` without the things at `culprits`."""
    if () in culprits:
        return {}
    heads: dict[str | int, list[Path]] = {}
    for path in culprits:
        heads.setdefault(path[0], []).append(path[1:])
    if isinstance(value, dict):
        kept = ((name, item) for name, item in value.items() if () not in heads.get(name, ()))
        return {name: _without(item, heads[name]) if name in heads else item for name, item in kept}
    if isinstance(value, list):
        rest = ((at, item) for at, item in enumerate(value) if () not in heads.get(at, ()))
        return [_without(item, heads[at]) if at in heads else item for at, item in rest]
    return value
