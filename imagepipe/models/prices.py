"""What a request costs in USD: before it is sent as a range with a worst case, afterwards from the real usage."""

from collections.abc import Mapping, Sequence
from typing import Any

from imagepipe.models import tokens
from imagepipe.models.capabilities import Model, Prices
from imagepipe.values import EMPTY, Charge, FrozenMap, Price, freeze

UNKNOWN = Price(None, None, None)
BATCH_FACTOR = 0.5
_MILLION = 1_000_000
_MAX_TOKENS = 10**9


def price(
    model: Model,
    options: Mapping[str, Any],
    *,
    ask: int,
    prompt_chars: int,
    inputs: Sequence[tuple[int, int]] = (),
) -> Price:
    """USD for one request for `ask` pictures, with input images of (width, height) pixels. Unknown where the registry has no
    price or no token figures for what is asked. `worst` is what caps reserve: no usage that the rules of tokens.py
    allow bills more."""
    if model.prices is None:
        return UNKNOWN
    guess = estimated(model, inputs)
    if model.prices.per_image is not None:
        flat = model.prices.per_image * ask
        return Price(flat, flat, flat, guess)
    out = tokens.output(model, options)
    if out is None:
        return UNKNOWN
    words = tokens.text(prompt_chars)
    images = tokens.images(model, inputs, str(options.get("input_fidelity", "")))
    return Price(
        _usd(model.prices, words.low, images.low, out.low * ask),
        _usd(model.prices, words.high, images.high, out.high * ask),
        _usd(model.prices, words.worst, images.worst, out.worst * ask),
        guess,
    )


def estimated(model: Model, inputs: Sequence[tuple[int, int]] = ()) -> bool:
    """Whether a price of this model rests on figures that are not the provider's own: to be shown as an estimate."""
    if model.prices is not None and model.prices.per_image is not None:
        return not model.documented("prices")
    return bool(inputs) or not (model.documented("tokens") and model.documented("prices"))


def batched(amount: Price) -> Price:
    """The same request sent through the Batch API: half price."""
    return Price(_half(amount.low), _half(amount.high), _half(amount.worst), amount.estimated)


def _half(usd: float | None) -> float | None:
    return None if usd is None else usd * BATCH_FACTOR


def _usd(prices: Prices, text: int, image: int, out: int) -> float:
    return (text * prices.text_in + image * prices.image_in + out * prices.image_out) / _MILLION


def charge(
    model: Model, options: Mapping[str, Any], usage: Mapping[str, Any], received: int, *, prompt_chars: int = 0
) -> Charge:
    """What an answer with `received` pictures cost, by its `usage`. Where it carries none that can be read, an estimate:
    the high end of the price of as many pictures (input images are not in it). USD None where the price is unknown."""
    said = freeze(usage) if isinstance(usage, Mapping) else EMPTY
    if model.prices is not None and model.prices.per_image is not None:
        return Charge(model.prices.per_image * received, said)
    counted = _counted(model, said)
    if counted is None:
        guess = price(model, options, ask=received, prompt_chars=prompt_chars)
        return Charge(guess.high, said, estimated=True)
    known = model.prices is not None and not said.get("svg_usage") and options.get("output_format") != "svg"
    return Charge(counted if known else None, said)


def _counted(model: Model, usage: FrozenMap) -> float | None:
    """USD by usage, 0.0 for a model without prices; None where the counts are missing or absurd."""
    out, total = _count(usage, "output_tokens"), _count(usage, "input_tokens")
    if out is None or total is None:
        return None
    prices = model.prices or Prices()
    text, image = _split(usage, total)
    cached_text, cached_image = _cached(usage, text, image)
    full = _usd(prices, text - cached_text, image - cached_image, out)
    return full + (cached_text * prices.text_cached + cached_image * prices.image_cached) / _MILLION


def _split(usage: FrozenMap, total: int) -> tuple[int, int]:
    """Text and image input tokens; what the details leave open counts as image, the dearer kind."""
    details = usage.get("input_tokens_details")
    found = details if isinstance(details, Mapping) else EMPTY
    text = min(_count(found, "text_tokens") or 0, total)
    return text, max(total - text, _count(found, "image_tokens") or 0)


def _cached(usage: FrozenMap, text: int, image: int) -> tuple[int, int]:
    """Cached text and image tokens. A bare sum counts as text first, the lesser discount."""
    details = usage.get("input_tokens_details")
    found = details if isinstance(details, Mapping) else EMPTY
    split = found.get("cached_tokens_details")
    if isinstance(split, Mapping):
        return min(_count(split, "text_tokens") or 0, text), min(_count(split, "image_tokens") or 0, image)
    bare = _count(found, "cached_tokens") or 0
    return min(bare, text), min(max(bare - text, 0), image)


def _count(usage: Mapping[str, Any], name: str) -> int | None:
    value = usage.get(name)
    whole = isinstance(value, int) and not isinstance(value, bool)
    return value if whole and 0 <= value < _MAX_TOKENS else None  # type: ignore[operator]
