"""`import`: a batch becomes a manifest that sends the same, pictures become assets that have them; neither pays."""

import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.cli.running import Ran, run
from tests.project import Project
from tests.server import ImageServer

JOBS: list[Any] = [
    "# pictures of a shop",
    "a plain prompt: with {{ braces }} and # marks",
    {"prompt": "two of a kind", "n": 2, "quality": "low", "size": "1024x1024"},
    {"prompt": "labelled", "use_case": "product-mockup", "text": 'Say "hi"', "negative": "people", "size": "1536x1024"},
    {"prompt": "of its own kind", "use_case": "a kind of mine", "fields": {"scene": "a\ntable"}},
    {"prompt": "ünïcode — “quotes” \u2028 \U0001f36b \\n", "output_format": "jpg", "output_compression": 60},
    {"prompt": "no: yes", "out": "named/this.webp", "output_format": "webp", "moderation": "low"},
]


@pytest.fixture
def here(tmp_path: Path, api: ImageServer) -> Path:
    text = "\n".join(job if isinstance(job, str) else json.dumps(job) for job in JOBS)
    (tmp_path / "jobs.jsonl").write_text(text, encoding="utf-8")
    return tmp_path


def done(here: Path, *arguments: str) -> Ran:
    ran = run(*arguments, cwd=here)
    assert ran.code == 0, ran.err + ran.out
    return ran


@pytest.mark.parametrize("typed", [(), ("--no-augment",), ("--subject", "one mug")])
def test_its_plan_sends_the_same_payloads(here: Path, api: ImageServer, typed: tuple[str, ...]) -> None:
    shown = json.loads(done(here, "generate-batch", "--input", "jobs.jsonl", *typed, "--dry-run").out)
    done(here, "import", "jobs.jsonl", *typed)
    assert not api.requests
    done(here, "build", "--yes")
    wanted = [
        json.dumps({k: v for k, v in item.items() if not k.startswith(("endpoint", "outputs"))}) for item in shown
    ]
    sent = [{name: item.fields[name] for name in json.loads(one)} for item, one in _paired(api, wanted)]
    assert sorted(json.dumps(item) for item in sent) == sorted(wanted)
    for item in shown:
        assert all((here / path).is_file() for path in item["outputs"])
    assert len(api.requests) == len(shown)


def _paired(api: ImageServer, wanted: list[str]) -> list[tuple[Any, str]]:
    by_prompt = {json.loads(one)["prompt"]: one for one in wanted}
    return [(item, by_prompt[item.prompt]) for item in api.requests]


def test_smaller_copies_are_outputs_too(here: Path, api: ImageServer) -> None:
    (here / "jobs.jsonl").write_text(json.dumps(JOBS[2]))
    done(here, "import", "jobs.jsonl", "--downscale-max-dim", "64")
    done(here, "build", "--yes")
    with Image.open(here / "output/imagegen/001-two-of-a-kind-2-web.png") as picture:
        assert picture.size == (64, 64)
    assert api.charged == 2


def test_what_the_batch_paid_for_is_not_paid_again(here: Path, api: ImageServer) -> None:
    done(here, "import", "jobs.jsonl")
    done(here, "generate-batch", "--input", "jobs.jsonl", "--out-dir", "elsewhere")
    sent = len(api.requests)
    done(here, "build", "--yes")
    assert len(api.requests) == sent


def test_into_a_manifest_that_is_there_its_text_stays(here: Path, api: ImageServer) -> None:
    text = "version: 1  # mine\nassets:\n  logo: {prompt: a leaf, output: l.png}\n\n# behind\nproject: shop\n"
    Project(here).write(text)
    done(here, "import", "jobs.jsonl", "--out-dir", "img")
    after = (here / "assets.yaml").read_text(encoding="utf-8")
    assert [line for line in after.splitlines() if line in text.splitlines()] == text.splitlines()
    ran = run("import", "jobs.jsonl", "--out-dir", "img2", cwd=here)
    assert (ran.code, "already" in ran.err) == (2, True)
    done(here, "import", "jobs.jsonl", "-o", "other.yaml")
    assert len(json.loads(done(here, "-f", "other.yaml", "plan", "--json").out)["decisions"]) == 7


def test_a_dry_run_prints_the_manifest(here: Path) -> None:
    assert done(here, "import", "jobs.jsonl", "--dry-run").out.startswith("# yaml-language-server")
    assert not (here / "assets.yaml").exists()


def test_a_wrong_job_writes_nothing(here: Path) -> None:
    (here / "jobs.jsonl").write_text('{"promt": 1}\nfine\n')
    ran = run("import", "jobs.jsonl", cwd=here)
    assert (ran.code, "jobs.jsonl:1" in ran.err) == (2, True)
    assert not (here / "assets.yaml").exists()


def test_pictures_are_adopted_as_they_are(here: Path, api: ImageServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY")
    (here / "img").mkdir()
    Image.new("RGB", (501, 333), "red").save(here / "img/Mug Hero.png")
    Image.new("RGB", (64, 64), "blue").save(here / "img/mug-hero.jpg")
    Image.new("RGB", (64, 64), "green").save(here / "img/16.png")
    before = {path: path.read_bytes() for path in (here / "img").iterdir()}
    done(here, "import", "img/Mug Hero.png", "img/mug-hero.jpg", "img/16.png")
    assert not api.requests
    project = Project(here)
    assert project.actions() == {"mug-hero": "keep", "mug-hero-2": "keep", "16": "keep"}
    assert before == {path: path.read_bytes() for path in (here / "img").iterdir()}
    assert {entry["answer"] for entry in project.lock["assets"].values()} == {"adopted"}
    assert done(here, "check").code == 0
    project.edit("request: mug hero\n  ", "request: one mug\n  ")
    assert "generate" not in project.actions().values(), "pinned: describing it does not ask for it"


DEFAULTS = """\
version: 1
defaults:
  prompt: {constraints: [no watermark], scene: "a table", WORDS}
assets:
  mug-hero: {prompt: a mug, output: mug.png}
"""


@pytest.mark.parametrize("more", ["style: ink", "extra: {Camera: 50mm}", "use_case: product-mockup"])
def test_defaults_of_the_manifest_do_not_reach_the_words(here: Path, more: str) -> None:
    Project(here).write(DEFAULTS.replace("WORDS", more))
    Image.new("RGB", (64, 64), "blue").save(here / "Mug Hero.png")
    done(here, "import", "jobs.jsonl")
    done(here, "import", "Mug Hero.png")
    decisions = json.loads(done(here, "plan", "--json").out)["decisions"]
    assert {one["asset"]: one["action"] for one in decisions}["mug-hero-2"] == "keep", "the id was taken"
    shown = done(here, "show", decisions[2]["asset"]).out
    assert "two of a kind" in shown
    assert not [word for word in ("no watermark", "a table", "ink", "Camera", "product-mockup") if word in shown]


@pytest.mark.parametrize(
    ("name", "said"), [("wrong.png", "rename it: wrong.jpg"), ("mug.png", "`mug.png` is already written by `mug-hero`")]
)
def test_a_picture_that_cannot_be_an_asset_is_told_without_a_line(here: Path, name: str, said: str) -> None:
    project = Project(here).write(DEFAULTS.replace(", WORDS", ""))
    before = (here / "assets.yaml").read_bytes()
    Image.new("RGB", (8, 8)).save(here / name, "JPEG" if name == "wrong.png" else "PNG")
    ran = project.run("import", name)
    assert (ran.code, said in ran.text, "assets.yaml:" in ran.text) == (2, True, False), ran.text
    assert (here / "assets.yaml").read_bytes() == before


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("none.png", "cannot read"),
        ("text.png", "text.png"),
        ("a.gif", "is a GIF picture; import takes PNG, JPEG and WebP"),
        ("a.avif", "is an AVIF picture; import takes PNG, JPEG and WebP"),
    ],
)
def test_what_is_no_picture_writes_nothing(here: Path, name: str, said: str) -> None:
    (here / "text.png").write_text("no picture")
    if name.startswith("a."):
        Image.new("RGB", (8, 8)).save(here / name)
    ran = run("import", name, cwd=here)
    assert (ran.code, said in ran.err) == (2, True), ran.err
    assert not (here / "assets.yaml").exists()
