"""The rules over the images that go with an edit: how many, which formats, how large, and what a mask must be."""

from collections.abc import Collection, Iterator, Mapping

from imagepipe.errors import Problem, Severity
from imagepipe.models.capabilities import Model
from imagepipe.models.optionrules import offered
from imagepipe.models.registry import Registry
from imagepipe.values import Asset, ImageFact, Input

OVERLAYS = ("mask", "markup")
"""Roles that lie over the first image instead of being one of the images."""


def problems(registry: Registry, model: Model, asset: Asset, facts: Mapping[str, ImageFact]) -> Iterator[Problem]:
    """Every violation among the inputs; what is not in `facts` is not judged by its bytes."""
    if not asset.inputs:
        return
    images = [(at, item) for at, item in enumerate(asset.inputs) if item.role not in OVERLAYS]
    overlays = [(at, item) for at, item in enumerate(asset.inputs) if item.role in OVERLAYS]
    yield from _numbers(model, images)
    for at, item in images:
        if fact := _fact(item, facts):
            yield from _image(model, at, item, fact)
    yield from _together(registry, model, overlays)
    yield from _preview(model, asset)
    first = images[0][1] if images else None
    for at, item in overlays:
        if first is None:
            message = f"a {item.role} lies over an image, and there is none"
            yield Problem(f"{item.role}-without-image", ("inputs", at), message, "add an input with role `target`")
        if fact := _fact(item, facts):
            yield from _overlay(model, at, item, fact)
            yield from _same_size(at, item, fact, _fact(first, facts) if first else None)


def _fact(item: Input, facts: Mapping[str, ImageFact]) -> ImageFact | None:
    return facts.get(item.image or item.output or item.asset)


def _name(item: Input) -> str:
    return item.image or item.output or item.asset


def _numbers(model: Model, images: list[tuple[int, Input]]) -> Iterator[Problem]:
    most = model.inputs.most
    if len(images) > most:
        message = f"{len(images)} input images; {model.id} takes at most {most}"
        yield Problem(
            "too-many-inputs", ("inputs", images[most][0]), message, "join some into one sheet, or split the asset"
        )


def _image(model: Model, at: int, item: Input, fact: ImageFact) -> Iterator[Problem]:
    limits = model.inputs
    if not fact.format:
        yield _unreadable(at, item, limits.formats)
    elif fact.format.lower() not in limits.formats:
        message = f"{_name(item)} is {fact.format}; {model.id} takes {', '.join(limits.formats)}"
        yield Problem("input-format", ("inputs", at), message, "convert it first")
    if fact.bytes >= limits.bytes_below:
        yield _too_large("input-too-large", at, item, fact.bytes, limits.bytes_below)


def _unreadable(at: int, item: Input, formats: Collection[str]) -> Problem:
    message = f"{_name(item)} holds no picture that can be read ({', '.join(formats)})"
    return Problem("input-unreadable", ("inputs", at), message, f"save it anew as {next(iter(formats), 'png')}")


def _too_large(code: str, at: int, item: Input, size: int, below: int) -> Problem:
    message = f"{_name(item)} has {size / 1e6:.1f} MB; it must stay under {below / 1e6:g} MB"
    return Problem(code, ("inputs", at), message, "scale it down, or save it with more compression")


def _together(registry: Registry, model: Model, overlays: list[tuple[int, Input]]) -> Iterator[Problem]:
    by_role: dict[str, list[int]] = {}
    for at, item in overlays:
        by_role.setdefault(item.role, []).append(at)
    for role, places in by_role.items():
        if len(places) > 1:
            yield Problem(
                f"two-{role}s", ("inputs", places[1]), f"a request has one {role}, and here are {len(places)}"
            )
    if len(by_role) > 1:
        message = "a mask and a markup do not go together"
        yield Problem("markup-with-mask", ("inputs", by_role["markup"][0]), message, "keep one of them")
    if "markup" in by_role and "markup" not in model.features:
        able = [other.id for other in offered(registry) if "markup" in other.features]
        hint = f"use a mask, or a model that takes it: {', '.join(able)}"
        severity: Severity = "error" if model.documented("features") else "warning"
        yield Problem(
            "markup-unsupported", ("inputs", by_role["markup"][0]), f"{model.id} takes no markup", hint, severity
        )


def _preview(model: Model, asset: Asset) -> Iterator[Problem]:
    at = next((at for at, item in enumerate(asset.inputs) if item.role == "markup"), None)
    if at is not None and not asset.preview and {"markup"} & model.features & model.preview:
        hint = "opt in with `preview: true`, or say where with a mask"
        yield Problem("preview-feature", ("inputs", at), f"a markup is a preview on {model.id}", hint)


def _overlay(model: Model, at: int, item: Input, fact: ImageFact) -> Iterator[Problem]:
    limits = model.inputs
    if not fact.format:
        yield _unreadable(at, item, limits.mask_formats)
    elif fact.format.lower() not in limits.mask_formats:
        message = f"the {item.role} {_name(item)} is {fact.format}; it must be {' or '.join(limits.mask_formats)}"
        yield Problem(f"{item.role}-format", ("inputs", at), message, "save it as PNG")
    elif item.role == "mask" and not fact.has_alpha:
        message = f"the mask {_name(item)} has no alpha channel"
        yield Problem(
            "mask-alpha", ("inputs", at), message, "make the part to edit transparent and save it as PNG with alpha"
        )
    below = limits.mask_bytes_below if item.role == "mask" else limits.bytes_below
    if fact.bytes >= below:
        yield _too_large(f"{item.role}-too-large", at, item, fact.bytes, below)


def _same_size(at: int, item: Input, fact: ImageFact, first: ImageFact | None) -> Iterator[Problem]:
    if first is None or not (fact.format and first.format) or (fact.width, fact.height) == (first.width, first.height):
        return
    message = f"the {item.role} {_name(item)} has {fact.width}x{fact.height} pixels, the first image {first.width}x{first.height}"
    hint = f"scale the {item.role} to {first.width}x{first.height}"
    yield Problem(f"{item.role}-size", ("inputs", at), message, hint)
