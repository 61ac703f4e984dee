"""An exact deliverable picks its request's size by itself, and the plan says which."""

from pathlib import Path

import pytest

from tests.project import Project

ASSET = "version: 1\nassets:\n  og:\n    prompt: a card\n{more}    outputs: [{files}]\n"


@pytest.mark.parametrize(
    ("more", "files", "size", "note"),
    [
        ("", "{path: og.jpg, width: 1200, height: 630}", "1200x640", "asks for 1200x640, made into 1200×630"),
        ("", "{path: og.jpg, width: 64, height: 64, fit: pad}", "816x816", "asks for 816x816, made into 64×64"),
        (
            "    options: {size: 1536x1024}\n",
            "{path: og.jpg, width: 1200, height: 630}, {path: b.png, width: 100, height: 50}",
            "1536x1024",
            "asks for 1536x1024, made into 1200×630, 100×50",
        ),
        ("", "{path: og.png, width: 1024, height: 1024}", "1024x1024", ""),
        ("", "{path: og.png, width: 1200}", "1024x1024", ""),
        ("", "og.png", "1024x1024", ""),
    ],
)
def test_the_plan_tells_the_size(tmp_path: Path, more: str, files: str, size: str, note: str) -> None:
    project = Project(tmp_path).write(ASSET.replace("{more}", more).replace("{files}", files))
    (row,) = project.run("plan", "--json").json["decisions"]
    assert row.get("note", "") == note
    assert note in project.run("plan").out
    assert project.run("show", "og", "--json").json["request"]["options"]["size"] == size
