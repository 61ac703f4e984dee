"""Local operations on pictures, by name; each is a module with `run` and a JSON file of the same name beside it."""

STEPS = {
    "atlas": "imagepipe.steps.atlas",
    "crop": "imagepipe.steps.crop",
    "cutout": "imagepipe.steps.cutout",
    "encode": "imagepipe.steps.encode",
    "fit": "imagepipe.steps.fit",
    "flatten": "imagepipe.steps.flatten",
    "grid": "imagepipe.steps.grid",
    "nine-slice": "imagepipe.steps.nine_slice",
    "pad": "imagepipe.steps.pad",
    "quantize": "imagepipe.steps.quantize",
    "resize": "imagepipe.steps.resize",
    "sharpen": "imagepipe.steps.sharpen",
    "snippet": "imagepipe.steps.snippet",
    "tile": "imagepipe.steps.tile",
    "trim": "imagepipe.steps.trim",
}
"""Step → module; the entry points of `imagepipe.steps` add to it."""
