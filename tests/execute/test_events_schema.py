"""The published form of events: each kind of them, as `build --json` writes it, is what the schema says."""

import dataclasses
import json
from pathlib import Path
from typing import get_args

import jsonschema
import pytest

from imagepipe import events
from imagepipe.events import Event, as_json
from imagepipe.schemafiles import schema
from imagepipe.values import Candidate, Charge, FrozenMap
from tests.execute.rig import Rig, answer, asset, error, png, silence

KEY = "sha256:" + "0" * 64
SCHEMA = jsonschema.Draft202012Validator(schema("events"))
SAMPLES: list[Event] = [
    events.BuildStarted("run", 3, 2, None),
    events.BuildStarted("run", 3, 2, 0.5, 5.0, "--max-cost"),
    events.Sending("a", KEY, 1, 1, 0.05),
    events.Waiting("a", 2.5, "throttled"),
    events.Received("a", KEY, (Candidate(KEY, 1, 1, "png"),), Charge(0.1, FrozenMap({"output_tokens": 3}))),
    events.SpoolAdopted("a", KEY, Charge(None)),
    events.Dropped("a", ("x.png",), ("y.png",)),
    events.Failed("a", "over-cap", "too dear", "raise it", None),
    events.Failed("a", "edited-by-hand", "it was edited", blocked=True),
    events.Skipped("a", "its input b failed"),
    events.InDoubt("a", KEY, None, "reset"),
    events.Warned("orphans", "left"),
    events.BuildFinished(0, 1, 0, 0, 1, 0.1, 0.0),
]


@pytest.mark.parametrize("event", SAMPLES, ids=lambda event: type(event).__name__)
def test_samples(event: Event) -> None:
    SCHEMA.validate(json.loads(json.dumps(as_json(event))))


def test_the_schema_names_every_event_and_every_field() -> None:
    known = {
        SCHEMA.schema["$defs"][item["$ref"].rsplit("/", 1)[-1]]["properties"]["event"]["const"]: item
        for item in SCHEMA.schema["oneOf"]
    }
    for kind in get_args(Event):
        name = "".join("_" + c.lower() if c.isupper() else c for c in kind.__name__).lstrip("_")
        declared = set(SCHEMA.schema["$defs"][name]["properties"])
        assert name in known
        assert declared == {"event", *(spec.name for spec in dataclasses.fields(kind) if spec.name != "entry")}
    assert len(known) == len(get_args(Event))


def test_what_a_build_tells(tmp_path: Path) -> None:
    rig = Rig(tmp_path, asset("a"), asset("b"), asset("c"), asset("d", options={"n": 2}))
    rig.provider.script("picture of b", error(400, "moderation_blocked"))
    rig.provider.script("picture of c", error(429, "slow_down"), silence())
    rig.provider.script("picture of d", answer(png(1), png(1), usage={"output_tokens": 40}))
    rig.build()
    for event in rig.events:
        SCHEMA.validate(json.loads(json.dumps(as_json(event))))
    assert {type(event).__name__ for event in rig.events} >= {"Sending", "Waiting", "Received", "Failed", "InDoubt"}
