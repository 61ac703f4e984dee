"""A comparison read back from its data: the same text as before, and nothing but a comparison is taken."""

import json
from pathlib import Path
from typing import Any

import pytest

from imagepipe.errors import UsageError
from imagepipe.pipeline.compared import LARGEST, read
from imagepipe.planning.comparing import Comparison
from imagepipe.reports import diffjson, diffmarkdown, difftext
from tests.reports.diffsamples import BROKEN, CHANGED, NOTHING, hostile


def written(folder: Path, data: str | bytes) -> Path:
    path = folder / "diff.json"
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


@pytest.mark.parametrize("found", [CHANGED, NOTHING, BROKEN, hostile()])
def test_what_was_written_reads_the_same(found: Comparison, tmp_path: Path) -> None:
    again = read(written(tmp_path, diffjson.render(found)))
    assert diffmarkdown.render(again) == diffmarkdown.render(found)
    assert difftext.render(again) == difftext.render(found)


def changed(**more: Any) -> str:
    return json.dumps({**json.loads(diffjson.render(CHANGED)), **more})


BAD = {
    "no JSON": "{",
    "no text": b"\xff\xfe\x00{",
    "deep": "[" * 200_000,
    "a list": "[]",
    "more than the schema has": changed(evil=1),
    "another version": changed(version=2),
    "a revision that is a path": changed(base={"name": "main", "rev": "../../x"}),
    "a number beyond all": changed(unchanged=10**400),
    "a number without end": changed().replace('"unchanged": 1', '"unchanged": Infinity'),
    "digits without end": changed().replace('"unchanged": 1', '"unchanged": ' + "9" * 5000),
    "a price beyond all": changed(cost={name: {"low": 1e300, "high": 1, "worst": 1} for name in ("before", "after", "to_build")}),
    "not a number": changed(cost={name: {"low": float("nan"), "high": 1, "worst": 1} for name in ("before", "after", "to_build")}),
    "too large": " " * (LARGEST + 1),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_anything_else_is_refused_by_name(name: str, tmp_path: Path) -> None:
    path = written(tmp_path, BAD[name])
    with pytest.raises(UsageError) as caught:
        read(path)
    assert caught.value.code == "not-a-comparison"
    assert "diff.json" in caught.value.message
    assert len(caught.value.message) < 400


def test_a_comment_of_hostile_data_fits_all_the_same(tmp_path: Path) -> None:
    notes = [{"message": "<" * 9_000}] * 90
    long = {**json.loads(changed())["changes"][0], "asset": "<" * 90_000}
    text = changed(base={"name": "<&" * 90_000, "rev": "ab" * 20}, notes=notes, changes=[long] * 3)
    comment = diffmarkdown.render(read(written(tmp_path, text)))
    assert len(comment) < diffmarkdown.LIMIT - 100
    assert "3 more assets did not fit here" in comment


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot read"):
        read(tmp_path / "nothing.json")
