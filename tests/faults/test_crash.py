"""Killed, interrupted, doubled, edited under its feet: the real program, each row of the table once."""

import json
import os
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults import tracing
from tests.faults.real import project, reckon, store_of
from tests.faults.test_sweeps import tell
from tests.project import Project, interrupted
from tests.server import ImageServer
from tests.server.fixture import CANARY

Record = Callable[[str, object], None]


@pytest.fixture
def three(tmp_path: Path, api: ImageServer) -> Project:
    return project(tmp_path, ["mug", "hat", "cup"])


def data_folder() -> Path:
    return Path(os.environ["IMAGEPIPE_DATA"])


def finish(of: Project, api: ImageServer) -> set[str]:
    """Builds to the end as a user would; gives the assets that had to be asked for again because of a doubt."""
    doubtful = {intent.asset for intent in store_of(of).doubts()}
    ran = of.run("build", "--yes")
    assert ran.code == (1 if doubtful else 0), ran.text
    assert all(id in ran.text for id in doubtful)
    assert of.actions() == {id: "block" if id in doubtful else "keep" for id in of.actions()}
    if doubtful:
        assert "--resend" in ran.text
        assert "$" in of.run("plan").out
        assert of.run("build", "--yes", "--resend", "*").code == 0
    assert set(of.actions().values()) == {"keep"}
    return doubtful


@pytest.mark.parametrize("stage", ["before_headers", "mid_body", "after_last_byte"])
@pytest.mark.parametrize("jobs", ["1", pytest.param("8", marks=pytest.mark.long)])
def test_the_server_kills_its_client(
    three: Project, api: ImageServer, stage: str, jobs: str, record_property: Record
) -> None:
    api.fault("kill", prompt="hat", stage=stage, pause=0.3)
    process = three.start("build", "--yes", "--jobs", jobs)
    process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL or stage == "after_last_byte", "which may be over by then"
    damage = reckon(three, api, data_folder())
    asked = api.prompts.count("picture of hat")
    doubtful = finish(three, api)
    assert asked == 1
    assert api.prompts.count("picture of hat") == (2 if "hat" in doubtful else 1)
    if stage != "after_last_byte":
        assert "hat" in doubtful
    damage += reckon(three, api, data_folder())
    tell(record_property, "killed by its server", 1, damage)


@pytest.mark.parametrize(("call", "count"), [("rename", 1), ("fallocate", 1)], ids=["before intent", "before spool"])
def test_killed_before_sending_it_owes_nothing(three: Project, api: ImageServer, call: str, count: int) -> None:
    inject = f"inject={call}:signal=KILL:when={count}"
    done = tracing.run(
        three.command("build", "--yes"), "-o", "/dev/null", "-e", "signal=none", "-e", f"trace={call}", "-e", inject
    )
    assert done.returncode in (-9, 137)
    assert not api.requests
    ran = three.run("build", "--yes")
    assert ran.code == 0, ran.text
    assert "doubt" not in ran.text
    assert len(api.requests) == 3


def test_ctrl_c_twice_leaves_what_is_under_way_in_doubt(three: Project, api: ImageServer) -> None:
    api.hold("picture")
    process = three.start("build", "--yes", "--jobs", "2")
    api.wait_for_held(2)
    flying = {prompt.split()[-1] for prompt in api.held}
    assert CANARY not in subprocess.run(["ps", "-o", "args=", str(process.pid)], capture_output=True, text=True).stdout
    said = interrupted(process)
    assert all(id in said for id in flying)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130, out + err
    closing = out[out.index("In doubt: sent, the end unknown") :]
    assert all(f"? {id}: up to $0.00" in closing and f"--forget {id}" in closing for id in flying)
    assert len(api.requests) == 2
    api.release()
    assert not reckon(three, api, data_folder())
    assert finish(three, api) == flying


def test_a_doubt_of_an_asset_that_left_the_manifest_can_be_let_go(tmp_path: Path, api: ImageServer) -> None:
    of = project(tmp_path, ["mug", "hat"])
    api.fault("reset_in_body", prompt="hat")
    assert of.run("build", "--yes").code == 1
    project(tmp_path, ["mug"])
    for command in (("plan",), ("status",), ("build", "--yes")):
        ran = of.run(*command)
        assert ran.code == 0, "it holds nothing up, and is still told"
        assert "hat: a request that the manifest does not ask for is in doubt" in ran.text
    let_go = of.run("build", "--yes", "--forget", "hat")
    assert let_go.code == 0
    assert "hat: its doubt is let go; up to $0.0" in let_go.text
    assert "1 doubt let go; nothing was sent." in let_go.text
    again = of.run("build", "--yes", "--forget", "mug", "--resend", "*")
    assert again.code == 0
    assert "Nothing is in doubt" in again.text
    assert of.run("build", "--yes").code == 0
    assert len(api.requests) == 2
    cost = json.loads(of.run("cost", "--json").out)
    assert cost["in_doubt"]["assets"] == []
    assert cost["given_up"]["assets"] == ["hat"]
    assert cost["given_up"]["worst"] > 0
    assert "Given up, and not in the sum: hat" in of.run("cost").out


def test_sigterm_keeps_the_spools(three: Project, api: ImageServer) -> None:
    api.hold("hat")
    process = three.start("build", "--yes", "--jobs", "2")
    api.wait_for(3)
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 143, out + err
    api.release()
    assert not reckon(three, api, data_folder())
    doubtful = finish(three, api)
    assert "hat" in doubtful
    assert len(api.requests) == 3 + len(doubtful)


def git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", "-C", str(folder), *arguments], check=True, capture_output=True)


def test_two_worktrees_on_one_store_pay_once(tmp_path: Path, api: ImageServer) -> None:
    main = project(tmp_path / "main", ["mug", "hat", "cup"])
    git(main.root, "init", "-q")
    git(main.root, "add", "assets.yaml")
    git(main.root, "commit", "-qm", "assets")
    git(main.root, "worktree", "add", "-q", str(tmp_path / "other"))
    other = Project(tmp_path / "other")
    api.hold()
    first = main.start("build", "--yes")
    api.wait_for_held(3)
    second = other.start("build", "--yes")
    api.release()
    for process in (first, second):
        out, err = process.communicate(timeout=60)
        assert process.returncode == 0, out + err
    assert len(api.requests) == 3
    assert main.lock == other.lock
    for name in ("mug", "hat", "cup"):
        assert (other.root / f"out/{name}.png").read_bytes() == (main.root / f"out/{name}.png").read_bytes()


def test_a_lock_that_is_not_had_in_time_is_exit_5(three: Project, api: ImageServer) -> None:
    api.hold()
    first = three.start("build", "--yes")
    api.wait_for_held(3)
    second = three.run("build", "--yes", "--lock-timeout", "0.1")
    assert second.code == 5, second.text
    api.release()
    first.communicate(timeout=60)
    assert first.returncode == 0
    assert len(api.requests) == 3


def test_two_builds_in_one_folder_lose_no_update_of_the_lock(three: Project, api: ImageServer) -> None:
    api.hold("mug")
    first = three.start("build", "--yes", "mug")
    api.wait_for_held(1)
    second = three.run("build", "--yes", "hat", "cup")
    assert second.code == 0, second.text
    assert set(three.lock["assets"]) == {"hat", "cup"}
    api.release()
    out, err = first.communicate(timeout=60)
    assert first.returncode == 0, out + err
    assert set(three.actions().values()) == {"keep"}
    assert len(api.requests) == 3


def test_a_manifest_edited_meanwhile_is_built_as_it_was_read(three: Project, api: ImageServer) -> None:
    api.hold("mug")
    process = three.start("build", "--yes")
    api.wait_for_held(1)
    three.edit("picture of hat", "picture of a bowler")
    three.edit("picture of mug", "picture of a beaker")
    api.release()
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, out + err
    assert sorted(api.prompts) == ["picture of cup", "picture of hat", "picture of mug"]
    assert three.lock["assets"]["mug"]["prompt"] == ["picture of mug"]
    assert three.actions() == {"mug": "generate", "hat": "generate", "cup": "keep"}


def test_a_template_edited_meanwhile_too(tmp_path: Path, api: ImageServer) -> None:
    of = project(tmp_path, ["mug"])
    of.edit("prompt: picture of mug", "prompt: {request: picture of mug}\n    template: own.j2")
    of.write("the first words", "templates/own.j2")
    assert of.run("validate").code == 0, of.run("validate").text
    api.hold()
    process = of.start("build", "--yes")
    api.wait_for_held(1)
    of.write("the second words", "templates/own.j2")
    api.release()
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, out + err
    assert of.lock["assets"]["mug"]["prompt"] == ["the first words"]
    assert of.actions() == {"mug": "generate"}


def test_a_saved_plan_after_anything_moved_is_refused(three: Project, api: ImageServer) -> None:
    assert three.run("build", "--yes").code == 0
    three.edit("picture of cup", "picture of a goblet")
    assert three.run("plan", "--out", "plan.json").code == 0
    api.forget()
    for name in ("assets.yaml", "out/hat.png", "assets.lock"):
        path = three.root / name
        data = path.read_bytes()
        if name == "assets.yaml":
            three.edit("picture of mug", "picture of a beaker")
        else:
            path.unlink()
        refused = three.run("build", "--yes", "--plan", "plan.json")
        assert refused.code == 4, f"{name}: {refused.text}"
        path.write_bytes(data)
    assert not api.requests
    done = three.run("build", "--yes", "--plan", "plan.json")
    assert done.code == 0, done.text
    assert api.prompts == ["picture of a goblet"]


def test_the_report_of_a_run_names_everything(three: Project, api: ImageServer) -> None:
    api.fault("moderation", prompt="cup")
    api.fault("server_error", prompt="hat")
    three.run("build", "--yes", "--report", "report.json")
    report = json.loads((three.root / "report.json").read_text())
    hat, cup = report["assets"]["hat"], report["assets"]["cup"]
    assert (hat["prompt"], hat["model"], hat["end"]) == ("picture of hat", "gpt-image-2", "built")
    assert [each["attempt"] for each in hat["attempts"]] == [1, 2]
    (answer,) = hat["answers"]
    assert answer["request_id"].startswith("req_")
    assert answer["usd"] > 0
    assert set(hat["files"]) == {"out/hat.png"}
    assert (cup["end"], cup["code"]) == ("failed", "moderation-blocked")
    assert cup["request_id"].startswith("req_")
    assert report["usd"] == pytest.approx(sum(item.usd for item in api.charges), rel=0.01)
    (kept,) = (three.root / ".imagepipe/runs").glob("*.json")
    assert json.loads(kept.read_text()) == report
