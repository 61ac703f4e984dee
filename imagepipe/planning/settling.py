"""What is free: whether an asset's files are what its pictures and steps make of them, and if not, how they come about."""

from dataclasses import replace

from imagepipe.planning import files as files_of
from imagepipe.planning import reasons
from imagepipe.planning.files import Files
from imagepipe.planning.world import Case, money
from imagepipe.recipe import finish_of
from imagepipe.values import Action, Candidate, Decision, Entry, FrozenMap, Reason


def settle(case: Case) -> Decision:
    """KEEP, FINISH, RESTORE, HOLD or BLOCK for an asset whose pictures exist; never costs anything."""
    picked = choose(case)
    if isinstance(picked, Decision):
        return picked
    made = case.held.entry
    key, parts = finish_of(case.asset, picked.sha256, case.rules.version_of, made)
    same = made is not None and made.finished_by == key
    files = files_of.look(case.asset, picked.sha256, made if same else None, case.holdings)
    decision = case.finished(picked, key, parts)
    why = _why(case, same, files, parts)
    if same and case.held.named == case.asset.id and not files.writes and not why:
        return decision
    if made and not same and _versions_only(case, made, picked, parts):
        note = "only the version of a step changed, and the original is not here: the files stay"
        return replace(decision, action=Action.HOLD, note=note, reasons=case.reasons + why)
    return _write(case, replace(decision, reasons=case.reasons + why), picked.sha256, files)


def choose(case: Case) -> Candidate | Decision:
    """The candidate that the asset's files are made of: the manifest's choice, the lock's, the first that is good."""
    pictures, pick = case.held.candidates, case.asset.pick
    if pick is None:
        recorded = case.held.entry.picked if case.held.entry else None
        known = next((item for item in pictures if recorded and item.sha256 == recorded.sha256), None)
        return known or next(item for item in pictures if item.status != "rejected" and not item.made_from)
    if pick > len(pictures):
        note = f"pick: {pick}, but there are {len(pictures)} pictures"
        return case.block(
            "pick-missing", note, f"choose one that is there, or `imagepipe build --again {case.asset.id}`"
        )
    if pictures[pick - 1].status == "rejected":
        return case.block("pick-rejected", f"pick: {pick} was rejected", "choose another, or `imagepipe adopt` it")
    return pictures[pick - 1]


def _why(case: Case, same: bool, files: Files, parts: FrozenMap) -> tuple[Reason, ...]:
    made, named = case.held.entry, case.held.named
    found: tuple[Reason, ...] = ()
    if named and named != case.asset.id and not any(reason.part == reasons.RENAMED for reason in case.reasons):
        found += (Reason("picture", "", f"that of {named}"),)
    if made and not same:
        found += reasons.of_finish(made, case.asset, parts)
    verb = "copied" if named != case.asset.id and named in case.holdings.present else "moved"
    found += tuple(Reason(f"output {new}: {verb}", old, new) for new, old in files.moved.items())
    gone = [state for state in files.reasons if made is None or same or state[1] != "replaced"]
    if same and made and set(made.outputs) - set(files.wanted) and not files.moved:
        found += tuple(Reason("output", path, "") for path in made.outputs if path not in files.wanted)
    return found + reasons.files(gone)


def _versions_only(case: Case, made: Entry, picked: Candidate, parts: FrozenMap) -> bool:
    """A newer imagepipe must not turn a checkout red whose originals are elsewhere, while its files are as recorded."""
    here = case.asset.local or case.holdings.has(picked.sha256)
    if case.held.named != case.asset.id or here or not reasons.only_versions(made, parts):
        return False
    there = case.holdings.seen.files
    return all(there.get(path) == fact.sha256 for path, fact in made.outputs.items())


def _write(case: Case, decision: Decision, raw: str, files: Files) -> Decision:
    if files.foreign and not case.rules.force:
        return by_hand(case, decision, files.foreign)
    copies = files_of.copies(files, case.holdings)
    if not case.asset.local and not case.holdings.has(raw) and any(path not in copies for path in files.writes):
        return _lost(case, decision)
    source = "" if raw in case.holdings.seen.blobs else case.holdings.file_with(raw)
    again = not case.held.named
    note = _paid_before(case) if again else decision.note
    action = Action.RESTORE if again else Action.FINISH
    return replace(decision, action=action, note=note, writes=files.writes, copies=FrozenMap(copies), source=source)


def _paid_before(case: Case) -> str:
    when = next((receipt.made_at for receipt in case.held.receipts if receipt.made_at), "")
    return f"made before, {when[:10]}" if when else "made before"


def _lost(case: Case, decision: Decision) -> Decision:
    price = money(case.price(max(1, int(case.recipe.request.n))).high)
    note = f"the original picture is not here: {price} to make it again"
    hint = f"restore the store, or `imagepipe build --again {case.asset.id}` for {price}"
    return replace(decision, action=Action.BLOCK, code="raw-missing", note=note, hint=hint)


def by_hand(case: Case, decision: Decision, paths: tuple[str, ...]) -> Decision:
    """BLOCK for files that a person made or changed."""
    recorded = case.entry.outputs if case.entry else {}
    edited = all(path in recorded for path in paths)
    shown = ", ".join(paths)
    note = f"{shown} was edited by hand" if edited else f"{shown} was not made by imagepipe"
    adopt = "" if case.asset.local else f"keep it with `imagepipe adopt {case.asset.id}`, or "
    code = "edited-by-hand" if edited else "not-ours"
    lost = not (edited or case.holdings.lock.entries)
    again = "if the lock was lost, `imagepipe lock rebuild` makes it anew, free; else " if lost else ""
    return replace(decision, action=Action.BLOCK, code=code, note=note, hint=f"{again}{adopt}overwrite it with --force")
