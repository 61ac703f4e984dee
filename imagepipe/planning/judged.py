"""The pictures of a key that were tried and whose files are not what is expected of them: they count as rejected."""

from dataclasses import replace

from imagepipe.planning.holdings import Held
from imagepipe.planning.world import World
from imagepipe.recipe import judged_by
from imagepipe.values import Asset


def judged(asset: Asset, held: Held, world: World) -> Held:
    """`held` without the pictures of which the store remembers that these very steps and expectations failed.

    A picture that a person adopted was looked at, whatever was expected of it.
    """
    if held.adopted:
        return held
    refusals, version_of = world.holdings.seen.refusals, world.rules.version_of
    known = {one.sha256: refusals.get(judged_by(asset, one.sha256, version_of)) for one in held.candidates}
    failed = {digest: refusal.message for digest, refusal in known.items() if refusal}
    if not failed:
        return held
    pictures = tuple(replace(one, status="rejected") if one.sha256 in failed else one for one in held.candidates)
    return replace(held, candidates=pictures, unmet=next(iter(failed.values())))
