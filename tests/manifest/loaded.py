"""Manifests loaded from text, and what was said of them."""

from datetime import date

from imagepipe.errors import Finding, ManifestError
from imagepipe.manifest.loading import load_manifest
from imagepipe.values import Asset, Manifest
from tests.manifest.memory import Memory

TODAY = date(2026, 11, 21)


def manifest(text: str, profile: str = "", **files: str) -> Manifest:
    tree = Memory(**{"assets.yaml": text, **files})
    return load_manifest(tree, "project", "assets.yaml", profile=profile, today=TODAY)


def assets(text: str, profile: str = "", **files: str) -> dict[str, Asset]:
    return {asset.id: asset for asset in manifest(text, profile, **files).assets}


def asset(body: str, head: str = "", **files: str) -> Asset:
    """The asset `a` with the given fields (indented by nothing), under a head of top-level fields."""
    indented = "".join(f"    {line}\n" for line in body.split("\n"))
    found = assets(f"{head}assets:\n  a:\n{indented}", **files)
    return found["a"]


def findings(text: str, **files: str) -> tuple[Finding, ...]:
    try:
        return manifest(text, **files).findings
    except ManifestError as error:
        return error.findings


def codes(text: str, **files: str) -> list[str]:
    return [finding.code for finding in findings(text, **files)]
