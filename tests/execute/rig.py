"""A project in memory on a real store, with a provider that a test holds open and lets go."""

import asyncio
import base64
import io
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from PIL import Image

from imagepipe.contracts import Reply, Sink
from imagepipe.digest import digest_bytes
from imagepipe.events import BuildFinished, Event
from imagepipe.execute.scheduler import execute
from imagepipe.execute.work import Clock, Limits, Money, Route, Work
from imagepipe.lock import Lock
from imagepipe.lock.advancing import advance
from imagepipe.planning import Looked, Rules, Seen, decider, make_plan
from imagepipe.providers.imageapi import DIALECT
from imagepipe.steps.catalogue import version_of
from imagepipe.store.opening import open_store
from imagepipe.values import (
    Asset,
    Charge,
    FrozenMap,
    Input,
    Manifest,
    Output,
    Plan,
    Price,
    Prompt,
    Recipe,
    Request,
    StepCall,
    Words,
)

PRICE = 0.05
Script = Callable[[Request, Sink], Awaitable[Reply]]


def asset(
    id: str, prompt: str = "", *, outputs: Sequence[Output] = (), inputs: Sequence[Input] = (), **more: Any
) -> Asset:
    options = {"n": 1, "size": "32x32", "quality": "low", "output_format": "png", **more.pop("options", {})}
    outputs = tuple(outputs) or (Output(f"{id}.png", "png"),)
    prompt = prompt or f"picture of {id}"
    return Asset(id, Prompt(text=prompt), options=FrozenMap(options), outputs=outputs, inputs=tuple(inputs), **more)


def steps(path: str, format: str, *calls: tuple[str, Mapping[str, Any]]) -> Output:
    return Output(path, format, tuple(StepCall(name, FrozenMap(options)) for name, options in calls))


def png(number: int, size: tuple[int, int] = (32, 32)) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", size, (number % 256, number // 256 % 256, 99)).save(buffer, "PNG")
    return buffer.getvalue()


def body_of(images: Sequence[bytes], usage: Mapping[str, Any] | None = None) -> bytes:
    data = [{"b64_json": base64.b64encode(image).decode()} for image in images]
    return json.dumps({"created": 1, "data": data} | ({"usage": dict(usage)} if usage else {})).encode()


async def reply(sink: Sink, body: bytes, status: int = 200, headers: Mapping[str, str] | None = None) -> Reply:
    await sink.write(body)
    return Reply(status, FrozenMap(headers or {}), "req-1", complete=True, sent=True)


def answer(*images: bytes, usage: Mapping[str, Any] | None = None, headers: Mapping[str, str] | None = None) -> Script:
    return lambda request, sink: reply(sink, body_of(images, usage), 200, headers)


def says(body: bytes) -> Script:
    return lambda request, sink: reply(sink, body)


def error(status: int, code: str = "", headers: Mapping[str, str] | None = None) -> Script:
    body = json.dumps({"error": {"code": code, "type": code, "message": f"said {code or status}"}}).encode()
    return lambda request, sink: reply(sink, body, status, headers)


def silence(*, sent: bool = True, fault: str = "reset: gone") -> Script:
    async def broken(request: Request, sink: Sink) -> Reply:
        return Reply(sent=sent, fault=fault)

    return broken


async def never(request: Request, sink: Sink) -> Reply:
    await asyncio.Event().wait()
    raise AssertionError


class FakeProvider:
    """Counts calls; answers by script (prompt → what to do, one a call, the last for ever), else with pictures."""

    def __init__(self, free: bool = False) -> None:
        self.free = free
        self.calls: list[Request] = []
        self.files: list[Sequence[bytes]] = []
        self.scripts: dict[str, list[Script]] = {}
        self.at_once = self.most_at_once = self._made = 0
        self._gate = asyncio.Event()
        self._gate.set()
        self._came = asyncio.Condition()

    def script(self, prompt: str, *todo: Script) -> None:
        self.scripts[prompt] = list(todo)

    def hold(self) -> None:
        self._gate.clear()

    def let_go(self) -> None:
        self._gate.set()

    async def have(self, count: int) -> None:
        """Returns once so many requests are here."""
        async with self._came:
            await self._came.wait_for(lambda: len(self.calls) >= count)

    @property
    def prompts(self) -> list[str]:
        return [call.prompt for call in self.calls]

    async def send(self, request: Request, files: Sequence[bytes], sink: Sink) -> Reply:
        self.calls.append(request)
        self.files.append(files)
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        async with self._came:
            self._came.notify_all()
        try:
            await self._gate.wait()
            return await self._answer(request, sink)
        finally:
            self.at_once -= 1

    async def _answer(self, request: Request, sink: Sink) -> Reply:
        todo = self.scripts.get(request.prompt) or self.scripts.get("*")
        if todo:
            return await (todo.pop(0) if len(todo) > 1 else todo[0])(request, sink)
        width, height = map(int, str(request.options["size"]).split("x"))
        numbers = range(self._made + 1, self._made + 1 + request.n)
        self._made += request.n
        return await answer(*(png(number, (width, height)) for number in numbers))(request, sink)

    async def close(self) -> None:
        pass


@dataclass
class FakeClock:
    """A clock that sleeping moves on."""

    time: float = 0.0
    slept: list[float] = field(default_factory=list)
    luck: float = 1.0
    deadline: asyncio.Event = field(default_factory=asyncio.Event)
    _ids: int = 0

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.time += seconds
        await asyncio.sleep(0)

    @asynccontextmanager
    async def timeout(self, seconds: float) -> AsyncIterator[None]:
        """Ends when the test says so, as asyncio.timeout ends by itself."""
        task = asyncio.current_task()
        watch = asyncio.ensure_future(self.deadline.wait())
        watch.add_done_callback(lambda done: task.cancel() if task and not done.cancelled() else None)
        try:
            yield
        except asyncio.CancelledError:
            if self.deadline.is_set():
                if task:
                    task.uncancel()
                raise TimeoutError from None
            raise
        finally:
            watch.cancel()

    def new_id(self) -> str:
        self._ids += 1
        return f"id{self._ids:06d}"

    def value(self) -> Clock:
        return Clock(
            now=lambda: "2026-11-21T12:00:00Z",
            new_id=self.new_id,
            monotonic=lambda: self.time,
            sleep=self.sleep,
            random=lambda: self.luck,
            timeout=self.timeout,
        )


class Rig:
    """A project: assets, files and lock in memory, the store on disk."""

    def __init__(self, folder: Path, *assets: Asset) -> None:
        self.assets = {one.id: one for one in assets}
        self.store = open_store(folder / "store")
        self.files: dict[str, bytes] = {}
        self.lock = Lock(1, {})
        self.provider = FakeProvider()
        self.clock = FakeClock()
        self.events: list[Event] = []
        self.ledger: list[Any] = []
        self.limits = Limits(jobs=4, store_width=2, pixel_width=2)
        self.money = Money(record=self.ledger.append)
        self.stopping = asyncio.Event()
        self.writes: list[str] = []

    def change(self, id: str, **changes: Any) -> None:
        self.assets[id] = replace(self.assets[id], **changes)

    def plan(self, **rules: Any) -> Plan:
        return make_plan(*self._planned_from(**rules))

    def actions(self, **rules: Any) -> dict[str, str]:
        return {row.asset: row.action.value for row in self.plan(**rules).decisions}

    def _planned_from(self, **rules: Any) -> tuple[Manifest, dict[str, Words], Lock, Seen, Rules]:
        words = {one.id: Words(one.prompt.text or "") for one in self.assets.values()}
        seen = Seen(
            files=Looked(lambda path: digest_bytes(self.files[path]) if path in self.files else None),
            receipts=Looked(lambda key: self.store.receipts(key) or None),
            blobs=_Blobs(self.store.has_blob),
            doubts=Looked(lambda key: self.store.doubts(key) or None),
            refusals=Looked(self.store.refusal),
        )
        known = Rules(_price_of, version_of, lambda model: "", **rules)
        return Manifest("/project", "assets.yaml", tuple(self.assets.values())), words, self.lock, seen, known

    def work(self, **more: Any) -> Work:
        rules = {name: more[name] for name in ("again", "retry_failed") if name in more}
        return Work(
            run="run-1",
            assets=self.assets,
            store=self.store,
            route_of=lambda request: Route(request.provider, self.provider, DIALECT),
            dialect_of=lambda name: DIALECT,
            read_inputs=self._read_inputs,
            read_raw=lambda digest, source: self.files[source] if source else self.store.blob(digest),
            read_file=self._read_file,
            publish=self._publish,
            decide=decider(*self._planned_from(**rules)),
            drop=lambda id, orphans: ((), orphans),
            charge=_charge,
            version_of=version_of,
            entries=self.lock.entries,
            money=self.money,
            limits=self.limits,
            clock=self.clock.value(),
            stopping=self.stopping,
            **more,
        )

    def _read_file(self, path: str) -> bytes:
        if path not in self.files:
            raise FileNotFoundError(path)
        return self.files[path]

    def _read_inputs(self, id: str, request: Request) -> list[bytes]:
        return [
            self.files[fact.name] if fact.name in self.files else self.store.blob(fact.sha256)
            for fact in request.inputs
        ]

    def _publish(self, id: str, files: Mapping[str, bytes]) -> tuple[str, ...]:
        changed = tuple(path for path, data in files.items() if self.files.get(path) != data)
        self.files.update(files)
        self.writes += changed
        return changed

    async def stream(self, plan: Plan, **more: Any) -> AsyncIterator[Event]:
        async with aclosing(execute(plan, self.work(**more))) as events:
            async for event in events:
                self.events.append(event)
                self.lock = advance(self.lock, event)
                yield event

    async def abuild(self, **more: Any) -> BuildFinished:
        rules = {name: more[name] for name in ("again", "retry_failed") if name in more}
        self.events, self.writes = [], []
        async for _ in self.stream(self.plan(**rules), **more):
            pass
        return self.finished

    def build(self, **more: Any) -> BuildFinished:
        return asyncio.run(self.abuild(**more))

    @property
    def finished(self) -> BuildFinished:
        last = self.events[-1]
        assert isinstance(last, BuildFinished)
        return last

    def told(self, kind: type) -> list[Any]:
        return [event for event in self.events if isinstance(event, kind)]

    def told_of(self, kind: type) -> list[str]:
        return [event.asset for event in self.told(kind)]

    @property
    def calls(self) -> int:
        return len(self.provider.calls)


class _Blobs:
    def __init__(self, has: Callable[[str], bool]) -> None:
        self._has = has

    def __contains__(self, digest: object) -> bool:
        return self._has(str(digest))


def _price_of(recipe: Recipe, ask: int) -> Price:
    return Price(PRICE * ask / 2, PRICE * ask, PRICE * ask)


def _charge(request: Request, usage: Mapping[str, Any], received: int) -> Charge:
    if usage:
        return Charge(usage["output_tokens"] * 0.001, FrozenMap(usage))
    return Charge(PRICE * received / 2, estimated=True)
