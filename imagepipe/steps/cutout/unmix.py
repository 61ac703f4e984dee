"""The matte by unmixing: C = αF + (1−α)K is solved in the edge band, and everything away from the key stays solid.

With F from the subject's nearest solid colours, α = (C−K)·(F−K)/|F−K|², the point of the line K–F nearest to C
(Smith and Blinn, "Blue Screen Matting", 1996, for why one more assumption than C = αF + (1−α)K is needed). Where no
such F explains the pixel, the subject is taken to have no key in it, so that what is in the pixel is background:
α = 1 − D/D_K.
"""

import numpy as np
from numpy.typing import NDArray

from imagepipe.frozen import frozen
from imagepipe.steps.cutout.chroma import Halved, halved, repainted
from imagepipe.steps.cutout.keys import Ground, measured_ground
from imagepipe.steps.cutout.lightness import MARGIN, Edge, sharpened
from imagepipe.steps.cutout.regions import Mask, Runs, joined, others, outside, runs_of
from imagepipe.steps.cutout.settings import Settings
from imagepipe.steps.cutout.sheets import BLOCK, Bytes, Sheet, stripes
from imagepipe.steps.cutout.solids import HALO, Floats, Level, block_sums, dominance, nearest_colours, pyramid, solid

LEAST_HOLE = 9
"""A hole in the subject has at least so many pixels; fewer are a speck of its own."""
REACH = 32
"""How far from the background, in pixels, a soft edge may lie; what is further in is solid."""
_NEAR = 3
_CLEAR, _FULL = 0.02, 0.98
_ROOM = 24


@frozen
class Scene:
    """What is known of a picture before its edge is solved."""

    ground: Ground
    outside: Runs
    kept: Runs | None
    reach: Mask
    levels: list[Level]
    translucent: bool
    halved: Halved


@frozen
class Band:
    """N pixels of the soft edge, N×4: their rows and columns, their colours (N×3) as finely as they are known, the
    subject's own near each, and which of them touch the background."""

    pixels: Bytes
    places: tuple[NDArray[np.intp], NDArray[np.intp]]
    colours: Floats
    subject: Floats
    near: Mask


def key_out(sheet: Sheet, cut: Settings) -> Scene:
    """Replaces the pixels of `sheet` by their matte; returns what was found. Raises CutoutFailed for a bad key."""
    scene = look(sheet, cut)
    margin = MARGIN if scene.halved else HALO
    above = sheet.read(0, 0)
    for top, bottom in stripes(sheet.size):
        window = np.concatenate([above, sheet.read(top, min(sheet.size[1], bottom + margin))])
        inner = slice(len(above), len(above) + bottom - top)
        above = window[max(0, inner.stop - margin) : inner.stop].copy()
        sheet.write(top, solved(window, inner, top, scene))
    return scene


def look(sheet: Sheet, cut: Settings) -> Scene:
    """The background and the subject's own colours: reads the picture twice, keeps little."""
    ground = measured_ground(sheet, cut)
    limit = max(cut.tolerance, ground.noise + 2)
    found = joined([runs_of(_like(sheet.read(*rows), ground, limit), rows[0]) for rows in stripes(sheet.size)])
    background = outside(found, sheet.size[1], LEAST_HOLE if cut.holes == "cut" else 0)
    translucent = cut.subject == "translucent"
    reach = _reach(background, sheet.size)
    if translucent:
        reach[:] = True  # glass and smoke are anywhere, not only at an edge
    kept = others(found, background) if cut.holes == "keep" else None
    return Scene(
        ground, background, kept, reach, _levels(sheet, ground, translucent), translucent, halved(sheet, background)
    )


def _like(rows: Bytes, ground: Ground, limit: float) -> Mask:
    """Which pixels are the key, within `limit` in every channel, or were clear before."""
    clear: Mask = rows[..., 3] == 0
    near = np.ones(clear.shape, np.bool_)
    for at, key in enumerate(ground.colour):
        near &= (rows[..., at] >= key - limit) & (rows[..., at] <= key + limit)
    return clear | near


def _levels(sheet: Sheet, ground: Ground, translucent: bool) -> list[Level]:
    colours, counts = [], []
    for top, bottom in stripes(sheet.size):
        first = max(0, top - HALO)
        rows = sheet.read(first, min(sheet.size[1], bottom + HALO))
        inner = slice(top - first, bottom - first)
        sums = block_sums(rows[inner], solid(rows, ground, translucent)[inner])
        colours.append(sums[0])
        counts.append(sums[1])
    return pyramid(np.concatenate(colours), np.concatenate(counts))


def _reach(background: Runs, size: tuple[int, int]) -> Mask:
    """Which blocks of 4×4 pixels lie within REACH of the background."""
    blocks = []
    for top, bottom in stripes(size):
        rows = background.rows(top, bottom)
        tall, wide = (-(-edge // BLOCK) * BLOCK for edge in rows.shape)
        padded = np.zeros((tall, wide), np.bool_)
        padded[: rows.shape[0], : rows.shape[1]] = rows
        blocks.append(padded.reshape(tall // BLOCK, BLOCK, wide // BLOCK, BLOCK).any(axis=(1, 3)))
    return _grown(np.concatenate(blocks), REACH // BLOCK)


def _grown(mask: Mask, radius: int) -> Mask:
    """The mask with everything within `radius` of it, in rows and columns."""
    for _ in range(radius):
        mask = _grown_by_one(_grown_by_one(mask).T).T
    return mask


def _grown_by_one(mask: Mask) -> Mask:
    made = mask.copy()
    made[1:] |= mask[:-1]
    made[:-1] |= mask[1:]
    return made


def solved(window: Bytes, inner: slice, top: int, scene: Scene) -> Bytes:
    """The matte of the rows `inner` of a window of the picture; row `inner.start` is row `top` of the picture."""
    first = top - inner.start
    clear = scene.outside.rows(first, first + len(window))
    made = window[inner].copy()
    soft = _soft(window, clear, first, scene)
    if not scene.halved:  # Else the rows around them have a say.
        soft[: inner.start] = soft[inner.stop :] = False
    if soft[inner].any():
        band = _band(Edge(window, first, soft, clear), inner, scene)
        made[band.places[0] - top, band.places[1]] = _unmixed(band, scene)
    made[clear[inner]] = 0
    return made


def _soft(window: Bytes, clear: Mask, first: int, scene: Scene) -> Mask:
    """Which pixels of a window, whose first row is row `first` of the picture, may be neither subject nor background."""
    height, width = clear.shape
    reach = scene.reach[first // BLOCK : -(-(first + height) // BLOCK)]
    if not reach.any():
        return np.zeros(clear.shape, np.bool_)
    within = np.repeat(np.repeat(reach, BLOCK, axis=0), BLOCK, axis=1)[:height, :width]
    soft: Mask = within & ~clear & ~solid(window, scene.ground, scene.translucent)
    if scene.kept:
        soft &= _around(scene.outside, first, height) | ~_around(scene.kept, first, height)
    return soft


def _band(edge: Edge, inner: slice, scene: Scene) -> Band:
    """The pixels of the soft edge in the rows `inner`."""
    y, x = np.nonzero(edge.soft)
    subject = nearest_colours(scene.levels, y + edge.top, x)
    pixels = edge.rows[y, x]
    colours = pixels[:, :3].astype(np.float32)
    if scene.halved:
        colours = sharpened(edge, subject, np.array(scene.ground.colour, np.float32), scene.halved)
    near = _around(scene.outside, edge.top, len(edge.rows))[y, x]
    here = (y >= inner.start) & (y < inner.stop)
    return Band(pixels[here], (y[here] + edge.top, x[here]), colours[here], subject[here], near[here])


def _around(runs: Runs, top: int, height: int) -> Mask:
    """What lies within a few pixels of runs, in `height` rows from `top` on."""
    first = max(0, top - _NEAR)
    return _grown(runs.rows(first, top + height + _NEAR), _NEAR)[top - first :][:height]


def _unmixed(band: Band, scene: Scene) -> Bytes:
    """The matte of the edge band's pixels, N×4."""
    colours, subject, near = band.colours, band.subject, band.near
    alpha, rest = _projected(colours, subject, scene)
    wider = nearest_colours(scene.levels, *band.places, skip=2)
    wider_alpha, wider_rest = _projected(colours, wider, scene)
    better = wider_rest < rest
    alpha, rest = np.where(better, wider_alpha, alpha), np.where(better, wider_rest, rest)
    doubt = np.clip((rest - 8 - 2 * scene.ground.noise) / 30, 0, 1)
    alpha += (1 - dominance(colours, scene.ground) - alpha) * doubt
    # Away from the background only what the mixture explains well is edge; the rest is the subject's own texture.
    alpha = np.where(near | (doubt < 0.5) | np.isinf(rest) | scene.translucent, alpha, 1)
    alpha = np.clip(np.maximum(alpha, _least(colours, scene.ground)), 0, 1)
    alpha[alpha < _CLEAR] = 0
    alpha[alpha > _FULL] = 1
    own = _subject(colours, alpha, scene.ground)
    if scene.halved:
        own = repainted(own, np.where(better[:, None], wider, subject))
    return _joined(band.pixels, own, alpha)


def _projected(colours: Floats, subject: Floats, scene: Scene) -> tuple[Floats, Floats]:
    """α of N pixels for the subject's colour F at each, and how far C is from the mixture; where F is unknown, far."""
    key = np.array(scene.ground.colour, np.float32)
    line, point = subject - key, colours - key
    alpha = np.clip((point * line).sum(axis=1) / np.maximum((line * line).sum(axis=1), 1), 0, 1)
    rest = np.sqrt(((point - alpha[:, None] * line) ** 2).sum(axis=1))
    unknown = np.isnan(alpha)
    return np.where(unknown, 1, alpha), np.where(unknown, np.inf, rest)


def _least(colours: Floats, ground: Ground) -> Floats:
    """The least α that leaves F = (C − (1−α)K) / α within 0 to 255, give or take the key's own noise."""
    made = np.zeros(len(colours), np.float32)
    for at, key in enumerate(ground.colour):
        away, slack = colours[:, at] - np.float32(key), np.float32(ground.noise + 2)
        for room, side in ((255 - key, away), (key, -away)):
            if room > _ROOM:
                np.maximum(made, (side - slack) / np.float32(room), out=made)
    return made


def _subject(colours: Floats, alpha: Floats, ground: Ground) -> Floats:
    """F = (C − (1−α)K) / α, N×3."""
    key = np.array(ground.colour, np.float32)
    return np.asarray((colours - (1 - alpha[:, None]) * key) / np.maximum(alpha, 1e-3)[:, None], np.float32)


def _joined(pixels: Bytes, colours: Floats, alpha: Floats) -> Bytes:
    """N×4, rounded; α times what the picture had already."""
    made = np.empty_like(pixels)
    made[:, :3] = np.rint(np.clip(colours, 0, 255))
    made[:, 3] = np.rint(alpha * pixels[:, 3])
    made[made[:, 3] == 0] = 0
    return made
