"""Brings an earlier picture of an asset back: from the store, as the answer to its present recipe, at no cost."""

from dataclasses import replace
from pathlib import Path

from imagepipe.digest import PREFIX
from imagepipe.errors import UsageError
from imagepipe.pipeline.adopting import Adopted, Chosen, present_recipe, take
from imagepipe.pipeline.around import around
from imagepipe.pipeline.ground import Ground, ground
from imagepipe.pipeline.lineage import pictures_had
from imagepipe.planning import Holdings
from imagepipe.values import Asset, Candidate, FrozenMap, Manifest, Receipt

SHORTEST = 6
"""How much of a digest must be named."""


def restore(manifest: Manifest, asset: Asset, digest: str, *, note: str = "", timeout: float = 60.0) -> Adopted:
    """Makes a picture that the asset had before its picture now; `digest` is the beginning of its name.

    The files are made of it by the next build. Raises errors.UsageError where store and lock know no such picture of the
    asset, or several, or it does not meet `expect`; errors.Busy where a build holds the request.
    """
    base = ground(manifest, around(Path(manifest.root)))
    recipe = present_recipe(base, asset)
    held = Holdings(base.lock, base.seen).held(recipe.made_from, asset.id)
    picture, receipt = _earlier(base, asset, digest.removeprefix(PREFIX).lower())
    try:
        data = base.around.store.blob(picture.sha256)
    except FileNotFoundError:
        message = f"the bytes of {picture.sha256} are not in the store any more"
        raise UsageError(message, hint="restore the store that has them", code="unknown-generation") from None
    origin = FrozenMap({"made_from": receipt.key, "model": receipt.model, "options": receipt.options})
    chosen = Chosen(replace(picture, status="kept"), origin, data)
    return take(base, (asset, recipe, held), chosen, note=note, timeout=timeout)


def _earlier(base: Ground, asset: Asset, wanted: str) -> tuple[Candidate, Receipt]:
    """One of the pictures that the asset had."""
    known = pictures_had(base.around, base.root, asset.id)
    found = [pair for name, pair in known.items() if name.removeprefix(PREFIX).startswith(wanted)]
    if len(found) == 1 and len(wanted) >= SHORTEST:
        return found[0]
    names = ", ".join(name.removeprefix(PREFIX)[:12] for name in list(known)[-8:])
    hint = f"its latest: {names}" if known else "it has never had one here"
    what = "several pictures" if len(found) > 1 else "no picture"
    raise UsageError(f"{asset.id} has {what} `{wanted[:80]}` in the store", hint=hint, code="unknown-generation")
