"""Which profile each asset is judged under where none is asked for: the one that its picture was made under."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from imagepipe.errors import Damaged, UsageError
from imagepipe.lock import loads
from imagepipe.values import FrozenMap, Manifest

MARK = b'"profile":'
"""What a lock's text has in it wherever a picture was made under a profile."""


def recorded(text: str, name: str) -> dict[str, str]:
    """Asset id → the profile that the lock's text says its picture was made under; final ones are left out. A broken lock
    says nothing: whoever needs it tells."""
    if MARK.decode() not in text:
        return {}
    try:
        entries = loads(text, name).entries
        return {id: entries[id].profile for id in entries if entries[id].profile}
    except Damaged:
        return {}


def judged(manifest: Manifest, made: Mapping[str, str], under: Callable[[str], Manifest]) -> Manifest:
    """The manifest with each asset as it is under its profile. `under` gives the manifest under a profile; one that is
    declared no more is passed over. A picture on the way to an asset with edits goes with that asset."""
    if not made:
        return manifest
    names = {asset.id: made.get(asset.id.partition("#")[0]) or made.get(asset.id, "") for asset in manifest.assets}
    others = {name: found for name in sorted({*names.values()} - {""}) if (found := _under(name, under))}
    if not others:
        return manifest
    known = {name: {asset.id: asset for asset in other.assets} for name, other in others.items()}
    assets, words = [], dict(manifest.words)
    for asset in manifest.assets:
        name = names[asset.id]
        there = known.get(name, {}).get(asset.id)
        assets.append(there or asset)
        if there:
            words[asset.id] = others[name].words[asset.id]
    read = {path: digest for other in (manifest, *others.values()) for path, digest in other.read.items()}
    return replace(manifest, assets=tuple(assets), words=FrozenMap(words), read=FrozenMap(read))


def _under(name: str, under: Callable[[str], Manifest]) -> Manifest | None:
    try:
        return under(name)
    except UsageError:
        return None
