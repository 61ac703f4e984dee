"""The report of one build: everything it did, as a JSON file under .imagepipe/runs, or where `--report` says."""

import json
from pathlib import Path
from typing import Any

from imagepipe.errors import ImagepipeError
from imagepipe.events import (
    BuildFinished,
    BuildStarted,
    Event,
    Failed,
    InDoubt,
    Published,
    Received,
    Sending,
    Skipped,
    SpoolAdopted,
    Warned,
    as_json,
)
from imagepipe.store.disk import explained, remove, write_atomic
from imagepipe.values import Action, Decision, Manifest, Plan, thaw
from imagepipe.workspace.finding import private_folder

_KEPT = 50
"""How many reports stay in the private folder; the oldest go first."""
_ENDS = {Failed: "failed", InDoubt: "in doubt", Skipped: "skipped", Published: "built"}


class RunReport:
    """Hears the events of a build; written at the end if anything was done."""

    def __init__(self, run: str, manifest: Manifest, plan: Plan) -> None:
        self._run, self._project = run, manifest.project
        self._events: list[str] = []
        self._done = False
        busy = (row for row in plan.decisions if row.action not in (Action.KEEP, Action.HOLD))
        self._assets = {row.asset: _begun(row) for row in busy}

    def hear(self, event: Event) -> None:
        """Takes note of an event."""
        self._events.append(_json(as_json(event)))
        self._done = self._done or not isinstance(event, BuildStarted | BuildFinished)
        about = self._assets.get(getattr(event, "asset", ""))
        if about is not None:
            _note(about, event)

    def write(self, root: Path, also: str) -> Warned | None:
        """Writes the report: to the private folder where something was done, and to the file `also` in any case. What
        stands in the way is told and harms nothing else."""
        text = self._text().encode()
        try:
            if self._done:
                self._file(root, text)
            if also:
                write_atomic(Path(also).absolute(), text, durable=False)
        except ImagepipeError as error:
            return Warned(
                "report-unwritten", f"the report of this run was not written: {error.message}", "", error.hint
            )
        return None

    def _file(self, root: Path, text: bytes) -> None:
        with explained(root):
            folder = private_folder(root) / "runs"
            write_atomic(folder / f"{self._run}.json", text, durable=False)
            for old in sorted(folder.glob("*.json"))[:-_KEPT]:
                remove(old)

    def _text(self) -> str:
        """The report as JSON, with a line for each asset and each event."""
        usd = sum(each["usd"] or 0.0 for about in self._assets.values() for each in about["answers"])
        head = _json({"version": 1, "run": self._run, "project": self._project, "usd": usd})[1:-1]
        assets = ",\n".join(f"{_json(id)}: {_json(about)}" for id, about in self._assets.items())
        events = ",\n".join(self._events)
        return f'{{{head},\n"assets": {{\n{assets}\n}},\n"events": [\n{events}\n]}}\n'


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _begun(row: Decision) -> dict[str, Any]:
    request = row.recipe.request if row.recipe else None
    return {
        "action": row.action.value,
        "end": "",
        "prompt": request.prompt if request else "",
        "provider": request.provider if request else "",
        "model": request.model if request else "",
        "options": thaw(request.options) if request else {},
        "made_from": row.recipe.made_from if row.recipe else "",
        "attempts": [],
        "answers": [],
        "files": {},
    }


def _note(about: dict[str, Any], event: Event) -> None:
    """What an event says of its asset: each try with what it may cost, each answer with what it did cost, each end."""
    if type(event) in _ENDS:
        about["end"] = _ENDS[type(event)]
    match event:
        case Sending(attempt=attempt, n=n, worst=worst):
            about["attempts"].append({"attempt": attempt, "n": n, "worst": worst})
        case Received(request_id=request_id, charge=charge) | SpoolAdopted(request_id=request_id, charge=charge):
            about["answers"].append({"request_id": request_id, "usd": charge.usd, "usage": thaw(charge.usage)})
        case Published(entry=entry):
            about["files"] = {path: fact.sha256 for path, fact in entry.outputs.items()}
            about |= {"prompt": "\n".join(entry.prompt), "provider": entry.provider, "model": entry.model}
            about |= {"options": thaw(entry.options), "made_from": entry.made_from}
        case Failed(code=code, message=message, request_id=request_id, picture=picture):
            about |= {"code": code, "message": message, "request_id": request_id, "picture": picture}
        case InDoubt(why=why, worst=worst):
            about |= {"message": why, "worst": worst}
        case Skipped(because=because):
            about["message"] = because
