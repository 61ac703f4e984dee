"""Ten mistakes at once, as a person, an editor, a pull request and a code scanner are told of them."""

import json
import shutil
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from imagepipe import __version__
from tests.cli.running import ROOT, Ran, run

GOLDEN = ROOT / "tests" / "golden" / "validate"
CODES = [
    "unknown-model",
    "invalid-id",
    "unknown-use-case",
    "undefined-variable",
    "unknown-field",
    "invalid-path",
    "unknown-asset",
    "invalid-size",
    "unknown-step",
    "duplicate-output",
]
SARIF: dict[str, Any] = {
    "type": "object",
    "required": ["version", "runs"],
    "properties": {
        "version": {"const": "2.1.0"},
        "runs": {
            "items": {
                "required": ["tool", "results"],
                "properties": {
                    "tool": {
                        "properties": {"driver": {"required": ["name", "version", "rules"]}},
                        "required": ["driver"],
                    },
                    "columnKind": {"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
                    "results": {"items": {"$ref": "#/$defs/result"}},
                },
            }
        },
    },
    "$defs": {
        "result": {
            "required": ["ruleId", "ruleIndex", "level", "message", "locations"],
            "properties": {
                "level": {"enum": ["none", "note", "warning", "error"]},
                "message": {"required": ["text"]},
                "locations": {
                    "minItems": 1,
                    "items": {
                        "properties": {
                            "physicalLocation": {
                                "required": ["artifactLocation"],
                                "properties": {"region": {"$ref": "#/$defs/region"}},
                            }
                        }
                    },
                },
            },
        },
        "region": {
            "required": ["startLine", "startColumn", "endColumn"],
            "additionalProperties": {"type": "integer", "minimum": 1},
        },
    },
}
"""What SARIF 2.1.0 (OASIS, sections 3.13 to 3.30) asks of the parts that are written here."""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    shutil.copy(GOLDEN / "assets.yaml", tmp_path)
    return tmp_path


def validate(folder: Path, form: str) -> Ran:
    ran = run("validate", "--format", form, cwd=folder)
    assert ran.code == 2
    assert ran.err == ""
    return ran


@pytest.mark.parametrize("form", ["text", "json", "github", "sarif"])
def test_ten_mistakes_read_as_the_golden_text(shop: Path, form: str) -> None:
    expected = (GOLDEN / f"ten.{form}").read_text(encoding="utf-8")
    assert validate(shop, form).out == expected.replace('"version": "0.0.0"', f'"version": "{__version__}"')


def test_every_form_says_all_ten_in_file_order(shop: Path) -> None:
    found = validate(shop, "json").data["findings"]
    assert [item["code"] for item in found] == CODES
    places = [(item["line"], item["column"]) for item in found]
    assert places == sorted(places)
    assert all(item.get("hint") for item in found), "each says a way out"
    commands = validate(shop, "github").out.splitlines()
    assert [command.split("title=")[1].split(",")[0] for command in commands] == CODES
    results = validate(shop, "sarif").data["runs"][0]["results"]
    assert [item["ruleId"] for item in results] == CODES


def test_sarif_has_the_shape_of_the_standard(shop: Path) -> None:
    log = validate(shop, "sarif").data
    jsonschema.validate(log, SARIF)
    (made,) = log["runs"]
    rules = [rule["id"] for rule in made["tool"]["driver"]["rules"]]
    assert all(rules[item["ruleIndex"]] == item["ruleId"] for item in made["results"])


def test_of_a_thousand_mistakes_fifty_are_told(tmp_path: Path) -> None:
    assets = "".join(f"  a{at}: {{promt: x, output: {at}.png}}\n" for at in range(1000))
    (tmp_path / "assets.yaml").write_text(f"version: 1\nassets:\n{assets}")
    found = validate(tmp_path, "json").data["findings"]
    assert len(found) == 51
    assert found[-1]["message"].endswith("more")
    lines = [item["line"] for item in found[:-1]]
    assert lines == sorted(lines)


def test_json_is_json_also_where_all_is_well(tmp_path: Path) -> None:
    (tmp_path / "assets.yaml").write_text("version: 1\nassets: {a: {prompt: a mug, output: a.png}}\n")
    ran = run("validate", "--json", cwd=tmp_path)
    assert (ran.code, json.loads(ran.out)) == (0, {"version": 1, "findings": []})


@pytest.mark.parametrize(("form", "named"), [("text", "assets.yaml:8:"), ("github", "file=web/shop/assets.yaml,line=8"), ("sarif", '"uri": "web/shop/assets.yaml"')])  # fmt: skip
def test_what_reads_a_repository_is_told_files_from_its_top(shop: Path, form: str, named: str) -> None:
    (shop / ".git").mkdir()
    (shop / ".git" / "HEAD").write_text("ref: refs/heads/main\n")
    (shop / "web" / "shop").mkdir(parents=True)
    (shop / "assets.yaml").rename(shop / "web" / "shop" / "assets.yaml")
    ran = run("-C", "web/shop", "validate", "--format", form, cwd=shop)
    assert named in ran.out
    annotated = run("-C", "web/shop", "validate", cwd=shop, GITHUB_ACTIONS="true")
    assert "file=web/shop/assets.yaml,line=8" in annotated.err
