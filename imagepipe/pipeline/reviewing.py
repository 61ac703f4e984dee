"""Serves the page on this machine alone, and takes decisions from it: who may ask what, and what comes back."""

import hmac
import json
import sys
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from secrets import token_urlsafe
from typing import Any

from imagepipe.errors import ImagepipeError
from imagepipe.frozen import frozen

VERBS = ("pick", "approve", "reject")
_MOST = 10_000
_AGAIN = "1; url=./"
"""When a browser asks again for a page that cannot be made at the moment: in a second. The address is named, since one
with an asset behind it would be taken for a place on the page that is there."""
_SAFE = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


@frozen
class Asked:
    """One decision from the page: `number` 0 means the picture that the asset has."""

    verb: str
    asset: str
    number: int = 0
    why: str = ""


@frozen
class Desk:
    """What the server can do: `page()` gives the page and its content security policy; `decide` carries a decision out
    and gives what is said about it and the asset's new markup; `version` gives a word that is another one once the page
    would be. The first two raise ImagepipeError."""

    page: Callable[["Review"], tuple[str, str]]
    decide: Callable[["Review", Asked], tuple[str, str]]
    version: Callable[[], str]


class Review(ThreadingHTTPServer):
    """The server; `token` is in the address and in every decision. Listens on 127.0.0.1 alone."""

    daemon_threads = True

    def __init__(self, desk: Desk, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Answer)
        self.desk, self.token, self.one_at_a_time = desk, token_urlsafe(24), threading.Lock()

    @property
    def hosts(self) -> tuple[str, ...]:
        """The names by which a browser may call us: any other is somebody's name that was made to point here."""
        return f"127.0.0.1:{self.server_port}", f"localhost:{self.server_port}"

    @property
    def address(self) -> str:
        """Where the page is."""
        return f"http://127.0.0.1:{self.server_port}/{self.token}/"

    @property
    def decisions(self) -> str:
        """The path that takes decisions."""
        return f"/{self.token}/decide"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser that reloads or leaves hangs up in the middle: that is nobody's fault."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)

    def knows(self, token: str) -> bool:
        """Whether it is our token; takes as long for every other one."""
        return hmac.compare_digest(token.encode("utf-8", "replace"), self.token.encode())


class _Answer(BaseHTTPRequestHandler):
    """One request."""

    server: Review
    server_version, sys_version = "imagepipe", ""
    timeout = 30

    def do_GET(self) -> None:
        """The page."""
        if fault := self._foreign(writes=False):
            self._refuse(*fault)
        elif self.path.endswith("/version") and self.server.knows(self.path.removesuffix("/version").strip("/")):
            self._version()
        elif not self.path.endswith("/") or not self.server.knows(self.path.strip("/")):
            self._refuse(404, "there is nothing here; open the address that imagepipe review printed")
        else:
            self._page()

    def do_POST(self) -> None:
        """A decision."""
        if fault := self._foreign(writes=True):
            self._refuse(*fault)
        elif not self.server.knows(self.headers.get("X-Imagepipe-Token", "")):
            self._refuse(403, "this page is of another run of imagepipe review: reload it")
        elif self.path != self.server.decisions:
            self._refuse(404, "there is nothing here")
        else:
            self._decision()

    def _foreign(self, *, writes: bool) -> tuple[int, str] | None:
        """Why a request is not one of our own page; None where it is."""
        hosts = self.server.hosts
        if self.headers.get("Host", "") not in hosts:
            return 421, "imagepipe review answers on this machine alone"
        origin, site = self.headers.get("Origin"), self.headers.get("Sec-Fetch-Site", "none")
        if (writes or origin is not None) and origin not in [f"http://{host}" for host in hosts]:
            return 403, "a decision comes from the page itself, from no other"
        if site not in ("same-origin", "none"):
            return 403, "a decision comes from the page itself, from no other"
        return None

    def _page(self) -> None:
        try:
            with self.server.one_at_a_time:
                page, policy = self.server.desk.page(self.server)
        except (ImagepipeError, OSError) as error:
            self._later(_told(error))
            return
        extra = {"Content-Security-Policy": f"{policy}; frame-ancestors 'none'"}
        self._send(200, "text/html; charset=utf-8", page.encode("utf-8", "backslashreplace"), extra)

    def _later(self, why: str) -> None:
        """Instead of the page, why there is none; the browser tries again, as the page itself would."""
        self._send(500, "text/plain; charset=utf-8", f"{why}\n".encode(), {"Refresh": _AGAIN})

    def _version(self) -> None:
        with self.server.one_at_a_time:
            word = self.server.desk.version()
        self._send(200, "text/plain; charset=utf-8", word.encode())

    def _decision(self) -> None:
        asked = self._asked()
        if asked is None:
            self._refuse(400, "that is no decision")
            return
        try:
            with self.server.one_at_a_time:
                said, markup = self.server.desk.decide(self.server, asked)
                version = self.server.desk.version()
        except (ImagepipeError, OSError) as error:
            self._json(409, {"said": _told(error)})
            return
        self._json(200, {"said": said, "card": markup, "version": version})

    def _asked(self) -> Asked | None:
        """The decision in the body; None for what is none."""
        length = self.headers.get("Content-Length", "")
        kind = self.headers.get("Content-Type", "").partition(";")[0]
        if not length.isascii() or not length.isdigit() or int(length) > _MOST or kind != "application/json":
            return None
        try:
            given = json.loads(self.rfile.read(int(length)))
            asked = Asked(given["verb"], given["asset"], given.get("number", 0), given.get("why", ""))
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return None
        texts = all(isinstance(text, str) for text in (asked.verb, asked.asset, asked.why))
        return asked if texts and type(asked.number) is int and asked.number >= 0 and asked.verb in VERBS else None

    def _refuse(self, status: int, why: str) -> None:
        self.close_connection = True
        if self.command == "POST":
            self._json(status, {"said": why})
        else:
            self._send(status, "text/plain; charset=utf-8", f"{why}\n".encode())

    def _json(self, status: int, value: dict[str, Any]) -> None:
        self._send(status, "application/json", json.dumps(value).encode())

    def _send(self, status: int, kind: str, body: bytes, extra: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": kind, **_SAFE, **(extra or {})}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing: the address has the token in it."""


def _told(error: ImagepipeError | OSError) -> str:
    if isinstance(error, ImagepipeError):
        return f"{error.message}. {error.hint}".strip()
    return f"{error.strerror or type(error).__name__}{f': {error.filename}' if error.filename else ''}."
