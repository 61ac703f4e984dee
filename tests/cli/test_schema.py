"""The published schemas: every one is named by `schema`, is sound, and fits what the commands say."""

import json

import jsonschema
import pytest

from imagepipe import schemafiles
from imagepipe.cli import use_cases
from imagepipe.cli.schema import NAMES
from imagepipe.errors import Finding, Place
from imagepipe.reports import findingsjson
from tests.cli.running import ROOT
from tests.cli.sessions import Kept, session


def test_every_schema_can_be_asked_for() -> None:
    assert {*NAMES} == {path.name.removesuffix(".schema.json") for path in (ROOT / "schemas").glob("*.json")}


@pytest.mark.parametrize("name", NAMES)
def test_every_schema_is_one(name: str) -> None:
    found = schemafiles.schema(name)
    jsonschema.Draft202012Validator.check_schema(found)
    assert found["$id"].endswith(f"/{name}.schema.json")
    assert found["title"]


def test_findings_fit_theirs() -> None:
    place = Place("assets.yaml", 3, 5, 5, "    promt: x", "assets.mug.promt")
    findings = [Finding("unknown-field", "`promt` is no field", place, "did you mean `prompt`?"), Finding("a", "b")]
    findings.append(Finding("not-utf8", "not text", Place("assets.yaml"), severity="note"))
    jsonschema.validate(json.loads(findingsjson.render(findings)), schemafiles.schema("findings"))


def test_use_cases_fit_theirs() -> None:
    kept = Kept()
    use_cases.run(session(kept, json=True))
    told = json.loads(kept.out.getvalue())
    jsonschema.validate(told, schemafiles.schema("use-cases"))
    assert len(told["use_cases"]) == 19
