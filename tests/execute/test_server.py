"""The same engine through the real SDK against the loopback server, which counts what it would have billed."""

import asyncio
import os
from dataclasses import replace
from pathlib import Path

import pytest

from imagepipe.contracts import Terms
from imagepipe.events import BuildFinished, Failed, InDoubt
from imagepipe.execute.work import Limits, Route
from imagepipe.providers import dialect, provider
from imagepipe.values import Input
from tests.execute.rig import Rig, asset
from tests.server.serving import ImageServer

SIZE = {"size": "1024x640"}


class Online(Rig):
    """The project with the provider that users have; its clock does not wait."""

    deadline = 20.0

    def build(self, **more: object) -> BuildFinished:
        return asyncio.run(self._online(**more))

    async def _online(self, **more: object) -> BuildFinished:
        real = provider(Terms("openai", deadline=self.deadline), os.environ)
        self.route = Route("openai", real, dialect("openai"))
        try:
            return await self.abuild(**more)
        finally:
            await real.close()

    def work(self, **more: object):  # type: ignore[no-untyped-def]
        clock = replace(self.clock.value(), timeout=asyncio.timeout)
        return replace(super().work(**more), route_of=lambda request: self.route, clock=clock)


def project(folder: Path, count: int, jobs: int = 4) -> Online:
    rig = Online(folder, *(asset(f"a{i}", options=SIZE) for i in range(count)))
    rig.limits = Limits(jobs=jobs, store_width=2)
    return rig


def test_build_and_build_again(api: ImageServer, tmp_path: Path) -> None:
    rig = project(tmp_path, 6, jobs=3)
    end = rig.build()
    assert (end.exit_code, end.published, len(api.requests), api.charged) == (0, 6, 6, 6)
    assert api.peak <= 3
    assert rig.build().requests == 0
    assert len(api.requests) == 6
    assert all(not entry.cost.estimated for entry in rig.lock.entries.values())


def test_an_edit_sends_its_input(api: ImageServer, tmp_path: Path) -> None:
    rig = Online(
        tmp_path, asset("base", options=SIZE), asset("cut", options=SIZE, inputs=[Input("target", asset="base")])
    )
    assert rig.build().exit_code == 0
    [edit] = [item for item in api.requests if item.path.endswith("/edits")]
    assert edit.files[0].data == rig.files["base.png"]


FAULTS = {
    # fault: (published with one request each, or a further one that costs nothing or is counted; in doubt; failed)
    "rate_limit": "retried",
    "slow_down": "retried",
    "server_error": "counted",
    "bad_gateway": "counted",
    "conflict": "counted",
    "timeout": "counted",
    "reset_before_headers": "doubt",
    "close_before_headers": "doubt",
    "reset_in_body": "doubt",
    "short_body": "doubt",
    "never": "doubt",
    "slow_loris": "doubt",
    "moderation": "refused",
    "invalid": "refused",
    "html": "kept",
    "broken_json": "kept",
    "empty_data": "kept",
    "bad_base64": "kept",
    "not_image": "kept",
    "wrong_format": "kept",
    "truncated_image": "kept",
    "flipped_byte": "kept",
    "apng": "kept",
    "bomb": "kept",
    "wrong_size": "kept",
    "trailing": "kept",
}


@pytest.mark.parametrize("jobs", [1, 8])
@pytest.mark.parametrize("kind", FAULTS)
def test_every_fault_once(api: ImageServer, tmp_path: Path, kind: str, jobs: int) -> None:
    fate, rig = FAULTS[kind], project(tmp_path, 3, jobs)
    rig.deadline = 1.0 if kind in ("never", "slow_loris") else 20.0
    api.fault(kind, prompt="picture of a1", times=1)
    end = rig.build()
    doubts = rig.told_of(InDoubt)
    assert doubts == (["a1"] if fate == "doubt" else [])
    assert len(rig.store.doubts()) == len(doubts)
    assert rig.told_of(Failed) == (["a1"] if fate in ("refused", "kept") else [])
    assert end.exit_code == (0 if fate in ("retried", "counted") else 1)
    assert len(api.requests) == (4 if fate in ("retried", "counted") else 3)
    if fate == "kept":
        entry = next(e for e in rig.told(Failed))
        assert entry.usd
    # Nothing that was received is lost, and nothing is asked for twice by itself.
    before = len(api.requests)
    again = rig.build()
    assert again.requests == 0
    assert len(api.requests) == before
    assert {"a0.png", "a2.png"} <= rig.files.keys()


@pytest.mark.parametrize("kind", ["unauthorized", "quota", "unverified", "redirect"])
def test_what_stops_the_run(api: ImageServer, tmp_path: Path, kind: str) -> None:
    rig = project(tmp_path, 5, jobs=1)
    api.fault(kind, times=None)
    end = rig.build()
    assert end.exit_code == 7
    assert len(api.requests) == 1
    assert not rig.store.pending()


def test_the_rate_of_the_server_is_respected_with_one_charge_each(api: ImageServer, tmp_path: Path) -> None:
    rig = project(tmp_path, 12, jobs=6)
    for i in range(12):
        api.fault("rate_limit", prompt=f"picture of a{i}", times=2, headers={"retry-after": "1"})
    end = rig.build()
    assert (end.exit_code, api.charged, end.requests) == (0, 12, 12)
