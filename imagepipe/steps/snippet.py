"""The HTML for a page's head, and the web app manifest, that name the files of a set; written beside its first file."""

import json
from collections.abc import Callable, Mapping
from html import escape
from typing import Any

from PIL import Image

from imagepipe.contracts import Several, StepContext
from imagepipe.paths import FORMATS, suffix_of
from imagepipe.steps.catalogue import spec
from imagepipe.steps.sets import SETS, SetFile
from imagepipe.values import FrozenMap, thaw

VERSION = spec("snippet").version
SCHEMA: Mapping[str, Any] = thaw(spec("snippet").options)
_MANIFEST = "site.webmanifest"
_TYPES = {"ico": "image/x-icon"}
Options = Mapping[str, Any]


def run(image: Image.Image, options: Options, context: StepContext) -> Several:
    """The picture, and the set's texts beside it; see snippet.json."""
    name = str(options["set"])
    files = {f"{name}.head.html": "".join(f"{line}\n" for line in _HEADS[name](options))}
    if name in ("android", "pwa"):
        files[_MANIFEST] = _manifest(name, str(options.get("title") or context.asset))
    return Several(FrozenMap({"": image}), FrozenMap({name: files[name].encode() for name in sorted(files)}))


def _favicon(options: Options) -> list[str]:
    lines = []
    for file in SETS["favicon"]:
        # Old programs ask for /favicon.ico whatever the page says; those that read this find the sizes they want.
        sizes = "16x16 32x32 48x48" if file.name.endswith(".ico") else _sides(file)
        lines.append(_link("icon", options, file.name, type=_type(file), sizes=sizes))
    return lines


def _apple(options: Options) -> list[str]:
    """The largest one is for the App Store, which takes it from the folder."""
    linked = {_sides(file): file for file in SETS["apple"] if file.width <= 180}
    return [_link("apple-touch-icon", options, file.name, sizes=sides) for sides, file in linked.items()]


def _app(options: Options) -> list[str]:
    return [_link("manifest", options, _MANIFEST)]


def _social(options: Options) -> list[str]:
    og, twitter = SETS["social"][:2]
    lines = []
    if "://" not in str(options.get("url", "")):
        lines.append("<!-- og:image wants a whole address: write `url: https://…` beside `set` -->")
    for key, value in {
        "": _url(options, og.name),
        ":type": _type(og),
        ":width": og.width,
        ":height": og.height,
    }.items():
        lines.append(_meta("property", f"og:image{key}", value))
    lines.append(_meta("name", "twitter:card", "summary_large_image"))
    lines.append(_meta("name", "twitter:image", _url(options, twitter.name)))
    if alt := options.get("alt"):
        lines += [_meta("property", "og:image:alt", alt), _meta("name", "twitter:image:alt", alt)]
    return lines


_HEADS: Mapping[str, Callable[[Options], list[str]]] = {
    "favicon": _favicon,
    "apple": _apple,
    "android": _app,
    "pwa": _app,
    "social": _social,
}


def _manifest(name: str, title: str) -> str:
    """A web app manifest (https://www.w3.org/TR/appmanifest/); names are relative to it."""
    icons = [{"src": file.name, "sizes": _sides(file), "type": _type(file)} for file in SETS[name]]
    made = {"name": title, "short_name": title, "start_url": "/", "display": "standalone", "icons": icons}
    return json.dumps(made, ensure_ascii=False, indent=2) + "\n"


def _link(rel: str, options: Options, name: str, **more: str) -> str:
    given = {"rel": rel, **more, "href": _url(options, name)}
    return "<link " + " ".join(f'{key}="{escape(value)}"' for key, value in given.items()) + ">"


def _meta(kind: str, key: str, value: object) -> str:
    return f'<meta {kind}="{key}" content="{escape(str(value))}">'


def _url(options: Options, name: str) -> str:
    folder = str(options.get("url", ""))
    return f"{folder.rstrip('/')}/{name}" if folder else name


def _sides(file: SetFile) -> str:
    return f"{file.width}x{file.height}"


def _type(file: SetFile) -> str:
    format = FORMATS[suffix_of(file.name)]
    return _TYPES.get(format, f"image/{format}")
