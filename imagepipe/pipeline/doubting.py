"""Requests in doubt as a project sees them: which are its own, what `--resend` and `--forget` mean, what no row tells.

A doubt belongs to its key, in a store that many projects may share; names are only for people.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase
from pathlib import Path

from imagepipe.errors import Finding
from imagepipe.events import InDoubt
from imagepipe.frozen import frozen
from imagepipe.pipeline.around import around
from imagepipe.pipeline.ground import Ground
from imagepipe.planning import make_plan
from imagepipe.values import Decision, Intent, Manifest
from imagepipe.values.dollars import usd

Chosen = Callable[[Sequence[str]], frozenset[str]]
_ASIDE, _EARLIER, _ELSEWHERE = "doubt-aside", "doubt-earlier", "doubt-elsewhere"
_KINDS = {
    _ASIDE: "a request is in doubt, and holds nothing up here",
    _EARLIER: "a request that the manifest does not ask for is in doubt",
    _ELSEWHERE: "another project or worktree with this store has a request of this name in doubt",
}
_BROKEN_OFF = "the build was ended before the answer was whole"
CODES = frozenset(_KINDS)
"""The codes of the notes that `untold` gives."""


@frozen
class Meant:
    """What a wish is about: assets whose present request is in doubt, and the intents it settles, by id."""

    assets: frozenset[str] = frozenset()
    requests: frozenset[str] = frozenset()


def home_of(manifest: Manifest) -> str:
    """By what a project is known in a store that it may share: its folder."""
    return os.path.realpath(manifest.root)


def ownership(manifest: Manifest) -> Callable[[Intent], bool]:
    """Whether a request in the store is of this project. One whose project is gone is everybody's: nobody else can settle
    it."""
    home = home_of(manifest)
    return lambda intent: intent.home in ("", home) or not os.path.isdir(intent.home)


def meant(base: Ground, patterns: Sequence[str], chosen: Chosen) -> Meant:
    """What `--resend PATTERN` or `--forget PATTERN` is about: the present requests of the assets named, and requests that
    this project sent under such a name. `chosen` gives the assets that patterns name, and raises for what names none."""
    if not patterns:
        return Meant()
    intents, own = tuple(_intents(base)), ownership(base.manifest)
    keys, known = _keys(base), {asset.id for asset in base.manifest.assets}
    left = {intent.asset for intent in intents if own(intent)} - known
    gone = {name for name in left if any(fnmatchcase(name, one) for one in patterns)}
    ids = chosen([one for one in patterns if not _names_only(one, left, known)])
    present, all_present = {keys[id] for id in ids if id in keys}, set(keys.values())

    def settles(intent: Intent) -> bool:
        if intent.key in present:
            return True
        earlier = intent.asset in ids and intent.key not in all_present
        return own(intent) and (earlier or intent.asset in gone)

    settled = [intent for intent in intents if settles(intent)]
    held = {intent.key for intent in settled}
    assets = frozenset(id for id, key in keys.items() if key in held)
    return Meant(assets, frozenset(intent.id for intent in settled))


def _names_only(pattern: str, left: Iterable[str], known: Iterable[str]) -> bool:
    """Whether a pattern names assets that have left the manifest, and none that is in it."""
    return any(fnmatchcase(id, pattern) for id in left) and not any(fnmatchcase(id, pattern) for id in known)


def untold(base: Ground, decisions: Iterable[Decision]) -> Iterator[Finding]:
    """Doubts that block no row of the plan: of assets that have a picture, are not selected, have changed or left the
    manifest, and of other projects under a name of this one. One finding a kind names them all."""
    told = {row.recipe.made_from for row in decisions if row.recipe and row.code == "in-doubt"}
    left = [intent for intent in _intents(base) if intent.key not in told and intent.id not in base.settled]
    names = {key: id for id, key in _keys(base).items()} if left else {}
    own, known = ownership(base.manifest), {asset.id for asset in base.manifest.assets}
    kinds: dict[str, dict[str, list[Intent]]] = {}
    for intent in left:
        code = _ASIDE if intent.key in names else _EARLIER if own(intent) else _ELSEWHERE
        if code != _ELSEWHERE or intent.asset in known:
            kinds.setdefault(code, {}).setdefault(names.get(intent.key, intent.asset), []).append(intent)
    for code, groups in kinds.items():
        intents = [intent for group in groups.values() for intent in group]
        text = f"{', '.join(groups)}: {_KINDS[code]}, {usd(_sum(intents))} at worst; "
        homes = ", ".join(dict.fromkeys(intent.home for intent in intents))
        yield Finding(
            code, text + (f"settle it in {homes}" if code == _ELSEWHERE else _way_out(groups)), severity="warning"
        )


def _way_out(names: Iterable[str]) -> str:
    return f"`imagepipe build {' '.join(f'--forget {name}' for name in names)}` gives it up, and it stays counted"


def left_by_us(manifest: Manifest) -> tuple[InDoubt, ...]:
    """What this process has sent for a project and cannot know the end of, once its build was broken off."""
    home = home_of(manifest)
    return sent_by_us(intent for intent in around(Path(manifest.root)).store.doubts() if intent.home == home)


def sent_by_us(intents: Iterable[Intent]) -> tuple[InDoubt, ...]:
    """Those requests in doubt that this very process sent, a key at a time."""
    groups: dict[str, list[Intent]] = {}
    for intent in intents:
        if intent.pid == os.getpid():
            groups.setdefault(intent.key, []).append(intent)
    return tuple(InDoubt(group[-1].asset, key, _sum(group), _BROKEN_OFF) for key, group in groups.items())


def _sum(group: Sequence[Intent]) -> float | None:
    """What requests cost at worst, together, in USD."""
    sums = [one.worst for one in group]
    return None if None in sums else sum(usd for usd in sums if usd is not None)


def _intents(base: Ground) -> Iterator[Intent]:
    return (intent for group in base.seen.doubts.values() for intent in group)


def _keys(base: Ground) -> dict[str, str]:
    """Asset → the key of its present request, where that is known; {} where nothing is in doubt."""
    if not base.seen.doubts:
        return {}
    rules = replace(base.rules, chosen=None)
    made = make_plan(base.manifest, base.manifest.words, base.lock, base.seen, rules)
    return {row.asset: row.recipe.made_from for row in made.decisions if row.recipe}
