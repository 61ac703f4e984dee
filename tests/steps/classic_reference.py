"""The classic matte pixel by pixel, in plain Python, written from ONE_OFFS.md's formulas alone: what NumPy must equal."""

from statistics import median
from typing import Any

from PIL import Image, ImageFilter

Rgb = tuple[int, int, int]
Rgba = tuple[int, int, int, int]


def cut(image: Image.Image, options: dict[str, Any]) -> Image.Image:
    """The matte of an RGBA picture."""
    width, height = image.size
    pixels: Any = image.load()
    if options.get("key", "auto") != "auto":
        name = options["key"]
        key: Rgb = (int(name[1:3], 16), int(name[3:5], 16), int(name[5:7], 16))
    else:
        samples = (corners if options.get("auto", "border") == "corners" else border)(pixels, width, height)
        red, green, blue = (round(median(sample[at] for sample in samples)) for at in range(3))
        key = (red, green, blue)
    out = Image.new("RGBA", image.size)
    made: Any = out.load()
    for y in range(height):
        for x in range(width):
            made[x, y] = pixel(pixels[x, y], key, options)
    return edge(out, options)


def corners(pixels: Any, width: int, height: int) -> list[Rgba]:
    patch = max(1, min(width, height, 12))
    return [
        pixels[left + dx, top + dy]
        for left in (0, width - patch)
        for top in (0, height - patch)
        for dx in range(patch)
        for dy in range(patch)
    ]


def border(pixels: Any, width: int, height: int) -> list[Rgba]:
    band, step = max(1, min(width, height, 6)), max(1, min(width, height) // 256)
    found = []
    for x in range(0, width, step):
        for deep in range(band):
            found += [pixels[x, deep], pixels[x, height - 1 - deep]]
    for y in range(0, height, step):
        for deep in range(band):
            found += [pixels[deep, y], pixels[width - 1 - deep, y]]
    return found


def spill_channels(key: Rgb) -> list[int]:
    if max(key) < 128:
        return []
    return [at for at in range(3) if key[at] >= max(key) - 16 and key[at] >= 128]


def pixel(rgba: Rgba, key: Rgb, options: dict[str, Any]) -> Rgba:
    rgb, source = list(rgba[:3]), rgba[3]
    distance = max(abs(rgb[at] - key[at]) for at in range(3))
    spill = spill_channels(key)
    others = [at for at in range(3) if at not in spill]
    strength = min((rgb[at] for at in spill), default=0)
    rest = max((rgb[at] for at in others), default=0)
    dominance = strength - rest
    key_like = distance <= 32 or not spill or dominance >= 16
    if options.get("soft_matte", False) and key_like:
        alpha = min(soft(distance, options), dominated(dominance, rest, key, spill))
    else:
        alpha = 0 if distance <= options.get("tolerance", 12) else 255
    alpha = round(alpha * (source / 255))
    if alpha <= 8:
        return (0, 0, 0, 0)
    if options.get("despill", False) and key_like and alpha < 252 and spill and others:
        for at in spill:
            rgb[at] = min(rgb[at], max(0, rest - 1))
    return (rgb[0], rgb[1], rgb[2], alpha)


def soft(distance: int, options: dict[str, Any]) -> int:
    low, high = options.get("transparent_threshold", 12), options.get("opaque_threshold", 96)
    if distance <= low:
        return 0
    if distance >= high:
        return 255
    ratio = (distance - low) / (high - low)
    return round(255 * (ratio * ratio * (3 - 2 * ratio)))


def dominated(dominance: int, rest: int, key: Rgb, spill: list[int]) -> int:
    if not spill or dominance <= 0:
        return 255
    return round(255 * (1 - min(1, dominance / max(1, max(key) - rest))))


def edge(image: Image.Image, options: dict[str, Any]) -> Image.Image:
    """Contraction by hand; the Gaussian is Pillow's, as it is in the scripts."""
    alpha = image.getchannel("A")
    for _ in range(options.get("edge_contract", 0)):
        alpha = lowest(alpha)
    if options.get("edge_feather", 0):
        alpha = alpha.filter(ImageFilter.GaussianBlur(options["edge_feather"]))
    image.putalpha(alpha)
    return image


def lowest(plane: Image.Image) -> Image.Image:
    width, height = plane.size
    old: Any = plane.load()
    out = Image.new("L", plane.size)
    made: Any = out.load()
    for y in range(height):
        for x in range(width):
            around = [(x + dx, y + dy) for dx in (-1, 0, 1) for dy in (-1, 0, 1)]
            made[x, y] = min(old[at] for at in around if 0 <= at[0] < width and 0 <= at[1] < height)
    return out
