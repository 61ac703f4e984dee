"""The texts that must never change for manifests of version 1: made afresh, to be compared with the golden files."""

from datetime import date
from pathlib import Path
from typing import Any

import yaml

from imagepipe.digest import digest_bytes
from imagepipe.manifest.loading import load_manifest
from imagepipe.prompts import sources
from imagepipe.prompts.kits import KITS
from imagepipe.prompts.rendering import Renderer
from imagepipe.values import Asset, Manifest
from tests.prompts.desk import Files, asset, words

FOLDER = Path(__file__).resolve().parent.parent / "golden" / "prompts"
SPECS: dict[str, dict[str, Any]] = yaml.safe_load((FOLDER / "specs.yaml").read_text(encoding="utf-8"))


def spec(slug: str) -> Asset:
    """The rich spec of a use case, as an asset."""
    fields = dict(SPECS[slug])
    more = {name: fields.pop(name) for name in ("inputs", "transparency") if name in fields}
    return asset(slug, more=more, **fields)


def of_use_case(slug: str) -> str:
    return words(spec(slug)).text + "\n"


def kit(name: str) -> Manifest:
    return load_manifest(Files(KITS[name]), name, "assets.yaml", today=date(2026, 11, 21))


def of_kit(name: str) -> str:
    renderer = Renderer(Files(KITS[name]))
    texts = [f"## {item.id}\n{renderer.words(item).text}\n" for item in kit(name).assets]
    return "\n".join(texts)


def of_templates() -> str:
    names = sources.built_in_names()
    return "".join(f"{digest_bytes(sources.built_in(name))}  {name}\n" for name in names)


def all_of_them() -> dict[str, str]:
    """Golden file name → the text it must hold."""
    made = {f"{slug}.txt": of_use_case(slug) for slug in SPECS}
    return made | {f"kit-{name}.txt": of_kit(name) for name in KITS} | {"templates.sha256": of_templates()}
