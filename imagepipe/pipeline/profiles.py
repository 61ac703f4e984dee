"""Which profile each asset is judged under where none is asked for: the one that its picture was made under."""

from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import replace

from imagepipe.errors import Damaged, UsageError
from imagepipe.lock import loads
from imagepipe.values import Entry, FrozenMap, Manifest

MARK = b'"profile":'
"""What a lock's text has in it wherever a picture was made under a profile."""


def recorded(text: str, name: str) -> Mapping[str, Entry]:
    """The entries of a lock's text that tell under which profile their pictures were made; none where all are final. A
    broken lock says nothing: whoever needs it tells."""
    if MARK.decode() not in text:
        return {}
    try:
        return dict(loads(text, name).entries.items())
    except Damaged:
        return {}


def judged(manifest: Manifest, made: Mapping[str, Entry], under: Callable[[str], Manifest]) -> Manifest:
    """The manifest with each asset as it is under its profile. `under` gives the manifest under a profile; one that is
    declared no more is passed over. A picture on the way to an asset with edits goes with that asset, and an asset that
    only got another name stays under the profile of the old one."""
    if not made:
        return manifest
    names = {
        asset.id: _profile(asset.id.partition("#")[0], made) or _profile(asset.id, made) for asset in manifest.assets
    }
    gone = [entry for id, entry in made.items() if id not in names and entry.profile]
    wanted = sorted({*names.values(), *(entry.profile for entry in gone)} - {""})
    others = {name: found for name in wanted if (found := _under(name, under))}
    if not others:
        return manifest
    names |= _renamed({id for id in names if id not in made}, gone, others)
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


def _profile(id: str, made: Mapping[str, Entry]) -> str:
    return made[id].profile if id in made else ""


def _renamed(new: Container[str], gone: Iterable[Entry], under: Mapping[str, Manifest]) -> dict[str, str]:
    """New id → the profile under which it asks for the very thing that an entry of no asset has."""
    asked = {(entry.profile, entry.model, entry.options, "\n".join(entry.prompt)) for entry in gone}
    return {
        asset.id: name
        for name, manifest in under.items()
        for asset in manifest.assets
        if asset.id in new and (name, asset.model, asset.options, manifest.words[asset.id].text) in asked
    }


def _under(name: str, under: Callable[[str], Manifest]) -> Manifest | None:
    try:
        return under(name)
    except UsageError:
        return None
