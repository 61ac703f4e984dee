"""A loopback GitHub: pull requests, their comments, and who asked with which token."""

import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

TOKEN = "ghs_canary5f2e9a71"


@dataclass(slots=True)
class Hub:
    """`pulls`: number → its head and state; `comments` in the order in which they were written; `opened` the pull
    requests that were asked for; `refused`: whether opening one is."""

    pulls: dict[int, dict[str, Any]] = field(default_factory=dict)
    comments: list[dict[str, Any]] = field(default_factory=list)
    opened: list[dict[str, Any]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    refused: bool = False
    server: ThreadingHTTPServer | None = None

    def start(self) -> Self:
        """Listens on a thread."""
        hub = self

        class Handler(BaseHTTPRequestHandler):
            def answer(self) -> None:
                length = int(self.headers.get("content-length") or 0)
                body = json.loads(self.rfile.read(length)) if length else None
                allowed = self.headers.get("authorization") == f"Bearer {TOKEN}"
                status, found = hub.act(self.command, self.path, body) if allowed else (401, {})
                data = json.dumps(found).encode()
                self.send_response(status)
                self.send_header("content-length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            do_GET = do_POST = do_PATCH = answer  # noqa: N815

            def log_message(self, format: str, *args: object) -> None:
                """Quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return self

    @property
    def url(self) -> str:
        """Where it listens."""
        assert self.server
        return f"http://127.0.0.1:{self.server.server_port}"

    def stop(self) -> None:
        """Ends it."""
        assert self.server
        self.server.shutdown()
        self.server.server_close()

    def act(self, method: str, path: str, body: Any) -> tuple[int, Any]:
        """One request under /repos/o/r."""
        self.asked.append(f"{method} {path}")
        where, _, query = path.removeprefix("/repos/o/r/").partition("?")
        match method, where.split("/"):
            case "GET", ["pulls", number] if int(number) in self.pulls:
                return 200, self.pulls[int(number)]
            case "POST", ["pulls"]:
                self.opened += [] if self.refused else [body]
                return (422, {}) if self.refused else (201, {"html_url": "https://github.test/o/r/pull/9"})
            case "GET", ["issues", _, "comments"]:
                page = int(dict(pair.split("=") for pair in query.split("&"))["page"])
                return 200, self.comments[100 * (page - 1) : 100 * page]
            case "POST", ["issues", number, "comments"]:
                self.comments.append({"id": len(self.comments) + 1, "user": {"type": "Bot"}, "body": body["body"]})
                return 201, {"on": number}
            case "PATCH", ["issues", "comments", number]:
                self.comments[int(number) - 1]["body"] = body["body"]
                return 200, {}
        return 404, {}
