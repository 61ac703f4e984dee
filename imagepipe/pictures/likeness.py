"""How much two pictures differ, as two numbers: structural similarity, and the mean difference of their samples.

Structural similarity after Wang, Bovik, Sheikh and Simoncelli, "Image Quality Assessment: From Error Visibility to
Structural Similarity" (2004): luma, windows of 8×8 pixels side by side, K1 = 0.01, K2 = 0.03, L = 255.
"""

from PIL import Image, ImageChops, ImageMath, ImageStat

from imagepipe.frozen import frozen
from imagepipe.pictures.pixels import opened
from imagepipe.pictures.reading import header_of

_SIDE, _WINDOW = 512, 8
_GROUND = (128, 128, 128)
_C1, _C2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2


@frozen
class Likeness:
    """`ssim` is 1 for equal pictures and falls toward 0 (below it for opposites); `difference` is the mean difference of
    red, green and blue from 0 (none) to 1; `resized` says that the pictures were not of one size or shape."""

    ssim: float
    difference: float
    resized: bool = False


SAME = Likeness(1.0, 0.0)


def likeness(before: bytes, after: bytes) -> Likeness:
    """What lies between two pictures; both are looked at with at most 512 pixels a side, on grey where they let something
    through, the second at the size of the first. Raises PictureFault."""
    if before == after:
        return SAME
    old, new = opened(before, header_of(before).format), opened(after, header_of(after).format)
    resized = old.size != new.size
    first = _flat(old)
    second = _flat(new, first.size)
    return Likeness(_ssim(first.convert("L"), second.convert("L")), _difference(first, second), resized)


def _flat(image: Image.Image, size: tuple[int, int] = (0, 0)) -> Image.Image:
    if size == (0, 0):
        scale = min(1.0, _SIDE / max(image.size))
        size = max(1, round(image.width * scale)), max(1, round(image.height * scale))
    ground = _opaque(image)
    return ground.resize(size, Image.Resampling.BOX) if ground.size != size else ground


def _opaque(image: Image.Image) -> Image.Image:
    if not image.has_transparency_data:
        return image.convert("RGB")
    rgba = image.convert("RGBA")
    ground = Image.new("RGB", rgba.size, _GROUND)
    ground.paste(rgba, mask=rgba.getchannel("A"))
    return ground


def _difference(first: Image.Image, second: Image.Image) -> float:
    means = ImageStat.Stat(ImageChops.difference(first, second)).mean
    return round(sum(means) / len(means) / 255, 6)


def _ssim(first: Image.Image, second: Image.Image) -> float:
    x, y = first.convert("F"), second.convert("F")
    window = min(_WINDOW, *x.size)
    mean_x, mean_y = x.reduce(window), y.reduce(window)
    square_x, square_y = _product(x, x).reduce(window), _product(y, y).reduce(window)
    both = _product(x, y).reduce(window)
    found = ImageMath.lambda_eval(
        lambda args: (
            (2 * args["x"] * args["y"] + _C1)
            * (2 * (args["xy"] - args["x"] * args["y"]) + _C2)
            / (
                (args["x"] * args["x"] + args["y"] * args["y"] + _C1)
                * (args["xx"] - args["x"] * args["x"] + args["yy"] - args["y"] * args["y"] + _C2)
            )
        ),
        x=mean_x,
        y=mean_y,
        xx=square_x,
        yy=square_y,
        xy=both,
    )
    # Not ImageStat: of samples that are no bytes it counts a histogram of 256 steps.
    return round(float(found.resize((1, 1), Image.Resampling.BOX).getpixel((0, 0))), 6)


def _product(first: Image.Image, second: Image.Image) -> Image.Image:
    product: Image.Image = ImageMath.lambda_eval(lambda args: args["a"] * args["b"], a=first, b=second)
    return product
