"""One asset by its exact id, and the plan's decision about it."""

from difflib import get_close_matches

import imagepipe
from imagepipe.errors import UsageError
from imagepipe.manifest.nearness import listed
from imagepipe.values import Asset, Decision, Manifest


def asset_of(manifest: Manifest, name: str) -> Asset:
    """The asset; raises UsageError with the nearest id for a name that is none."""
    for asset in manifest.assets:
        if asset.id == name:
            return asset
    family = [asset.id for asset in manifest.assets if asset.id.startswith((f"{name}@", f"{name},"))]
    near = get_close_matches(name, [asset.id for asset in manifest.assets], 1)
    hint = f"did you mean `{near[0]}`?" if near else "imagepipe status lists the assets"
    if family:
        hint = f"that is several assets: {listed(family, 6)}"
    raise UsageError(f"there is no asset `{name}` in {manifest.file}", hint=hint, code="unknown-asset")


def decision_of(manifest: Manifest, name: str, provider: str = "") -> Decision:
    """What the plan decides about one asset, which may have left the manifest; its inputs are planned with it. Raises as
    `asset_of` does."""
    plan = imagepipe.plan(manifest, provider=provider)
    known = {decision.asset: decision for decision in plan.decisions}
    return known[name] if name in known else known[asset_of(manifest, name).id]
