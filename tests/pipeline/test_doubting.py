"""Doubts in a store that many share: told where they belong, settled by what their names mean, in the way of nobody else."""

from pathlib import Path

import pytest

from tests.project import Project
from tests.server import ImageServer

HEAD = "version: 1\ndefaults: {options: {quality: low}}\nassets:\n"


def project(folder: Path, **prompts: str) -> Project:
    folder.mkdir(exist_ok=True)
    rows = "".join(f"  {id}: {{prompt: {prompt}, output: o/{id}.png}}\n" for id, prompt in prompts.items())
    return Project(folder).write(HEAD + rows)


def doubtful(folder: Path, api: ImageServer, **prompts: str) -> Project:
    """A project whose requests for a fern have no known end."""
    made = project(folder, **prompts)
    api.fault("reset_in_body", prompt="fern")
    assert made.run("build", "--yes").code == 1
    api.forget()
    return made


def test_the_doubt_of_another_project_is_told_and_left_alone(
    tmp_path: Path, api: ImageServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IMAGEPIPE_STORE", str(tmp_path / "store"))
    first = doubtful(tmp_path / "first", api, a="a fern")
    second = project(tmp_path / "second", a="a moss", b="a stone")
    for arguments in (("build", "--yes"), ("build", "--forget", "a"), ("build", "--resend", "*")):
        ran = second.run(*arguments)
        assert ran.code == 0, ran.text
        assert "a: another project or worktree with this store has a request of this name in doubt" in ran.text
    assert "Nothing is in doubt: --resend found nothing to settle." in ran.text
    assert "another project" in second.run("plan").err, "also where there is nothing to do"
    assert second.run("cost", "--json").json["in_doubt"]["assets"] == []
    assert first.actions() == {"a": "block"}, "it is not let go from elsewhere"
    assert "1 doubt let go" in first.run("build", "--forget", "a").text
    assert second.run("cost", "--json").json["given_up"]["assets"] == []
    assert first.run("cost", "--json").json["given_up"]["assets"] == ["a"]
    assert "doubt" not in second.run("build").text


def test_what_is_not_built_now_fails_nothing(tmp_path: Path, api: ImageServer) -> None:
    made = doubtful(tmp_path, api, a="a fern", b="a stone")
    ran = made.run("build", "b")
    assert ran.code == 0
    assert "a: a request is in doubt, and holds nothing up here" in ran.text
    made.edit("a fern", "a moss")
    ran = made.run("build", "--yes")
    assert (ran.code, api.prompts) == (0, ["a moss"]), "a changed recipe is free to go on"
    for command in ("plan", "status", "build"):
        said = made.run(command).text
        assert "a: a request that the manifest does not ask for is in doubt, $0.00" in said
        assert "`imagepipe build --forget a` gives it up" in said
    let_go = made.run("build", "--resend", "a")
    assert (let_go.code, len(api.requests)) == (0, 1)
    assert "1 doubt let go; nothing was sent." in let_go.text
    assert "doubt" not in made.run("plan").text


@pytest.mark.parametrize("name", ["a", "z"])
def test_a_renamed_asset_is_settled_under_either_name(tmp_path: Path, api: ImageServer, name: str) -> None:
    made = doubtful(tmp_path, api, a="a fern")
    made.edit("  a:", "  z:")
    assert "--resend z" in made.run("build").text
    assert made.actions("--resend", name) == {"z": "generate"}
    ran = made.run("build", "--yes", "--resend", name)
    assert (ran.code, api.prompts) == (0, ["a fern"]), ran.text
    assert made.actions() == {"z": "keep"}


def test_assets_with_one_recipe_are_settled_together(tmp_path: Path, api: ImageServer) -> None:
    made = doubtful(tmp_path, api, p="a fern", q="a fern")
    ran = made.run("build", "--forget", "q")
    assert (ran.code, api.requests) == (0, []), ran.text
    assert set(made.actions().values()) == {"generate"}


def test_why_it_is_in_doubt_is_known_later(tmp_path: Path, api: ImageServer) -> None:
    made = project(tmp_path, a="a fern", b="a stone")
    api.fault("bad_gateway", prompt="fern", times=None)
    first = made.run("build", "--yes")
    assert first.code == 1
    again = made.run("build")
    said = [line for line in again.out.splitlines() if line.startswith("  ? a: up to")]
    assert said == [line for line in first.out.splitlines() if line.startswith("  ? a: up to")]
    assert len(said) == 1
    assert "1 in doubt" in again.out
