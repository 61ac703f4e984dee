"""Pictures whose matte is known: subjects of known colour and coverage, put on a flat key by C = αF + (1−α)K."""

from dataclasses import dataclass
from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

SIDE = 512
KEY = (0, 255, 0)
Array = NDArray[Any]
_Y, _X = np.mgrid[0:SIDE, 0:SIDE].astype(float)
_RADIUS = np.hypot(_X - 255.5, _Y - 255.5)


@dataclass(frozen=True, slots=True)
class Truth:
    """`alpha` H×W, 0 to 1; `colours` H×W×3, 0 to 255; how greenish pixels are meant."""

    alpha: Array
    colours: Array
    subject: str = "opaque"

    def over(self, ground: float | tuple[int, int, int]) -> Array:
        """The subject on a ground colour, H×W×3."""
        alpha = self.alpha[..., None]
        composite: Array = alpha * self.colours + (1 - alpha) * np.array(ground)
        return composite


def disc(radius: float, softness: float) -> Array:
    """Coverage of a disc in the middle, its edge `softness` pixels wide."""
    ratio = np.clip((_RADIUS - radius + softness / 2) / softness, 0, 1)
    made: Array = 1 - ratio * ratio * (3 - 2 * ratio)
    return made


def flat(*colour: float) -> Array:
    return np.broadcast_to(np.array(colour, float), (SIDE, SIDE, 3))


def shaded(*colour: float) -> Array:
    """The colour, lighter and darker by 12 %."""
    made: Array = np.clip(flat(*colour) * (1 + 0.12 * np.sin(_X / 60))[..., None], 0, 255)
    return made


def strands(seed: int = 3, scale: int = 4) -> Array:
    """Coverage of a head of hair: 260 strands of one to two pixels that leave a disc."""
    rng = np.random.default_rng(seed)
    image = Image.new("L", (SIDE * scale, SIDE * scale))
    draw = ImageDraw.Draw(image)
    draw.ellipse([170 * scale, 170 * scale, 342 * scale, 342 * scale], fill=255)
    for _ in range(260):
        angle = rng.uniform(0, 2 * np.pi)
        at = np.array([256 + 80 * np.cos(angle), 256 + 80 * np.sin(angle)])
        angle += rng.normal(0, 0.3)
        points = []
        for _ in range(40):
            points.append(tuple(at * scale))
            at = at + 4 * np.array([np.cos(angle), np.sin(angle)]) * rng.uniform(0.7, 1.1)
            angle += rng.normal(0, 0.12)
        draw.line(points, fill=255, width=int(rng.integers(3, 9)))
    return np.asarray(image.resize((SIDE, SIDE), Image.Resampling.BOX), float) / 255


def truths() -> dict[str, Truth]:
    """The truth set of ONE_OFFS.md, and a few more."""
    hair = np.clip(flat(214, 178, 110) + np.random.default_rng(1).normal(0, 6, (SIDE, SIDE, 1)), 0, 255)
    ring = disc(160, 3) * (1 - disc(60, 3))
    return {
        "red disc": Truth(disc(160, 12), flat(200, 40, 40)),
        "red disc, very soft": Truth(disc(160, 40), flat(200, 40, 40)),
        "red disc, shaded": Truth(disc(160, 6), shaded(200, 40, 40)),
        "pale grey": Truth(disc(160, 4), flat(220, 220, 220)),
        "blond hair": Truth(strands(), hair),
        "blond hair, plain": Truth(strands(), flat(214, 178, 110)),
        "glass": Truth(0.5 * disc(160, 3), flat(200, 200, 200), "translucent"),
        "shaded glass": Truth(
            0.5 * disc(160, 3), flat(1, 1, 1) * (128 + 100 * np.sin(_X / 50))[..., None], "translucent"
        ),
        "green on green": Truth(disc(160, 4), flat(60, 190, 60)),
        "ring with a hole": Truth(ring, flat(90, 60, 180)),
    }


def picture(truth: Truth, kind: str = "clean", key: tuple[int, int, int] = KEY) -> Array:
    """The picture as a provider would send it, H×W×4 uint8: clean, with ±4 noise, or after JPEG of quality 90.

    `jpeg`: 4:2:0, what encoders write unless told; `jpeg422`; `jpeg444`; `jpeg95`: 4:2:0 of quality 95.
    """
    colours = truth.over(key)
    if kind == "noise":
        colours = colours + np.random.default_rng(0).integers(-4, 5, colours.shape)
    made = np.clip(np.rint(colours), 0, 255).astype(np.uint8)
    if kind.startswith("jpeg"):
        file = BytesIO()
        sampling = {"jpeg444": "4:4:4", "jpeg422": "4:2:2"}.get(kind, "4:2:0")
        Image.fromarray(made).save(file, "JPEG", quality=95 if kind == "jpeg95" else 90, subsampling=sampling)
        made = np.asarray(Image.open(file))
    return np.dstack([made, np.full((SIDE, SIDE), 255, np.uint8)])


def errors(made: Array, truth: Truth) -> list[float]:
    """Mean difference of the composites in the edge band, 0 to 255, over black, white and grey."""
    band = (truth.alpha > 0.004) & (truth.alpha < 0.996)
    alpha = made[..., 3:] / 255
    return [
        float(np.abs(alpha * made[..., :3] + (1 - alpha) * ground - truth.over(ground))[band].mean())
        for ground in (0, 255, 128)
    ]


def solid_error(made: Array, truth: Truth) -> float:
    """Mean error of the coverage where the subject is solid."""
    solid = truth.alpha >= 0.996
    return float(np.abs(made[..., 3] / 255 - 1)[solid].mean()) if solid.any() else 0.0
