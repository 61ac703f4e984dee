"""Fewer bytes a pixel where no pixel changes: grey, no coverage, or a palette."""

from array import array

from PIL import Image

_COLOURS = 256


def compacted(image: Image.Image) -> Image.Image:
    """The same picture in the smallest mode that holds every pixel of it exactly: P, L, RGB or RGBA."""
    if image.mode == "RGBA" and image.getchannel("A").getextrema()[0] == 255:
        image = image.convert("RGB")
    found = image.getcolors(_COLOURS)
    if found is None:
        return _grey(image) or image
    if len(found) > 16 and (grey := _grey(image)):
        return grey
    colours = [colour for _, colour in sorted(found, key=lambda one: (-one[0], one[1]))]
    return _indexed(image, [colour for colour in colours if isinstance(colour, tuple)])


def _grey(image: Image.Image) -> Image.Image | None:
    if image.mode != "RGB":
        return None
    red, green, blue = image.split()
    data = red.tobytes()
    return red if data == green.tobytes() == blue.tobytes() else None


def _indexed(image: Image.Image, colours: list[tuple[int, ...]]) -> Image.Image:
    """A palette picture; pixels are looked up as 32-bit numbers, which is exact and needs no search."""
    table = bytes(value for colour in colours for value in (colour if len(colour) == 4 else (*colour, 255)))
    index = {number: at for at, number in enumerate(array("I", table))}
    pixels = array("I", image.convert("RGBA").tobytes())
    made = Image.frombytes("P", image.size, bytes(map(index.__getitem__, pixels)))
    made.putpalette(table if image.mode == "RGBA" else image_palette(colours), image.mode)
    return made


def image_palette(colours: list[tuple[int, ...]]) -> bytes:
    """Colours as the bytes of an RGB palette."""
    return bytes(value for colour in colours for value in colour[:3])
