"""What `check --release` refuses: pictures that are placeholders, or drafts made under a profile."""

from imagepipe.cli.locked import entries_of
from imagepipe.errors import Finding
from imagepipe.values import Manifest, Plan


def unreleased(manifest: Manifest, plan: Plan) -> tuple[Finding, ...]:
    """A finding for each chosen asset whose picture is a placeholder or was made under a profile."""
    entries, chosen = entries_of(manifest), {row.asset for row in plan.decisions}
    found = []
    for asset in manifest.assets:
        entry = entries.get(asset.id)
        if entry is None or asset.id not in chosen or not (entry.placeholder or entry.profile):
            continue
        what = "is a placeholder" if entry.placeholder else f"is a draft, made under the profile `{entry.profile}`"
        hint = (
            "imagepipe build --provider openai makes the real one"
            if entry.placeholder
            else "build it without --profile"
        )
        found.append(Finding("not-final", f"{asset.id} {what}", asset.place, hint))
    return tuple(found)
