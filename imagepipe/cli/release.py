"""What `check --release` refuses: placeholders, drafts made under a profile, and pictures that nobody approved."""

from imagepipe.cli.locked import entries_of
from imagepipe.errors import Finding
from imagepipe.values import Asset, Entry, Manifest, Plan


def unreleased(manifest: Manifest, plan: Plan) -> tuple[Finding, ...]:
    """A finding for each chosen asset whose picture must not go out as it is. What lies before an edit need not be
    approved: nobody sees it."""
    entries, chosen = entries_of(manifest), {row.asset for row in plan.decisions}
    found = []
    for asset in manifest.assets:
        entry = entries.get(asset.id) if asset.id in chosen else None
        if entry and (fault := _fault(asset, entry)):
            found.append(fault)
    return tuple(found)


def _fault(asset: Asset, entry: Entry) -> Finding | None:
    if entry.placeholder:
        hint = "imagepipe build --provider openai makes the real one"
        return Finding("not-final", f"{asset.id} is a placeholder", asset.place, hint)
    if entry.profile:
        what = f"{asset.id} is a draft, made under the profile `{entry.profile}`"
        return Finding("not-final", what, asset.place, f"imagepipe build --profile final {asset.id}")
    if not entry.approved and "#" not in asset.id:
        hint = f"look at it, then: imagepipe approve {asset.id}"
        return Finding("not-approved", f"nobody has approved {asset.id}", asset.place, hint)
    return None
