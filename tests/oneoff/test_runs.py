"""One-off commands for real: a subprocess, the loopback server that counts charges, and what lies on the disk after."""

import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.cli.running import Ran, run
from tests.project import Project
from tests.server import ImageServer
from tests.server.fixture import leaks

LOW = ("--quality", "low", "--size", "1024x1024")
MUG = ("generate", "--prompt", "a mug", *LOW)


@pytest.fixture
def here(tmp_path: Path, api: ImageServer) -> Path:
    folder = tmp_path / "work"
    folder.mkdir()
    return folder


def done(here: Path, *arguments: str) -> Ran:
    ran = run(*arguments, cwd=here)
    assert ran.code == 0, ran.err + ran.out
    return ran


def files(here: Path) -> list[str]:
    return sorted(str(path.relative_to(here)) for path in here.rglob("*") if path.is_file())


def size_of(path: Path) -> tuple[int, int]:
    with Image.open(path) as picture:
        return picture.size


def test_what_is_sent_is_what_the_dry_run_shows(here: Path, api: ImageServer) -> None:
    typed = (*MUG, "--n", "2", "--subject", "one {{ mug }}", "--output-format", "jpg", "--moderation", "low")
    shown = json.loads(done(here, *typed, "--dry-run").out)
    assert not api.requests
    done(here, *typed)
    (sent,) = api.requests
    assert sent.path.endswith(shown.pop("endpoint"))
    assert files(here) == shown.pop("outputs")
    assert shown.pop("outputs_downscaled") == []
    assert sent.fields == shown
    assert api.charged == 2


def test_what_is_in_doubt_is_asked_for_anew_by_the_same_command(here: Path, api: ImageServer) -> None:
    """No manifest names it, so `build --resend` could not."""
    api.fault("reset_in_body", times=1)
    ran = run(*MUG, cwd=here)
    assert (ran.code, "In doubt: " in ran.out + ran.err) == (1, True)
    assert "→ the same command with --again asks anew, and may pay twice" in ran.out + ran.err
    assert "imagepipe build" not in ran.out + ran.err
    assert run(*MUG, cwd=here).code == 1, "nothing is sent"
    assert len(api.requests) == 1
    done(here, *MUG, "--again")
    assert size_of(here / files(here)[0]) == (1024, 1024)


def test_nothing_else_is_made_and_the_file_is_the_providers(here: Path, api: ImageServer) -> None:
    done(here, *MUG, "--out", "../elsewhere/mug.png")
    assert list(here.iterdir()) == []
    with Image.open(here.parent / "elsewhere/mug.png") as picture:
        assert (picture.size, picture.format) == ((1024, 1024), "PNG")
    assert leaks(here.parent) == []


def test_asking_twice_costs_nothing_and_again_asks_anew(here: Path, api: ImageServer) -> None:
    done(here, *MUG, "--out", "one.png")
    done(here, *MUG, "--out", "two.png")
    assert len(api.requests) == 1
    assert (here / "one.png").read_bytes() == (here / "two.png").read_bytes()
    done(here, *MUG, "--out", "three.png", "--again")
    assert len(api.requests) == 2
    assert (here / "three.png").read_bytes() != (here / "one.png").read_bytes()
    done(here, *MUG, "--out", "four.png")
    assert len(api.requests) == 2
    assert (here / "four.png").read_bytes() == (here / "one.png").read_bytes()


def test_more_pictures_of_the_same_words_cost_only_what_is_missing(here: Path, api: ImageServer) -> None:
    done(here, *MUG, "--out", "one.png")
    done(here, *MUG, "--out", "mug.png", "--n", "3")
    assert [item.fields["n"] for item in api.requests] == [1, 2]
    assert len({(here / name).read_bytes() for name in files(here)}) == 3
    done(here, *MUG, "--out", "mug.png", "--n", "3", "--force")
    assert api.charged == 3


def test_files_that_are_there_stop_everything_before_the_first_call(here: Path, api: ImageServer) -> None:
    (here / "mug-2-web.png").write_text("mine")
    ran = run(*MUG, "--n", "2", "--out", "mug.png", "--downscale-max-dim", "64", cwd=here)
    assert (ran.code, len(api.requests)) == (2, 0)
    assert "mug-2-web.png" in ran.err
    assert files(here) == ["mug-2-web.png"]
    done(here, *MUG, "--n", "2", "--out", "mug.png", "--downscale-max-dim", "64", "--force")
    assert size_of(here / "mug-2-web.png") == (64, 64)


@pytest.mark.parametrize("out", ["there", "mug.txt/mug.png"])
def test_a_place_that_cannot_be_written_is_refused_before_paying(here: Path, api: ImageServer, out: str) -> None:
    (here / "mug.txt").write_text("a file")
    (here / "there" / "image_1.png").mkdir(parents=True)
    ran = run(*MUG, "--out", out, "--force", cwd=here)
    assert (ran.code, len(api.requests)) == (2, 0), ran.err


@pytest.mark.parametrize(
    ("size", "most", "wanted"),
    [("1024x1024", 100, (100, 100)), ("1536x1024", 100, (100, 67)), ("1024x1536", 4000, (1024, 1536)),
     ("1536x1024", 1, (1, 1))],
)  # fmt: skip
def test_smaller_copies(here: Path, api: ImageServer, size: str, most: int, wanted: tuple[int, int]) -> None:
    done(here, "generate", "--prompt", "a mug", "--size", size, "--out", "m.png", "--downscale-max-dim", str(most))
    assert size_of(here / "m-web.png") == wanted
    assert api.charged == 1


def test_in_a_project_its_store_is_used(here: Path, api: ImageServer) -> None:
    project = Project(here).write()
    done(here, *MUG, "--out", "one.png")
    assert len(list((here / ".imagepipe/store/receipts").rglob("*.json"))) == 1
    assert not (here / "assets.lock").exists()
    assert project.actions()["hero"] == "generate"


def edited(here: Path) -> tuple[str, ...]:
    Image.new("RGB", (1024, 1024), "tan").save(here / "b room.png")
    Image.new("RGB", (64, 48), "red").save(here / "a.webp")
    mask = Image.new("RGBA", (1024, 1024), "white")
    mask.paste((0, 0, 0, 0), (100, 100, 200, 200))
    mask.save(here / "m.png")
    images = ("--image", "b room.png", "--image", "a.webp", "--mask", "m.png")
    return ("edit", *images, "--prompt", "add a lamp", *LOW, "--out", "out/lamp.png")


def test_an_edit_sends_its_files(here: Path, api: ImageServer) -> None:
    done(here, *edited(here))
    (sent,) = api.requests
    assert sent.path.endswith("/images/edits")
    images = [part.data for part in sent.files if part.name.startswith("image")]
    assert images == [(here / "b room.png").read_bytes(), (here / "a.webp").read_bytes()]
    assert sent.prompt == "Primary request: add a lamp"
    done(here, *edited(here)[:-1], "again.png")
    assert len(api.requests) == 1


def test_placeholders_need_no_key(here: Path, monkeypatch: pytest.MonkeyPatch, api: ImageServer) -> None:
    monkeypatch.delenv("OPENAI_API_KEY")
    ran = run(*MUG, cwd=here)
    assert ran.code == 7
    assert "--provider placeholder" in ran.err
    done(here, *MUG, "--provider", "placeholder", "--n", "2")
    assert files(here) == ["output/imagegen/output-1.png", "output/imagegen/output-2.png"]
    assert not api.requests


def batch(here: Path, *jobs: Any) -> tuple[str, ...]:
    text = "\n".join(job if isinstance(job, str) else json.dumps(job) for job in jobs)
    (here / "jobs.jsonl").write_text(text, encoding="utf-8")
    return ("generate-batch", "--input", "jobs.jsonl", "--out-dir", "d", "--quality", "low", "--size", "1024x1024")


def test_one_failed_job_costs_no_other(here: Path, api: ImageServer) -> None:
    api.fault("moderation", prompt="two")
    ran = run(*batch(here, "one", "two", {"prompt": "three", "n": 2}), cwd=here)
    assert ran.code == 1
    assert files(here) == ["d/001-one.png", "d/003-three-1.png", "d/003-three-2.png", "jobs.jsonl"]
    assert api.charged == 3
    assert "002-two" in ran.out + ran.err
    assert "--again" in run(*batch(here, "two")[:-6], *batch(here, "two")[-6:], cwd=here).out


def test_all_jobs_are_judged_before_one_is_sent(here: Path, api: ImageServer) -> None:
    ran = run(*batch(here, "one", {"prompt": "two", "size": "9x9"}), cwd=here)
    assert (ran.code, len(api.requests)) == (2, 0)
    (here / "d").mkdir()
    (here / "d/002-two.png").write_text("mine")
    ran = run(*batch(here, "one", "two"), cwd=here)
    assert (ran.code, len(api.requests)) == (2, 0)


def test_tries_of_a_job_are_bounded(here: Path, api: ImageServer) -> None:
    api.fault("server_error", prompt="one", times=9)
    ran = run(*batch(here, "one"), "--max-attempts", "1", cwd=here)
    assert ran.code == 1
    assert len(api.requests) == 1


def test_a_large_sum_needs_a_yes(here: Path, api: ImageServer) -> None:
    typed = ("generate", "--prompt", "a mug", "--quality", "medium", "--n", "10")
    ran = run(*typed, cwd=here)
    assert (ran.code, len(api.requests)) == (4, 0)
    assert "--yes" in ran.err
    done(here, *typed, "--yes")
    assert api.charged == 10


def test_events_as_json(here: Path, api: ImageServer) -> None:
    ran = done(here, *MUG, "--json", "--out", "mug.png")
    published = [event for event in ran.lines if event["event"] == "published"]
    assert [event["written"] for event in published] == [["mug.png"]]


def test_save_as_makes_an_asset_that_has_its_picture(here: Path, api: ImageServer) -> None:
    project = Project(here).write(
        "version: 1\nassets:\n    logo:\n        prompt: a leaf\n        output: l.png\n# end\n"
    )
    typed = (*MUG, "--subject", 'a "{{ mug }}": # 1', "--out", "img/mug.png", "--downscale-max-dim", "64")
    done(here, *typed, "--save-as", "mug")
    assert (here / "assets.yaml").read_text().endswith("# end\n")
    assert project.actions() == {"logo": "generate", "mug": "keep"}
    assert len(api.requests) == 1
    assert size_of(here / "img/mug-web.png") == (64, 64)
    (here / "img/mug.png").unlink()
    assert project.run("build", "mug").code == 0
    assert len(api.requests) == 1


def test_save_as_of_several_pictures_and_of_an_edit(here: Path, api: ImageServer) -> None:
    project = Project(here).write(
        "version: 1\ndefaults: {provider: placeholder}\nassets:\n  logo: {prompt: a, output: l.png}\n"
    )
    done(here, *MUG, "--n", "2", "--out", "img/mug.png", "--save-as", "mug")
    done(here, *edited(here), "--save-as", "lamp")
    assert project.actions() == {"logo": "generate", "mug-1": "keep", "mug-2": "keep", "lamp": "keep"}
    assert len(api.requests) == 2
    assert project.lock["assets"]["lamp"]["prompt"] == ["Primary request: add a lamp"]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (("--out", "../mug.png", "--save-as", "mug"), "outside of the project"),
        (("--save-as", "logo"), "already"),
        (("--save-as", "My Mug"), "cannot be the id"),
        (("--subject", "{{ endraw }}", "--save-as", "mug"), "endraw"),
        (("--save-as", "mug", "--again"), "do not go together"),
        (("--out", "public/logo.png", "--save-as", "mug"), "public/logo.png"),
    ],
)
def test_what_cannot_be_saved_is_refused_before_paying(
    here: Path, api: ImageServer, typed: tuple[str, ...], said: str
) -> None:
    Project(here).write()
    before = (here / "assets.yaml").read_bytes()
    ran = run(*MUG, *typed, cwd=here)
    assert (ran.code, len(api.requests)) == (2, 0), ran.err
    assert said in ran.err
    assert (here / "assets.yaml").read_bytes() == before


def test_save_as_without_a_project_and_under_defaults_that_change_it(here: Path, api: ImageServer) -> None:
    assert "imagepipe init" in run(*MUG, "--save-as", "mug", cwd=here).err
    Project(here).write(
        "version: 1\ndefaults: {options: {moderation: low}}\nassets:\n  a: {prompt: {request: x}, output: a.png}\n"
    )
    ran = run(*MUG, "--save-as", "mug", cwd=here)
    assert (ran.code, len(api.requests)) == (2, 0)
    assert "another set of options" in ran.err
