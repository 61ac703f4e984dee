"""Every workflow, the action and the hooks, read as GitHub, GitLab, pre-commit and zizmor read them."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from imagepipe import __version__
from imagepipe.cli import COMMANDS
from imagepipe.cli.cisetup import KINDS, files
from tests.ci.runner import ACTION, ROOT, STEPS

READY = ROOT / "examples/ci/github/.github"
WORKFLOWS = sorted([*(ROOT / ".github/workflows").glob("*.yml"), *(READY / "workflows").glob("*.yml")])
ALL = [ROOT / "action.yml", *WORKFLOWS]
named = pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)


def loaded(path: Path) -> Any:
    """A workflow; YAML reads its key `on` as true."""
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    return data | {"on": data.pop(True)} if True in data else data


def steps_of(path: Path) -> Iterator[dict[str, Any]]:
    data = loaded(path)
    for job in data.get("jobs", {"action": data.get("runs")}).values():
        yield from job["steps"]


def test_zizmor_finds_nothing() -> None:
    zizmor = shutil.which("zizmor", path=str(Path(sys.executable).parent)) or shutil.which("zizmor")
    assert zizmor, "pip install -e '.[dev]' brings it"
    command = [zizmor, "--offline", "--no-progress", "--persona=pedantic", *map(str, ALL)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("path", ALL, ids=lambda path: path.name)
def test_actions_of_others_are_pinned_and_scripts_take_nothing_from_outside(path: Path) -> None:
    for line in path.read_text(encoding="utf-8").splitlines():
        if match := re.search(r"\buses: (\S+)(.*)", line):
            assert match[1] == "./.github/actions/imagepipe" or re.fullmatch(
                r"[\w-]+/[\w/-]+@[0-9a-f]{40}", match[1]
            ), line
            assert match[1].startswith(".") or re.fullmatch(r" # v\d+\.\d+\.\d+", match[2]), line
    for step in steps_of(path):
        script = step.get("run", "")
        assert "${{" not in script
        assert "eval " not in script
        subprocess.run(["bash", "-n"], input=script, text=True, check=True)


def test_the_same_actions_are_pinned_everywhere_to_the_same_commit() -> None:
    pins = {pin for path in ALL for pin in re.findall(r"uses: (\w[\w/-]+@\w+)", path.read_text(encoding="utf-8"))}
    names = [pin.replace("/restore@", "@").replace("/save@", "@") for pin in pins]
    assert len({name.partition("@")[0] for name in names}) == len(set(names))


@named
def test_a_workflow_is_whole(path: Path) -> None:
    data = loaded(path)
    assert set(data) == {"name", "on", "permissions", "concurrency", "jobs"}
    assert data["permissions"] in ({}, {"contents": "read"}), "rights are given to a job, where it needs them"
    for name, job in data["jobs"].items():
        assert job["timeout-minutes"], name
        assert set(job.get("needs", "").split()) <= set(data["jobs"])
        ids = {step["id"] for step in job["steps"] if "id" in step}
        assert set(re.findall(r"steps\.(\w+)\.", yaml.safe_dump(job))) <= ids
        for step in job["steps"]:
            if step.get("uses", "").startswith("./"):
                assert set(step["with"]) <= set(ACTION["inputs"])
                assert step["with"]["mode"] in ("check", "plan-comment", "build", "commit")
            if "checkout" in step.get("uses", ""):
                assert step["with"]["persist-credentials"] is False
                assert "ref" not in step["with"]
    outputs = set(re.findall(r"steps\.\w+\.outputs\.([\w-]+)", yaml.safe_dump(data)))
    assert outputs <= set(ACTION["outputs"])


def test_the_key_is_in_one_step_of_one_job_behind_an_environment() -> None:
    texts = {path.name: path.read_text(encoding="utf-8") for path in WORKFLOWS}
    assert [name for name, text in texts.items() if "secrets." in text] == ["imagepipe-build.yml"]
    build = loaded(READY / "workflows/imagepipe-build.yml")
    assert "pull_request" not in build["on"]
    holders = [job for job in build["jobs"].values() if "secrets." in yaml.safe_dump(job)]
    assert [job["environment"] for job in holders] == ["images"]
    assert sum("secrets." in yaml.safe_dump(step) for step in holders[0]["steps"]) == 1


def test_the_pair_for_forks() -> None:
    check, comment = (loaded(READY / f"workflows/{name}.yml") for name in ("imagepipe", "imagepipe-comment"))
    assert comment["on"]["workflow_run"]["workflows"] == [check["name"]]
    assert check["permissions"] == {"contents": "read"}
    assert "pull_request_target" not in check["on"] | comment["on"]
    assert comment["jobs"]["comment"]["permissions"]["pull-requests"] == "write"


def test_the_action_takes_every_input_and_reads_no_other() -> None:
    text = (ROOT / "action.yml").read_text(encoding="utf-8")
    assert set(re.findall(r"inputs\.([\w-]+)", text)) == set(ACTION["inputs"])
    for step in STEPS:
        declared = set(step.get("env", {}))
        used = set(re.findall(r"\$\{?([A-Z][A-Z_]+)", step.get("run", "")))
        ours = {name for name in used if not name.startswith(("GITHUB_", "RUNNER_", "GIT_"))}
        assert ours <= declared, step["name"]
        assert declared <= used, step["name"]


def test_one_text_and_one_version_everywhere() -> None:
    assert (READY / "actions/imagepipe/action.yml").read_bytes() == (ROOT / "action.yml").read_bytes()
    assert ACTION["inputs"]["version"]["default"] == __version__
    texts = [text for kind in KINDS for text in files(kind).values()]
    pins = [pin for text in texts for pin in re.findall(r'imagepipe==([\d.]+)|IMAGEPIPE_VERSION: "(.+)"', text)]
    assert {one or other for one, other in pins} == {__version__}


def hooks(data: Any) -> Iterator[dict[str, Any]]:
    yield from data if isinstance(data, list) else (hook for repo in data["repos"] for hook in repo["hooks"])


@pytest.mark.parametrize("path", [".pre-commit-hooks.yaml", "examples/ci/pre-commit/.pre-commit-config.yaml"])
def test_hooks_have_the_shape_that_pre_commit_wants(path: str) -> None:
    found = list(hooks(yaml.safe_load((ROOT / path).read_text(encoding="utf-8"))))
    assert [hook["id"] for hook in found] == ["imagepipe-validate", "imagepipe-check"]
    for hook in found:
        words = [*hook["entry"].split(), *hook.get("args", ())]
        assert (words[0], words[-1] in COMMANDS) == ("imagepipe", True)
        assert (hook["language"], hook["pass_filenames"]) == ("python", False)
        assert hook.get("always_run") or re.search(hook["files"], "brand/assets.yaml")
        assert set(hook.get("stages", ())) <= {"pre-commit", "pre-push", "manual"}


def test_gitlab_pays_on_the_protected_default_branch_alone_when_somebody_starts_it() -> None:
    jobs = yaml.safe_load((ROOT / "examples/ci/gitlab/.gitlab/imagepipe.yml").read_text(encoding="utf-8"))
    paying = [
        name
        for name, job in jobs.items()
        if "imagepipe -C" in str(job.get("script")) and " build " in str(job["script"])
    ]
    assert paying == ["imagepipe:build"]
    (rule,) = jobs["imagepipe:build"]["rules"]
    assert rule["when"] == "manual"
    for condition in ('!= "merge_request_event"', "== $CI_DEFAULT_BRANCH", 'REF_PROTECTED == "true"'):
        assert condition in rule["if"]
    for job in jobs.values():
        for script in (*job.get("script", ()), *job.get("after_script", ()), *job.get("before_script", ())):
            subprocess.run(["sh", "-n"], input=script, text=True, check=True)
