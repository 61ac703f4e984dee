"""npm's yaml-language-server over stdio, asked as an editor asks it: the LSP messages that completion and hover need."""

import json
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from queue import Queue
from threading import Thread
from typing import Any

PATIENCE = 20
"""Seconds until a silent server fails the test."""


@dataclass(slots=True)
class LanguageServer:
    """One running server; `versions` counts the texts that it was shown of a file, `findings` what it underlines."""

    process: "subprocess.Popen[bytes]"
    asked: int = 0
    versions: dict[str, int] = field(default_factory=dict)
    findings: dict[str, list[Any]] = field(default_factory=dict)
    heard: "Queue[dict[str, Any]]" = field(default_factory=Queue)

    @classmethod
    def start(cls, program: Path, root: Path) -> "LanguageServer":
        """A server for the folder `root`, ready."""
        pipe = subprocess.PIPE
        server = cls(subprocess.Popen(["node", str(program), "--stdio"], stdin=pipe, stdout=pipe, cwd=root))
        Thread(target=server._listen, daemon=True).start()
        able: dict[str, Any] = {
            "textDocument": {
                "completion": {"completionItem": {"snippetSupport": True, "documentationFormat": ["markdown"]}},
                "hover": {"contentFormat": ["markdown"]},
            },
            "workspace": {"configuration": True},
        }
        folders = [{"uri": root.as_uri(), "name": "project"}]
        given = {"processId": None, "rootUri": root.as_uri(), "workspaceFolders": folders, "capabilities": able}
        server.ask("initialize", given)
        server.tell("initialized", {})
        return server

    def stop(self) -> None:
        """Ends the server."""
        self.process.kill()
        self.process.communicate()

    def tell(self, method: str, params: Any) -> None:
        """A notification."""
        self._send({"method": method, "params": params})

    def ask(self, method: str, params: Any) -> Any:
        """A request and its result."""
        self.asked += 1
        self._send({"id": self.asked, "method": method, "params": params})
        while True:
            message = self.next()
            if message.get("id") == self.asked and "method" not in message:
                assert "error" not in message, message
                return message["result"]

    def next(self) -> dict[str, Any]:
        """The next message; what the server asks is answered, what it finds in files is kept in `findings`."""
        message = self.heard.get(timeout=PATIENCE)
        if "id" in message and "method" in message:
            self._send({"id": message["id"], "result": self._answer(message)})
        if message.get("method") == "textDocument/publishDiagnostics":
            self.findings[message["params"]["uri"]] = message["params"]["diagnostics"]
        return message

    def marked(self, file: Path, text: str) -> list[str]:
        """What the server underlines in a file with this text."""
        self.findings.pop(file.as_uri(), None)
        self.open(file, text)
        while file.as_uri() not in self.findings:
            self.next()
        return [item["message"] for item in self.findings[file.as_uri()]]

    def _answer(self, message: dict[str, Any]) -> Any:
        """Settings, when asked for them: as an editor has them out of the box, but fetching nothing."""
        if message["method"] != "workspace/configuration":
            return None
        own = {"yaml": {"completion": True, "hover": True, "validate": True, "schemaStore": {"enable": False}}}
        return [own.get(item.get("section", ""), {}) for item in message["params"]["items"]]

    def open(self, file: Path, text: str) -> None:
        """Shows the server a text as that of a file."""
        version = self.versions[file.name] = self.versions.get(file.name, 0) + 1
        uri = file.as_uri()
        if version == 1:
            shown = {"uri": uri, "languageId": "yaml", "version": version, "text": text}
            self.tell("textDocument/didOpen", {"textDocument": shown})
        else:
            changed = {"textDocument": {"uri": uri, "version": version}, "contentChanges": [{"text": text}]}
            self.tell("textDocument/didChange", changed)

    def at(self, method: str, file: Path, text: str) -> Any:
        """What the server says of a file with this text at the place marked `▮` in it."""
        before, _, after = text.partition("▮")
        self.open(file, before + after)
        lines = before.split("\n")
        position = {"line": len(lines) - 1, "character": len(lines[-1])}
        return self.ask(method, {"textDocument": {"uri": file.as_uri()}, "position": position})

    def _send(self, message: dict[str, Any]) -> None:
        data = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self.process.stdin is not None
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(data), data))
        self.process.stdin.flush()

    def _listen(self) -> None:
        """Takes in messages until the server ends."""
        stream = self.process.stdout
        assert stream is not None
        while head := stream.readline().strip():
            length = int(head.split(b":")[1])
            while stream.readline().strip():
                pass
            self.heard.put(json.loads(stream.read(length)))
