"""The approved draft that a final picture is made of (`final_uses`), and why there is none."""

from collections.abc import Iterator, Mapping

from imagepipe.planning.holdings import Holdings
from imagepipe.planning.inputs import name_of
from imagepipe.values import Asset, Entry, Input, Words


def draft_of(asset: Asset, entries: Mapping[str, Entry], *, any_will_do: bool = False) -> str:
    """The digest of the approved draft of `asset`; "" where there is none.

    Once the final picture has taken the draft's place in the lock, it is the one that this was made of. `any_will_do`
    takes a draft that nobody has approved: a placeholder stands in for what is not known yet.
    """
    owner, link = _owner(asset, entries), entries.get(asset.id)
    if owner and owner.profile == asset.final_uses:
        good = any_will_do or (owner.approved and not owner.placeholder)
        return owner.picked.sha256 if owner.picked and good else ""
    name = name_of(Input("reference", draft=asset.final_uses))
    known = (fact.sha256 for entry in (link, owner) if entry for fact in entry.inputs if fact.name == name)
    return next(known, "")


def renamed_draft(asset: Asset, words: Words, holdings: Holdings) -> str:
    """The digest of the approved draft that an asset which left the manifest has for the same words: `asset` only got
    another name; "" where there is none, or several."""
    entries = holdings.lock.entries
    if not asset.final_uses or asset.id.partition("#")[0] in entries:
        return ""
    found = {one.picked.sha256 for one in left_drafts(asset.final_uses, holdings) if one.picked and _says(words, one)}
    return found.pop() if len(found) == 1 else ""


def left_drafts(profile: str, holdings: Holdings) -> Iterator[Entry]:
    """The approved drafts of assets that are not in the manifest any more."""
    for id, entry in holdings.lock.entries.items():
        if id not in holdings.present and entry.profile == profile and entry.approved and not entry.placeholder:
            yield entry


def _says(words: Words, entry: Entry) -> bool:
    """Whether a draft's words are all in those of the final, which names its inputs beside them, and so has labels."""
    lines = words.text.split("\n")
    return all(any(line == known or line.endswith(f": {known}") for line in lines) for known in entry.prompt)


def drafts_elsewhere(asset: Asset, entries: Mapping[str, Entry]) -> tuple[str, ...]:
    """The digests of the drafts that other assets' final pictures were made of: where `asset` only got another name, one
    of them is its own."""
    if not asset.final_uses or asset.id in entries:
        return ()
    name = name_of(Input("reference", draft=asset.final_uses))
    return tuple(dict.fromkeys(fact.sha256 for one in entries.values() for fact in one.inputs if fact.name == name))


def why_none(asset: Asset, entries: Mapping[str, Entry]) -> tuple[str, str]:
    """What is missing, and what to do about it."""
    profile, id, owner = asset.final_uses, asset.id.partition("#")[0], _owner(asset, entries)
    if owner is None or owner.profile != profile or owner.picked is None:
        hint = f"`imagepipe build --profile {profile} {id}`, look at it, `imagepipe approve {id}`"
        return f"it is made of its approved {profile}, and there is no {profile} yet", hint
    if owner.placeholder:
        return f"its {profile} is a placeholder", f"make a real one: `imagepipe build --profile {profile} {id}`"
    return f"nobody has approved its {profile}", f"look at it, then: `imagepipe approve {id}`"


def _owner(asset: Asset, entries: Mapping[str, Entry]) -> Entry | None:
    """The entry that holds the draft: of an asset with edits, that of the last one."""
    return entries.get(asset.id.partition("#")[0])
