"""`init` starts a project that is whole, and never writes over a file."""

import json
from pathlib import Path

import pytest

from imagepipe.prompts.kits import KITS
from tests.cli.running import run


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_project_in_a_new_folder(tmp_path: Path) -> None:
    ran = run("init", "My Shop", cwd=tmp_path)
    made = files(tmp_path / "My Shop")
    assert ran.code == 0
    assert set(made) == {"assets.yaml", "templates/.gitkeep", ".imagepipe/.gitignore", ".imagepipe/assets.schema.json"}
    text = made["assets.yaml"].decode()
    assert text.startswith("# yaml-language-server: $schema=.imagepipe/assets.schema.json\n")
    assert "\nproject: my-shop\n" in text
    assert "  provider: placeholder" in text
    assert "imagepipe -C 'My Shop' plan" in ran.out


def test_git_ignores_what_imagepipe_keeps_for_itself(tmp_path: Path) -> None:
    run("init", cwd=tmp_path)
    assert "*" in (tmp_path / ".imagepipe" / ".gitignore").read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("kit", sorted(KITS))
def test_every_kit_is_a_project_that_is_valid(kit: str, tmp_path: Path) -> None:
    assert run("init", "--kit", kit, cwd=tmp_path).code == 0
    checked = run("validate", cwd=tmp_path)
    assert (checked.code, checked.err) == (0, "")
    assert "is valid" in checked.out


def test_the_project_is_valid_and_plans_at_once(tmp_path: Path) -> None:
    run("init", cwd=tmp_path)
    assert run("validate", cwd=tmp_path).out == "assets.yaml is valid: 2 assets.\n"
    assert run("plan", "--exit-code", cwd=tmp_path).code == 3


def test_nothing_is_written_over_and_nothing_else_is_written(tmp_path: Path) -> None:
    (tmp_path / "assets.yaml").write_text("mine", encoding="utf-8")
    before = files(tmp_path)
    ran = run("init", "--kit", "website", cwd=tmp_path)
    assert ran.code == 2
    assert "assets.yaml" in ran.err
    assert files(tmp_path) == before


def test_two_kits_are_refused(tmp_path: Path) -> None:
    ran = run("init", "--kit", "website", "--kit", "game", "new", cwd=tmp_path)
    assert (ran.code, "names 2: website, game" in ran.err) == (2, True)
    assert not list(tmp_path.iterdir())


def test_an_unknown_kit_names_the_nearest(tmp_path: Path) -> None:
    ran = run("init", "--kit", "webiste", "new", cwd=tmp_path)
    assert ran.code == 2
    assert "did you mean `website`?" in ran.err
    assert not list(tmp_path.iterdir())


def test_the_editor_schema_offers_the_names_of_kit_and_installation(tmp_path: Path) -> None:
    run("init", "--kit", "game", cwd=tmp_path)
    written = (tmp_path / ".imagepipe" / "assets.schema.json").read_text(encoding="utf-8")
    asset = json.loads(written)["$defs"]["asset"]["properties"]
    assert "sprite.j2" in asset["template"]["enum"]
    assert {"openai", "placeholder"} <= set(asset["provider"]["enum"])
    assert run("schema", cwd=tmp_path).out == written
