"""The report of one build: everything it did, as a JSON file under .imagepipe/runs, or where `--report` says."""

import json
from pathlib import Path
from typing import Any

from imagepipe.events import Event, Published, as_json
from imagepipe.store.disk import write_atomic
from imagepipe.values import Action, Manifest, Plan
from imagepipe.workspace.finding import private_folder

_FRAME = ("build_started", "build_finished")
_KEPT = 50
"""How many reports stay in the private folder; the oldest go first."""


class RunReport:
    """Hears the events of a build; written at the end if anything was done."""

    def __init__(self, run: str, manifest: Manifest, plan: Plan) -> None:
        self._run, self._manifest, self._plan = run, manifest, plan
        self._events: list[dict[str, Any]] = []
        self._files: dict[str, dict[str, str]] = {}

    def hear(self, event: Event) -> None:
        """Takes note of an event."""
        self._events.append(as_json(event))
        if isinstance(event, Published):
            self._files[event.asset] = {path: fact.sha256 for path, fact in event.entry.outputs.items()}

    def write(self, root: Path, also: str) -> None:
        """Writes the report: to the private folder where something was done, and to the file `also` in any case."""
        done = [event for event in self._events if event["event"] not in _FRAME]
        text = json.dumps(self._data(), ensure_ascii=False, indent=1).encode() + b"\n"
        if done:
            folder = private_folder(root) / "runs"
            write_atomic(folder / f"{self._run}.json", text, durable=False)
            for old in sorted(folder.glob("*.json"))[:-_KEPT]:
                old.unlink(missing_ok=True)
        if also:
            write_atomic(Path(also).absolute(), text, durable=False)

    def _data(self) -> dict[str, Any]:
        rows = [row for row in self._plan.decisions if row.action not in (Action.KEEP, Action.HOLD)]
        assets = {
            row.asset: {
                "action": row.action.value,
                "prompt": row.recipe.request.prompt if row.recipe else "",
                "provider": row.recipe.request.provider if row.recipe else "",
                "model": row.recipe.request.model if row.recipe else "",
                "made_from": row.recipe.made_from if row.recipe else "",
                "files": self._files.get(row.asset, {}),
            }
            for row in rows
        }
        return {
            "version": 1,
            "run": self._run,
            "project": self._manifest.project,
            "assets": assets,
            "events": self._events,
        }
