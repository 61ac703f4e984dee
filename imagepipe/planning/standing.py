"""The short road to KEEP: an asset that is in every respect as the lock's own text has it, which most of a project is.

It compares plain fields and looks at no receipt. Whoever it does not answer for takes the long road, which gives the same
answer to those it does (a law under test).
"""

from collections.abc import Mapping
from typing import Any

from imagepipe.lock import entries
from imagepipe.planning.inputs import Gathered
from imagepipe.planning.rules import Rules
from imagepipe.planning.world import World, stands_in
from imagepipe.recipe import finish_parts, recipe_with, request_parts
from imagepipe.values import Action, Asset, Candidate, Decision, FrozenMap, Words


def standing(asset: Asset, words: Words, gathered: Gathered, world: World) -> Decision | None:
    """KEEP, or None where more must be looked at."""
    fields = entries(world.holdings.lock.entries).unbuilt(asset.id)
    if fields is None or fields.get("placeholder") or _is_special(asset, world.rules):
        return None
    if fields.get("profile", "") != asset.profile:
        return None
    if gathered.missing or gathered.waiting:
        return None
    known = fields.get("parts")
    parts = request_parts(asset, words, gathered.facts)
    if type(known) is not dict or known.get("made_from") != parts:
        return None
    key, picked = fields.get("made_from"), _picked(fields, asset)
    if type(key) is not str or picked is None or key in world.holdings.seen.doubts:
        return None
    finished = finish_parts(asset, picked.sha256, world.rules.version_of)
    if known.get("finished_by") != finished or not _files_stand(asset, fields, world):
        return None
    if world.rules.retirement_of(asset.model):
        return None
    # Of what is equal the lock's own is kept: room for another ten thousand would be touched for nothing.
    recipe = recipe_with(asset, words, gathered.facts, known["made_from"], key)
    made, finish = str(fields.get("finished_by", "")), FrozenMap(known["finished_by"])
    return Decision(asset.id, Action.KEEP, recipe=recipe, picked=picked, finished_by=made, finish_parts=finish)


def _is_special(asset: Asset, rules: Rules) -> bool:
    """Whether the manifest or the command line wishes something of this asset that must be weighed."""
    id = asset.id
    wished = id in rules.again or id in rules.resend or id in rules.forget or id in rules.retry_failed
    return wished or asset.pin or asset.pick is not None or stands_in(asset, rules)


def _picked(fields: Mapping[str, Any], asset: Asset) -> Candidate | None:
    """The picked picture, where there are as many as are asked for."""
    found = fields.get("candidates")
    good, picked = 0, None
    for item in found if type(found) is list else ():
        if type(item) is not dict:
            return None
        status = item.get("status")
        good += status != "rejected" and not item.get("made_from")
        picked = item if status == "picked" and picked is None else picked
    if good < int(asset.options.get("n", 1)):
        return None
    try:
        return Candidate(**picked) if picked else None
    except TypeError:
        return None


def _files_stand(asset: Asset, fields: Mapping[str, Any], world: World) -> bool:
    """Whether the files are those that the manifest names, and are what the lock says."""
    outputs = fields.get("outputs")
    if asset.originals or type(outputs) is not dict or len(outputs) != len(asset.outputs):
        return False
    there = world.holdings.seen.files
    for output in asset.outputs:
        fact = outputs.get(output.path)
        if type(fact) is not dict or there.get(output.path) != fact.get("sha256"):
            return False
    return True
