"""Builds of many requests, which go out through processes of their own: whoever of them ends, the sums are right."""

import os
import select
import signal
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.faults.real import project, reckon
from tests.faults.test_crash import data_folder, finish
from tests.project import Project, interrupted
from tests.providers.test_courier import processes, pytestmark  # noqa: F401 - only where there are couriers
from tests.server import ImageServer

MANY, FLYING = 20, 6


@pytest.fixture
def many(tmp_path: Path, api: ImageServer) -> Project:
    return project(tmp_path, [f"a{number}" for number in range(MANY)])


def flying(api: ImageServer) -> set[str]:
    return {prompt.split()[-1] for prompt in api.held}


def watched(ids: Sequence[int]) -> list[int]:
    """Descriptors by which the end of processes is seen."""
    return [os.pidfd_open(one) for one in ids]


def gone(ends: Sequence[int]) -> None:
    """Waits for it."""
    for end in ends:
        assert select.select([end], [], [], 60)[0]
        os.close(end)


def end(ids: Sequence[int]) -> None:
    """Kills processes, and waits until they have ended."""
    ends = watched(ids)
    for one in ids:
        os.kill(one, signal.SIGKILL)
    gone(ends)


def test_a_large_build_goes_through_them_and_leaves_none(many: Project, api: ImageServer) -> None:
    api.hold()
    process = many.start("build", "--yes", "--jobs", str(FLYING))
    api.wait_for_held(FLYING)
    theirs = processes(process.pid)
    api.release()
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, out + err
    assert len(theirs) == 2
    assert not any(Path(f"/proc/{one}").exists() for one in theirs)
    assert (api.peak, api.charged) == (FLYING, MANY)
    assert not reckon(many, api, data_folder())


def test_killed_they_leave_doubts_and_the_rest_is_built(many: Project, api: ImageServer) -> None:
    api.hold()
    process = many.start("build", "--yes", "--jobs", str(FLYING))
    api.wait_for_held(FLYING)
    lost = flying(api)
    process.send_signal(signal.SIGSTOP)  # or it would send on through the one that is killed a moment later
    end(processes(process.pid))
    process.send_signal(signal.SIGCONT)
    api.wait_for(FLYING + 1)
    api.release()
    out, err = process.communicate(timeout=60)
    assert process.returncode == 1, out + err
    assert all(f"? {id}" in out for id in lost)
    assert f"{MANY - FLYING} built" in out
    assert api.charged == MANY
    assert not reckon(many, api, data_folder())
    assert finish(many, api) == lost


def test_a_build_that_is_killed_takes_them_with_it(many: Project, api: ImageServer) -> None:
    api.hold()
    process = many.start("build", "--yes", "--jobs", str(FLYING))
    api.wait_for_held(FLYING)
    lost = flying(api)
    ends = watched(processes(process.pid))
    process.kill()
    process.communicate(timeout=60)
    gone(ends)
    api.release()
    assert not reckon(many, api, data_folder())
    assert finish(many, api) == lost
    assert len(api.requests) == MANY + FLYING


def test_the_first_ctrl_c_keeps_what_they_bring(many: Project, api: ImageServer) -> None:
    api.hold()
    process = many.start("build", "--yes", "--jobs", str(FLYING))
    api.wait_for_held(FLYING)
    interrupted(process)
    api.release()
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130, out + err
    assert len(api.requests) == api.charged == FLYING
    assert not reckon(many, api, data_folder())
    assert finish(many, api) == set()
    assert api.charged == MANY


def test_a_store_that_was_made_ready_for_more_than_was_sent_owes_nothing_for_that(
    many: Project, api: ImageServer
) -> None:
    """Requests are noted before it is their turn; killed then, they are not in doubt."""
    api.hold()
    process = many.start("build", "--yes", "--jobs", "1")
    api.wait_for_held(1)
    process.kill()
    process.communicate(timeout=60)
    api.release()
    assert finish(many, api) == {id.split()[-1] for id in api.prompts[:1]}
    assert len(list((many.root / ".imagepipe" / "store" / "spools").iterdir())) == 0
