"""What `imagepipe models` shows, as values: one row a model, and all that is known of one."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from imagepipe.frozen import frozen
from imagepipe.models import prices, sizes
from imagepipe.models.capabilities import Model, Sizes
from imagepipe.models.registry import Registry
from imagepipe.models.retirement import Retirement, retirement
from imagepipe.values import FrozenMap

HEAD = ("MODEL", "STATUS", "SIZES", "QUALITIES", "1024x1024")


@frozen
class Row:
    """One model on one day. `costs` is quality → USD of a picture of `priced_at` without its prompt (None: unknown)."""

    model: Model
    end: Retirement
    priced_at: str
    costs: FrozenMap

    @property
    def estimated(self) -> tuple[str, ...]:
        """The figures that are not the provider's own, sorted."""
        figures = {name for name, said in self.model.confidence.items() if said != "documented"}
        return tuple(sorted(figures | (set() if self.end.documented else {"end"})))


def overview(registry: Registry, today: date) -> tuple[Row, ...]:
    """A row for every model, in the registry's order: newest first, gone ones last."""
    return tuple(row_of(model, today) for model in registry.models.values())


def row_of(model: Model, today: date) -> Row:
    """The row of one model."""
    size = sizes.nearest(model, 1024, 1024)
    costs = {quality: _cost(model, size, quality) for quality in model.qualities}
    return Row(model, retirement(model, today), size, FrozenMap(costs))


def _cost(model: Model, size: str, quality: str) -> float | None:
    return prices.price(model, {"size": size, "quality": quality}, ask=1, prompt_chars=0).high


def cells(row: Row) -> tuple[str, ...]:
    """A row as text under `HEAD`; what is estimated has a ~ before it."""
    model = row.model
    mark = "" if model.documented("qualities") else "~"
    known = [usd for usd in row.costs.values() if usd is not None]
    costs = " ".join(f"{quality} {_usd(usd, model)}" for quality, usd in row.costs.items()) if known else "unknown"
    return (
        model.id,
        _status(row.end),
        ("" if model.documented("sizes") else "~") + _sizes(model.sizes),
        mark + " ".join(model.qualities),
        costs,
    )


def _usd(usd: float | None, model: Model) -> str:
    if usd is None:
        return "?"
    return f"{'~' if prices.estimated(model) else ''}${usd:.3f}"


def _status(end: Retirement) -> str:
    if end.days is None:
        return "current"
    if end.days <= 0:
        return f"ended {end.date}" if end.documented else f"ended ~{end.date}"
    return f"ends in {end.days} day{'s' if end.days > 1 else ''} ({'' if end.documented else '~'}{end.date})"


def _sizes(rule: Sizes) -> str:
    if rule.kind == "fixed":
        return " ".join(rule.values)
    return f"up to {rule.longest}, multiples of {rule.multiple}"


def details(row: Row) -> tuple[tuple[str, str], ...]:
    """All that is known of one model: (label, text), in reading order."""
    model = row.model
    lines: list[tuple[str, str]] = [
        ("status", row.end.text),
        ("replacements", ", ".join(model.replacements)),
        ("snapshots", ", ".join(model.snapshots)),
        ("sizes", _rule(model.sizes)),
        ("qualities", ", ".join(("auto", *model.qualities))),
        ("formats", ", ".join(model.formats)),
        ("backgrounds", ", ".join(model.backgrounds)),
        ("preview", ", ".join(sorted(model.preview))),
        ("input_fidelity", ", ".join(model.fidelity) or "never sent"),
        ("features", ", ".join(sorted(model.features))),
        (
            "inputs",
            f"up to {model.inputs.most} ({', '.join(model.inputs.formats)})" if "edits" in model.features else "none",
        ),
        ("pictures a request", f"{model.n[0]} to {model.n[1]}"),
        ("prices", _price_list(model)),
        (f"a {row.priced_at}", cells(row)[-1]),
        ("estimated", ", ".join(row.estimated)),
    ]
    return tuple((label, text) for label, text in lines if text)


def _rule(rule: Sizes) -> str:
    if rule.kind == "fixed":
        return f"{', '.join(rule.values)} or auto"
    bounds = (
        f"{rule.least_pixels:,} to {rule.most_pixels:,} pixels"
        if rule.most_pixels
        else f"from {rule.least_pixels:,} pixels"
    )
    return f"auto, or edges in multiples of {rule.multiple} up to {rule.longest}, at most {rule.ratio:g}:1, {bounds}"


def _price_list(model: Model) -> str:
    said = model.prices
    if said is None:
        return "unknown"
    if said.per_image is not None:
        return f"${said.per_image:g} a picture"
    return (
        f"$ a million tokens: text in {said.text_in:g} (cached {said.text_cached:g}), "
        f"image in {said.image_in:g} (cached {said.image_cached:g}), image out {said.image_out:g}"
    )


def as_json(registry: Registry, rows: Iterable[Row]) -> dict[str, Any]:
    """Rows in the form of `schemas/models-list.schema.json`; USD unrounded."""
    return {"version": 1, "checked": registry.checked.isoformat(), "models": [_json(row) for row in rows]}


def _json(row: Row) -> dict[str, Any]:
    model = row.model
    return {
        "id": model.id,
        "family": model.family,
        "status": row.end.state,
        "end": row.end.date.isoformat() if row.end.date else None,
        "days": row.end.days,
        "documented_end": row.end.documented,
        "replacements": list(model.replacements),
        "snapshots": list(model.snapshots),
        "sizes": _sizes_json(model.sizes),
        "qualities": list(model.qualities),
        "formats": list(model.formats),
        "backgrounds": list(model.backgrounds),
        "preview": sorted(model.preview),
        "input_fidelity": list(model.fidelity),
        "features": sorted(model.features),
        "cost": {"size": row.priced_at, "usd": dict(row.costs)},
        "estimated": list(row.estimated),
    }


def _sizes_json(rule: Sizes) -> dict[str, Any]:
    if rule.kind == "fixed":
        return {"kind": "fixed", "values": list(rule.values)}
    bounds = ("multiple", "longest", "ratio", "least_pixels", "most_pixels", "experimental_above")
    return {"kind": "flexible", **{name: getattr(rule, name) for name in bounds}}
