"""Before and after on black, white and checkerboard: `python -m tests.steps.look` writes docs/cutout/*.png to look at."""

from pathlib import Path

from PIL import Image

from imagepipe.steps.cutout import matte
from tests.steps.truth import SIDE, picture, truths

OUT = Path(__file__).resolve().parents[2] / "docs" / "cutout"
CLASSIC = {"mode": "classic", "soft_matte": True, "despill": True}
_SHOWN = (SIDE // 2, SIDE // 2)


def checkerboard(size: tuple[int, int], side: int = 16) -> Image.Image:
    """Grey squares, as image editors show transparency."""
    tile = Image.new("L", (2, 2), 255)
    tile.putpixel((0, 1), 200)
    tile.putpixel((1, 0), 200)
    tile = tile.resize((2 * side, 2 * side), Image.Resampling.NEAREST)
    board = Image.new("RGBA", size)
    for top in range(0, size[1], 2 * side):
        for left in range(0, size[0], 2 * side):
            board.paste(tile.convert("RGBA"), (left, top))
    return board


def sheet(before: Image.Image, mattes: list[Image.Image]) -> Image.Image:
    """One row for each matte: the picture, then the matte on black, white and checkerboard, halved."""
    made = Image.new("RGB", (_SHOWN[0] * 4, _SHOWN[1] * len(mattes)))
    for row, after in enumerate(mattes):
        grounds = [Image.new("RGBA", after.size, colour) for colour in ("black", "white")]
        shown = [before, *(Image.alpha_composite(g, after) for g in (*grounds, checkerboard(after.size)))]
        for column, image in enumerate(shown):
            part = image.convert("RGB").crop((SIDE // 2, SIDE // 4, SIDE, SIDE // 4 + SIDE // 2))
            made.paste(part, (column * _SHOWN[0], row * _SHOWN[1]))
    return made


def main() -> None:
    """Writes a sheet for each truth: unmix in the first row, classic in the second."""
    OUT.mkdir(parents=True, exist_ok=True)
    for name, truth in truths().items():
        for kind in ("clean", "jpeg"):
            pixels = picture(truth, kind)
            mattes = [matte(pixels, {"subject": truth.subject}), matte(pixels, CLASSIC)]
            made = sheet(Image.fromarray(pixels), [Image.fromarray(one) for one in mattes])
            stem = name.replace(",", "").replace(" ", "-")
            if name == "blond hair, plain":  # looks as the textured one does
                continue
            if kind == "clean" or name in ("blond hair", "red disc, shaded"):
                made.quantize(200).save(OUT / f"{stem}{'' if kind == 'clean' else '-jpeg'}.png", optimize=True)


if __name__ == "__main__":
    main()
