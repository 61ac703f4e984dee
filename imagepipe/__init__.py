"""imagepipe: images as code. The library's door: `load`, `plan`, `build`, `abuild` and what they may be asked, each
resolved when first used."""

from importlib import import_module

__version__ = "0.1.0"
__all__ = ["BuildOptions", "PlanOptions", "__version__", "abuild", "build", "load", "plan"]

_API = {
    "load": "imagepipe.pipeline.load:load",
    "plan": "imagepipe.pipeline.planning:plan",
    "build": "imagepipe.pipeline.build:build",
    "abuild": "imagepipe.pipeline.build:abuild",
    "PlanOptions": "imagepipe.pipeline.options:PlanOptions",
    "BuildOptions": "imagepipe.pipeline.options:BuildOptions",
}


def __getattr__(name: str) -> object:
    if name in _API:
        module, _, function = _API[name].partition(":")
        return getattr(import_module(module), function)
    raise AttributeError(f"module 'imagepipe' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
