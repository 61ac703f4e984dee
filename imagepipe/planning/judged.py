"""The pictures of a key that were tried and whose files are not what is expected of them: they count as rejected."""

from dataclasses import replace

from imagepipe.planning.holdings import Held
from imagepipe.planning.world import World
from imagepipe.recipe import tried
from imagepipe.values import Asset


def judged(asset: Asset, held: Held, world: World) -> Held:
    """`held` without the pictures of which the store remembers that these very steps and expectations failed.

    A picture that a person adopted was looked at, whatever was expected of it.
    """
    if held.adopted:
        return held
    pictures, unmet = tried(asset, held.candidates, world.holdings.seen.refusals.get, world.rules.version_of)
    return replace(held, candidates=pictures, unmet=unmet) if unmet else held
