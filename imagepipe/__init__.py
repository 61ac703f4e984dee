"""imagepipe: images as code. The library's door: `load`, `plan`, `build`, `abuild`, each resolved when first used."""

from importlib import import_module

__version__ = "0.1.0"
__all__ = ["__version__", "abuild", "build", "load", "plan"]

_API = {
    "load": "imagepipe.pipeline.load:load",
    "plan": "imagepipe.pipeline.planning:plan",
    "build": "imagepipe.pipeline.build:build",
    "abuild": "imagepipe.pipeline.build:abuild",
}


def __getattr__(name: str) -> object:
    if name in _API:
        module, _, function = _API[name].partition(":")
        return getattr(import_module(module), function)
    raise AttributeError(f"module 'imagepipe' has no attribute {name!r}")
