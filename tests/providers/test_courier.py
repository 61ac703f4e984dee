"""The provider in processes of its own keeps the contract of the provider itself, and what it stands for when they end."""

import asyncio
import os
import select
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

import pytest

from imagepipe.contracts import End, Provider, Reply, Terms, Verdict
from imagepipe.errors import ImagepipeError, ProviderStop
from imagepipe.providers import courier, provider_of_many
from imagepipe.providers.courier import Courier
from imagepipe.providers.imageapi import DIALECT
from imagepipe.providers.letters import SLOT, SLOTS
from imagepipe.providers.openai import OpenAiProvider
from imagepipe.values import InputFact, Request, freeze
from tests.providers.calling import MemorySink
from tests.server import ImageServer
from tests.server.drawing import picture
from tests.server.fixture import CANARY

pytestmark = pytest.mark.skipif(not hasattr(os, "memfd_create"), reason="there are couriers where memory can be shared")

T = TypeVar("T")
PNG = picture((1024, 1024), "png", tag="input")


def request(prompt: str = "a cup", **options: Any) -> Request:
    return Request("openai", "gpt-image-2", prompt, freeze({"n": 1, **options}))


def through(road: Callable[[Provider], Awaitable[T]], **terms: Any) -> T:
    """What a road along a courier comes to; afterwards nothing of it is left."""

    async def walk() -> T:
        source = await provider_of_many(Terms("openai", **{"deadline": 60.0} | terms), os.environ)
        assert isinstance(source, Courier)
        try:
            return await road(source)
        finally:
            await source.close()

    try:
        return asyncio.run(walk())
    finally:
        assert processes() == []


def processes(above: int = 0) -> list[int]:
    """The processes that a process (ours) has begun to send for it, and those that they have begun."""
    found = []
    for task in Path(f"/proc/{above or os.getpid()}/task").iterdir():
        with suppress(OSError):  # a thread, or a child, that has just ended
            for child in map(int, (task / "children").read_text().split()):
                if b"providers.carrying" in Path(f"/proc/{child}/cmdline").read_bytes():
                    found += [child, *processes(child)]
    return found


async def sent(
    source: Provider, asked: Request, files: Sequence[bytes] = (), into: MemorySink | None = None
) -> tuple[Reply, bytes, Verdict]:
    sink = into or MemorySink()
    reply = await source.send(asked, files, sink)
    return reply, sink.body, DIALECT.judge(reply, sink.body, asked)


def test_answers_are_those_of_the_provider_itself(api: ImageServer) -> None:
    edit = Request("openai", "gpt-image-2", "a cup", freeze({"n": 1}), (InputFact("target", "x.png", "sha256:0"),))

    async def road(source: Provider) -> None:
        reply, body, verdict = await sent(source, request(quality="low"))
        assert (reply.status, reply.complete, reply.sent, verdict.end) == (200, True, True, End.RECEIVED)
        assert reply.request_id == "req_000001"
        assert len(DIALECT.pictures(body, request()).images) == 1
        assert (await sent(source, edit, [PNG]))[2].end == End.RECEIVED
        api.fault("unauthorized")
        reply, body, verdict = await sent(source, request())
        assert (reply.status, verdict.code, verdict.scope) == (401, "key-refused", "run")
        assert b"Incorrect API key provided: ***" in body
        api.fault("reset_in_body")
        reply, _, verdict = await sent(source, request())
        assert (reply.status, reply.complete, reply.fault.split(":")[0], verdict.end) == (
            200, False, "reset", End.IN_DOUBT,
        )  # fmt: skip
        assert CANARY not in f"{source!r} {reply}"

    through(road)
    first, second = api.requests[:2]
    assert first.fields == {"model": "gpt-image-2", "prompt": "a cup", "n": 1, "quality": "low"}
    assert [(part.name, part.mime, part.data == PNG) for part in second.files] == [("image", "image/png", True)]


def test_what_was_not_sent_is_known_not_to_be(api: ImageServer) -> None:
    async def road(source: Provider) -> Verdict:
        return (await sent(source, request()))[2]

    assert through(road, base_url="http://127.0.0.1:9/v1").end == End.NOT_SENT


def test_a_deadline_counts(api: ImageServer) -> None:
    async def road(source: Provider) -> Reply:
        return (await sent(source, request()))[0]

    api.fault("never")
    reply = through(road, deadline=0.5)
    assert (reply.sent, reply.complete, reply.fault) == (True, False, "timeout: no whole answer within 0.5 s")


def test_bodies_larger_than_a_slot_and_more_of_them_than_there_are_slots_arrive_whole(api: ImageServer) -> None:
    body = os.urandom(2 * SLOT + 12345)

    async def road(source: Provider) -> None:
        _, whole, _ = await sent(source, request("large"))
        assert whole == body
        api.bulk = 300_000
        asked = [request(f"cup {number}") for number in range(SLOTS + 20)]
        answers = await asyncio.gather(*(sent(source, one) for one in asked))
        pictures = {DIALECT.pictures(body, request()).images[0] for _, body, _ in answers}
        assert len(pictures) == len(asked), "each its own"

    api.fault("status", status=200, body=body)
    through(road)


def test_answers_that_fall_silent_hold_up_nobody(api: ImageServer) -> None:
    """As many as there are slots have begun to come and go on no more."""

    async def road(source: Provider) -> None:
        api.fault("slow_loris", prompt="jug", times=None, interval=600, begins=600_000)
        silent = [asyncio.create_task(sent(source, request(f"jug {number}"))) for number in range(SLOTS + 6)]
        await asyncio.to_thread(api.wait_for, len(silent))
        answers = await asyncio.gather(*(sent(source, request(f"cup {number}")) for number in range(4)))
        assert all(verdict.end == End.RECEIVED for _, _, verdict in answers)
        for task in silent:
            task.cancel()
        await asyncio.gather(*silent, return_exceptions=True)

    api.bulk = 2_000_000
    through(road)


class Bounded(MemorySink):
    """Takes one piece."""

    async def write(self, piece: bytes) -> None:
        if self.pieces:
            raise ImagepipeError("the answer is over its bound")
        await super().write(piece)


class Full(MemorySink):
    async def write(self, piece: bytes) -> None:
        raise OSError(28, "No space left on device")


def test_a_sink_that_takes_no_more_ends_the_request(api: ImageServer) -> None:
    async def road(source: Provider) -> None:
        api.fault("oversize", bytes=16 * SLOT)
        reply, body, verdict = await sent(source, request(), into=Bounded())
        assert (reply.status, reply.complete, reply.fault) == (200, False, "bound: the answer is over its bound")
        assert (len(body), verdict.end) == (SLOT, End.IN_DOUBT)
        with pytest.raises(OSError, match="No space left"):
            await sent(source, request(), into=Full())
        assert (await sent(source, request()))[2].end == End.RECEIVED

    through(road)


def test_a_cancelled_request_stays_cancelled_and_the_others_go_on(api: ImageServer) -> None:
    async def road(source: Provider) -> None:
        given_up = asyncio.create_task(sent(source, request("a jug")))
        other = asyncio.create_task(sent(source, request("a cup")))
        await asyncio.to_thread(api.wait_for_held, 2)
        given_up.cancel()
        with pytest.raises(asyncio.CancelledError):
            await given_up
        api.release()
        assert (await other)[2].end == End.RECEIVED

    api.hold()
    through(road)


def test_what_was_under_way_in_a_process_that_ends_is_in_doubt_and_the_next_goes_out_from_here(
    api: ImageServer,
) -> None:
    async def road(source: Provider) -> None:
        lost = [asyncio.create_task(sent(source, request(f"jug {number}"))) for number in range(4)]
        await asyncio.to_thread(api.wait_for_held, 4)
        for process in processes():
            os.kill(process, signal.SIGKILL)
        for reply, _, verdict in await asyncio.gather(*lost):
            assert reply.fault == "reset: the process that sends for this one has ended"
            assert verdict.end == End.IN_DOUBT
        api.release()
        assert (await sent(source, request("a cup")))[2].end == End.RECEIVED

    api.hold()
    through(road)
    assert api.prompts.count("a cup") == 1


def test_without_a_key_no_process_is_begun(api: ImageServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY")
    with pytest.raises(ProviderStop, match="OPENAI_API_KEY is not set"):
        asyncio.run(provider_of_many(Terms("openai"), os.environ))
    assert processes() == []


def test_settings_that_make_no_client_are_said_before_anything_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    async def road(source: Provider) -> None:
        raise AssertionError("there is no way")

    monkeypatch.setenv("OPENAI_API_KEY", CANARY)
    monkeypatch.setenv("HTTPS_PROXY", "nonsense://x")
    with pytest.raises(ProviderStop, match="no connection can be made with these settings") as stop:
        through(road, base_url="https://api.example/v1")
    assert (stop.value.code, stop.value.exit_code) == ("provider-settings", 7)


def test_where_memory_cannot_be_shared_the_provider_itself_sends(
    api: ImageServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(name: str) -> int:
        raise OSError(38, "Function not implemented")

    monkeypatch.setattr(os, "memfd_create", refused)
    sends_itself()


def sends_itself() -> None:
    async def road() -> None:
        made = await provider_of_many(Terms("openai"), os.environ)
        assert isinstance(made, OpenAiProvider)
        assert (await sent(made, request()))[2].end == End.RECEIVED
        await made.close()

    asyncio.run(road())
    assert processes() == []


@pytest.mark.parametrize("instead", ["exit 0", "exec sleep 600", "echo ready; kill -9 $$", None])
def test_where_the_processes_do_not_begin_the_provider_itself_sends(
    api: ImageServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, instead: str | None
) -> None:
    other = tmp_path / "python"
    other.write_text(f"#!/bin/sh\n{instead}\n")
    other.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(other) if instead else "")
    monkeypatch.setattr(courier, "_START", 0.5)
    monkeypatch.setattr(courier, "_GRACE", 0.2)
    sends_itself()


USER = """
import asyncio, os, sys
from imagepipe.contracts import Terms
from imagepipe.providers import provider_of_many
from imagepipe.values import Request, freeze
from tests.providers.calling import MemorySink

async def main():
    source = await provider_of_many(Terms("openai"), os.environ)
    await source.send(Request("openai", "gpt-image-2", "a cup", freeze({"n": 1})), (), MemorySink())

asyncio.run(main())
"""


def test_nothing_outlives_its_user_and_nothing_is_loaded_from_the_folder_it_works_in(
    api: ImageServer, tmp_path: Path
) -> None:
    for name in ("json", "socket", "asyncio", "sitecustomize"):
        (tmp_path / f"{name}.py").write_text("open('loaded', 'w').close()\n")
    (tmp_path / "imagepipe").mkdir()
    (tmp_path / "imagepipe" / "__init__.py").write_text("open('loaded', 'w').close()\n")
    root = str(Path(__file__).resolve().parents[2])
    api.hold()
    user = subprocess.Popen([sys.executable, "-P", "-c", USER], cwd=tmp_path, env={**os.environ, "PYTHONPATH": root})
    api.wait_for_held(1, timeout=60)
    theirs = processes(user.pid)
    assert len(theirs) == 2
    ends = [os.pidfd_open(process) for process in theirs]
    os.killpg(theirs[0], signal.SIGINT)  # they do not mind
    assert select.select(ends, [], [], 0)[0] == []
    user.kill()
    user.wait()
    for end in ends:
        assert select.select([end], [], [], 60)[0], "they end too"
        os.close(end)
    assert not (tmp_path / "loaded").exists()
