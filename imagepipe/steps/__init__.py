"""Local operations on pictures, by name; each is a module with `run` and a JSON file of the same name beside it."""

STEPS = {
    "cutout": "imagepipe.steps.cutout",
    "encode": "imagepipe.steps.encode",
    "fit": "imagepipe.steps.fit",
    "resize": "imagepipe.steps.resize",
}
"""Step → module; the entry points of `imagepipe.steps` add to it."""
