"""Registry entries as data become the values that rules and prices read."""

from collections.abc import Mapping
from typing import Any

from imagepipe.models.capabilities import Inputs, InputTokens, Model, Need, Parameter, Prices, Sizes, Status, Tokens
from imagepipe.values import freeze


def model_of(name: str, raw: Mapping[str, Any], *, listed: bool = True) -> Model:
    """The model an entry (its family's traits merged under it) describes."""
    status = raw.get("status", {})
    return Model(
        id=name,
        family=str(raw["family"]),
        status=Status(
            status.get("state", "current"),
            status.get("date", ""),
            status.get("confidence", "documented") == "documented",
        ),
        sizes=_sizes(raw["sizes"]),
        qualities=tuple(raw["qualities"]),
        formats=tuple(raw["formats"]),
        backgrounds=tuple(raw["backgrounds"]),
        fidelity=tuple(raw["fidelity"]),
        preview=frozenset(raw["preview"]),
        features=frozenset(raw["features"]),
        options=frozenset(raw.get("options", ())),
        inputs=Inputs(**{trait: _tuples(value) for trait, value in raw["inputs"].items()}),
        n=(raw["n"][0], raw["n"][1]),
        prompt_chars=raw["prompt_chars"],
        confidence=freeze(raw["confidence"]),
        prices=Prices(**raw["prices"]) if raw["prices"] else None,
        tokens=_tokens(raw["tokens"]) if raw["tokens"] else None,
        snapshots=tuple(raw.get("snapshots", ())),
        aliases=tuple(raw.get("aliases", ())),
        replacements=tuple(raw.get("replacements", ())),
        listed=listed,
    )


def parameter_of(name: str, raw: Mapping[str, Any]) -> Parameter:
    """One entry of the table of options."""
    needs = tuple(Need(**{trait: _tuples(value) for trait, value in need.items()}) for need in raw.get("needs", ()))
    rest = {trait: freeze(value) for trait, value in raw.items() if trait != "needs"}
    return Parameter(name=name, needs=needs, **rest)


def _tuples(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _sizes(raw: Mapping[str, Any]) -> Sizes:
    return Sizes(**{trait: _tuples(value) for trait, value in raw.items()})


def _tokens(raw: Mapping[str, Any]) -> Tokens:
    rest = {trait: freeze(value) for trait, value in raw.items() if trait != "input_image"}
    if "input_image" in raw:
        rest["input_image"] = InputTokens(**raw["input_image"])
    return Tokens(**rest)
