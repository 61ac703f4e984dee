"""The matte of the usual small scripts, integer for integer (ONE_OFFS.md, classic), by look-up tables."""

import numpy as np
from numpy.typing import NDArray

from imagepipe.frozen import frozen
from imagepipe.steps.cutout.keys import classic_key, spill_channels
from imagepipe.steps.cutout.settings import Rgb, Settings
from imagepipe.steps.cutout.sheets import Bytes, Sheet, stripes

_NOISE_FLOOR = 8
_DESPILL_BELOW = 252
_KEY_LIKE_DISTANCE = 32
_KEY_LIKE_DOMINANCE = 16


@frozen
class Tables:
    """Everything that depends on the key and the options alone, by channel value, distance or dominance."""

    spill: tuple[int, ...]
    others: tuple[int, ...]
    away: tuple[Bytes, ...]
    hard: Bytes
    soft: Bytes
    dominance: Bytes


def tables(key: Rgb, cut: Settings) -> Tables:
    """`away[c][v]`: |v − K_c|; `hard[d]`, `soft[d]`: alpha by distance; `dominance[D, nk]`: alpha by dominance."""
    spill = spill_channels(key)
    values = np.arange(256)
    low, high = cut.transparent_threshold, cut.opaque_threshold
    ratio = np.clip((values - low) / (high - low), 0.0, 1.0)
    dominance, rest = values[:, None], values[None, :]
    dom = 1.0 - np.minimum(1.0, dominance / np.maximum(1.0, float(max(key)) - rest))
    return Tables(
        spill,
        tuple(at for at in range(3) if at not in spill),
        tuple(np.abs(values - channel).astype(np.uint8) for channel in key),
        np.where(values <= cut.tolerance, 0, 255).astype(np.uint8),
        np.rint(255.0 * (ratio * ratio * (3.0 - 2.0 * ratio))).astype(np.uint8),
        np.rint(dom * 255.0).astype(np.uint8),
    )


def key_out(sheet: Sheet, cut: Settings) -> None:
    """Replaces the pixels of `sheet` by their matte, before contraction and feather."""
    known = tables(classic_key(sheet, cut), cut)
    for top, bottom in stripes(sheet.size):
        sheet.write(top, _rows(sheet.read(top, bottom), known, cut))


def _rows(rows: Bytes, known: Tables, cut: Settings) -> Bytes:
    channels = [np.ascontiguousarray(rows[..., at]) for at in range(4)]
    away = [table[channel] for table, channel in zip(known.away, channels, strict=False)]
    distance = np.maximum(np.maximum(away[0], away[1]), away[2])
    strength = _least(channels, known.spill)
    rest = _greatest(channels, known.others)
    key_like = _key_like(distance, strength, rest, known)
    alpha = known.hard[distance]
    if cut.soft_matte:
        alpha = np.where(key_like, _soft(distance, strength, rest, known), alpha)
    alpha = _within_source(alpha, channels[3])
    if cut.despill and known.spill and known.others:
        _despill(channels, key_like & (alpha < _DESPILL_BELOW), rest, known.spill)
    made = np.stack([*channels[:3], alpha], axis=-1)
    made[alpha == 0] = 0
    return made


def _least(channels: list[Bytes], chosen: tuple[int, ...]) -> Bytes:
    made = channels[chosen[0]] if chosen else np.zeros_like(channels[0])
    for at in chosen[1:]:
        made = np.minimum(made, channels[at])
    return made


def _greatest(channels: list[Bytes], chosen: tuple[int, ...]) -> Bytes:
    made = channels[chosen[0]] if chosen else np.zeros_like(channels[0])
    for at in chosen[1:]:
        made = np.maximum(made, channels[at])
    return made


def _key_like(distance: Bytes, strength: Bytes, rest: Bytes, known: Tables) -> NDArray[np.bool_]:
    if not known.spill:
        return np.ones(distance.shape, np.bool_)
    dominant = (strength >= _KEY_LIKE_DOMINANCE) & (rest <= np.maximum(strength, 16) - _KEY_LIKE_DOMINANCE)
    made: NDArray[np.bool_] = (distance <= _KEY_LIKE_DISTANCE) | dominant
    return made


def _soft(distance: Bytes, strength: Bytes, rest: Bytes, known: Tables) -> Bytes:
    soft = known.soft[distance]
    if not known.spill:
        return soft
    dominance = np.maximum(strength, rest) - rest
    return np.minimum(soft, known.dominance[dominance, rest])


def _within_source(alpha: Bytes, source: Bytes) -> Bytes:
    """The alpha times what the picture had already; what is nearly nothing becomes nothing."""
    if source.min() < 255:
        alpha = np.rint(alpha * (source / 255.0)).astype(np.uint8)
    return np.where(alpha <= _NOISE_FLOOR, np.uint8(0), alpha)


def _despill(channels: list[Bytes], where: NDArray[np.bool_], rest: Bytes, spill: tuple[int, ...]) -> None:
    cap = np.maximum(rest, 1) - 1
    for at in spill:
        channels[at] = np.where(where, np.minimum(channels[at], cap), channels[at])
