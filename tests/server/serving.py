"""The server: takes requests, holds them, strikes them with faults, answers, and writes everything down."""

import asyncio
import json
import os
import threading
import time
from collections import Counter, deque
from dataclasses import asdict, dataclass, field
from typing import Any

from tests.server.answering import Answering
from tests.server.faults import Fault
from tests.server.rules import FAMILIES, SHUTDOWNS, Job, Rejected, check
from tests.server.wire import Message, Part, as_json, parse_form, read_message


@dataclass(slots=True)
class Received:
    """One image request: its fields exactly as sent, when it came (monotonic seconds), what became of it and its cost."""

    number: int
    at: float
    path: str
    headers: dict[str, str]
    fields: dict[str, Any]
    files: list[Part] = field(default_factory=list)
    status: int = 0
    fault: str = ""
    request_id: str = ""
    charged: int = 0
    usd: float = 0.0

    @property
    def prompt(self) -> str:
        return str(self.fields.get("prompt", ""))

    def as_json(self) -> dict[str, Any]:
        """JSON-ready, without the files' bytes and without the key."""
        data = asdict(self)
        data["files"] = [
            {"name": f.name, "filename": f.filename, "mime": f.mime, "bytes": len(f.data)} for f in self.files
        ]
        data["headers"] = {name: value for name, value in self.headers.items() if name != "authorization"}
        return data


class ImageServer:
    """A loopback Image API on its own thread.

    Settings may be changed at any time: `latency` (seconds an answer takes), `bulk` (bytes of a noisy, pre-made PNG),
    `keys` (accepted keys; None: any), `rate` ((images, seconds), answered 429 beyond), `compatible` (legacy fields taken,
    usage and echoes left out), `deployments` (name → model), `ignores_background` (neither a flat nor a clear one is given), `auto_size` is 1024x1024.
    """

    def __init__(self, port: int = 0) -> None:
        self.latency, self.bulk, self.compatible, self.ignores_background = 0.0, 0, False, False
        self.keys: set[str] | None = None
        self.rate: tuple[int, float] | None = None
        self.deployments: dict[str, str] = {}
        self.requests: list[Received] = []
        self.calls: Counter[str] = Counter()
        self.in_flight = self.peak = 0
        self.port = port
        self.log = ""
        self._faults: list[Fault] = []
        self._holding: list[str] = []
        self._held: list[tuple[Received, asyncio.Event]] = []
        self._sent_at: deque[tuple[float, int]] = deque()
        self._changed = threading.Condition()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True, name="image-server")
        self._answering = Answering(self)

    # The outside: called from the test's thread.

    @property
    def base_url(self) -> str:
        """What OPENAI_BASE_URL is set to."""
        return f"http://127.0.0.1:{self.port}/v1"

    @property
    def charges(self) -> list[Received]:
        """The requests that were billed."""
        return [item for item in self.requests if item.charged]

    @property
    def charged(self) -> int:
        """Pictures billed."""
        return sum(item.charged for item in self.requests)

    @property
    def prompts(self) -> list[str]:
        return [item.prompt for item in self.requests]

    def fault(self, kind: str, *, prompt: str = "", nth: int | None = None, every: int | None = None,
              times: int | None = 1, **details: Any) -> None:  # fmt: skip
        """Scripts a fault: which requests it strikes is told in `Fault`, the kinds are `faults.KINDS`.

        Details any kind takes: `latency` (seconds), `charged`. Errors: `headers`, `message`, `status`. `status`: `status`,
        `body`, `headers`. `kill`: `stage` ("before_headers", "mid_body", "after_last_byte"), `pid` (else the x-client-pid
        header, else the owner of the connection). `wrong_size`: `size`. `fewer`: `count`. `truncated_image`: `share`.
        `flipped_byte`: `at`. `oversize`: `bytes`. `slow_loris`: `interval`, `begins` (bytes sent at once). `redirect`: `to`. `url`: `host`.
        """
        self._faults.append(Fault(kind, prompt, nth, every, times, details))

    def clear_faults(self) -> None:
        self._faults.clear()

    def forget(self) -> None:
        """Empties the records: the next request is number 1 again."""
        with self._changed:
            self.requests.clear()
            self.calls.clear()
            self.peak = self.in_flight

    def hold(self, prompt: str = "") -> None:
        """From now on, answers to prompts containing `prompt` wait for `release`."""
        self._holding.append(prompt)

    def release(self, prompt: str = "", count: int | None = None) -> None:
        """Answers held requests, oldest first; without `count`, ends the holding of `prompt` too."""
        if count is None:
            self._holding = [item for item in self._holding if prompt not in item]
        self._loop.call_soon_threadsafe(self._release, prompt, count)

    @property
    def held(self) -> list[str]:
        """The prompts of requests being held."""
        return [item.prompt for item, _ in self._held]

    def wait_for(self, count: int, timeout: float = 30) -> None:
        """Blocks until `count` image requests have arrived in all. Raises TimeoutError."""
        self._wait(lambda: len(self.requests) >= count, f"{count} requests, have {len(self.requests)}", timeout)

    def wait_for_held(self, count: int, timeout: float = 30) -> None:
        """Blocks until `count` requests are being held at once. Raises TimeoutError."""
        self._wait(lambda: len(self._held) >= count, f"{count} held requests, have {len(self._held)}", timeout)

    def start(self) -> "ImageServer":
        """Listens, and returns once it does."""
        self._thread.start()
        self._wait(lambda: self.port != 0 and self._listening, "the server", 10)
        return self

    def stop(self) -> None:
        """Drops all connections and ends the thread."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    def _wait(self, done: Any, what: str, timeout: float) -> None:
        with self._changed:
            if not self._changed.wait_for(done, timeout):
                raise TimeoutError(f"waited {timeout} s for {what}")

    # The inside: runs on the server's own loop.

    _listening = False

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._listen())
        self._loop.run_forever()
        tasks = asyncio.all_tasks(self._loop)
        for task in tasks:
            task.cancel()
        self._loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
        self._server.close()
        self._loop.run_until_complete(asyncio.sleep(0))
        self._loop.close()

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._connection, "127.0.0.1", self.port, backlog=512, limit=1 << 20)
        self.port = self._server.sockets[0].getsockname()[1]
        with self._changed:
            self._listening = True
            self._changed.notify_all()

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while (message := await read_message(reader)) and await self._serve(message, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    async def _serve(self, message: Message, writer: asyncio.StreamWriter) -> bool:
        if message.method == "POST" and message.path.endswith(("/images/generations", "/images/edits")):
            return await self._image(message, writer)
        self.calls[f"{message.method} {message.path}"] += 1
        await self._answering.other(message, writer)
        return True

    async def _image(self, message: Message, writer: asyncio.StreamWriter) -> bool:
        item, job, fault = self._take(message)
        try:
            await self._hold(item)
            await asyncio.sleep(fault.details.get("latency", self.latency) if fault else self.latency)
            return await self._answering.answer(writer, item, job, fault)
        finally:
            with self._changed:
                self.in_flight -= 1
                self._changed.notify_all()
            self._write_log(item)

    def _take(self, message: Message) -> tuple[Received, Job | Rejected, Fault | None]:
        """Writes a request down, checks it, and bills it at once: the provider works whether or not we wait."""
        fields, files, broken = read_fields(message)
        with self._changed:
            number = len(self.requests) + 1
            item = Received(
                number,
                time.monotonic(),
                message.path,
                message.headers,
                fields,
                files or [],
                request_id=f"req_{number:06d}",
            )
            self.requests.append(item)
            self.in_flight += 1
            self.peak = max(self.peak, self.in_flight)
            self._changed.notify_all()
        job = broken or self._judge(item, files)
        if isinstance(job, Rejected):
            return item, job, None
        fault = next((fault for fault in self._faults if fault.strikes(item.number, item.prompt)), None)
        item.fault = fault.kind if fault else ""
        if fault is None or fault.charged:
            item.charged, item.usd = job.n, job.usd
        return item, job, fault

    def _judge(self, item: Received, files: list[Part] | None) -> Job | Rejected:
        try:
            self._admit(item)
            model = str(item.fields.get("model"))
            fields = {**item.fields, "model": self.deployments.get(model, model)}
            return check(fields, files, compatible=self.compatible)
        except Rejected as rejected:
            return rejected

    def _admit(self, item: Received) -> None:
        scheme, _, key = item.headers.get("authorization", "").partition(" ")
        if scheme != "Bearer" or (self.keys is not None and key not in self.keys):
            raise Rejected(401, "invalid_api_key", f"Incorrect API key provided: {key}.")
        if self.rate is None:
            return
        images, seconds = self.rate
        now, n = time.monotonic(), int(item.fields.get("n", 1))
        while self._sent_at and self._sent_at[0][0] <= now - seconds:
            self._sent_at.popleft()
        if sum(count for _, count in self._sent_at) + n > images:
            raise Rejected(429, "rate_limit_exceeded", "Rate limit reached for images.", kind="requests")
        self._sent_at.append((now, n))

    def retry_after(self) -> float:
        """Seconds until the rate window has room again."""
        if not self.rate or not self._sent_at:
            return 0.0
        return max(0.0, self._sent_at[0][0] + self.rate[1] - time.monotonic())

    async def _hold(self, item: Received) -> None:
        if not any(prompt in item.prompt for prompt in self._holding):
            return
        gate = asyncio.Event()
        with self._changed:
            self._held.append((item, gate))
            self._changed.notify_all()
        await gate.wait()

    def _release(self, prompt: str, count: int | None) -> None:
        chosen = [pair for pair in self._held if prompt in pair[0].prompt][:count]
        for pair in chosen:
            self._held.remove(pair)
            pair[1].set()

    def _write_log(self, item: Received) -> None:
        if self.log:
            with open(self.log, "a", encoding="utf-8") as file:
                file.write(json.dumps(item.as_json()) + os.linesep)

    def state(self) -> bytes:
        """The counts as JSON, for clients in other processes (`GET /state`)."""
        usd = sum(item.usd for item in self.requests)
        return as_json({"requests": len(self.requests), "charged": self.charged, "peak": self.peak, "usd": usd})

    def model_list(self) -> list[dict[str, Any]]:
        """The models as `GET /v1/models` lists them."""
        return [
            {"id": name, "object": "model", "created": 0, "owned_by": "openai", "shutdown_date": SHUTDOWNS.get(name)}
            for name in FAMILIES
        ]


def read_fields(message: Message) -> tuple[dict[str, Any], list[Part] | None, Rejected | None]:
    """The fields and files of a request; files are None for generations."""
    edit = message.path.endswith("/edits")
    kind = message.headers.get("content-type", "")
    try:
        if edit and kind.startswith("multipart/form-data"):
            parts = parse_form(message.body, kind)
            fields = {part.name: part.data.decode() for part in parts if not part.filename}
            return fields, [part for part in parts if part.filename], None
        fields = json.loads(message.body)
        return fields, [] if edit else None, None
    except ValueError as error:
        broken = Rejected(400, "invalid_body", f"We could not parse the body of your request: {error}")
        return {}, None, broken
