"""The fixtures: a server a test, and a world in which nothing real can be touched."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.server.serving import ImageServer

CANARY = "sk-canary-7f3a91c2e5d84b60"
"""The key tests use: found in any file, log, error or report, it is a leak."""

_SCRUBBED = (
    "OPENAI_", "AZURE_OPENAI_", "IMAGEPIPE_", "GITHUB_", "GITLAB_", "CI", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY",
    "NO_PROXY", "SSL_CERT_", "GIT_",
)  # fmt: skip


class RealNetworkTouched(AssertionError):
    """A test tried to reach something other than this machine."""


@pytest.fixture
def image_server() -> Iterator[ImageServer]:
    """A fresh loopback server; `image_server.base_url` is where it listens."""
    server = ImageServer().start()
    yield server
    server.stop()


@pytest.fixture
def api(image_server: ImageServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[ImageServer]:
    """The server, with OPENAI_BASE_URL and a canary key in the environment, which no file of the test may hold."""
    monkeypatch.setenv("OPENAI_BASE_URL", image_server.base_url)
    monkeypatch.setenv("OPENAI_API_KEY", CANARY)
    yield image_server
    found = leaks(tmp_path)
    assert not found or "assets.yaml" in {path.name for path in found}, f"{found}, and no test wrote it into a prompt"


@pytest.fixture(autouse=True)
def nothing_real(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Home, user configuration, data folder, key, git identity and network of a test are its own, also in subprocesses."""
    home = tmp_path_factory.mktemp("home")
    config = home / "config.toml"
    config.touch()
    for name in list(os.environ):
        if name.upper().startswith(_SCRUBBED):
            monkeypatch.delenv(name)
    folders = {
        "HOME": home,
        "USERPROFILE": home,
        "IMAGEPIPE_CONFIG": config,
        "IMAGEPIPE_DATA": home / "data",
    }
    folders |= {f"XDG_{name}_HOME": home / name.lower() for name in ("CONFIG", "DATA", "CACHE", "STATE")}
    for name, path in folders.items():
        monkeypatch.setenv(name, str(path))
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/no-server-in-this-test")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(home / "gitconfig"))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    for who in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{who}_NAME", "Test")
        monkeypatch.setenv(f"GIT_{who}_EMAIL", "test@example.com")
    monkeypatch.setattr(socket.socket, "connect", _only_loopback(socket.socket.connect))
    monkeypatch.setattr(socket.socket, "connect_ex", _only_loopback(socket.socket.connect_ex))


def _only_loopback(real: Any) -> Any:
    def connect(self: socket.socket, address: Any) -> Any:
        host = address[0] if isinstance(address, tuple) else ""
        if self.family in (socket.AF_INET, socket.AF_INET6) and not host.startswith(("127.", "::1", "localhost")):
            raise RealNetworkTouched(f"a test tried to connect to {host}; use the image_server fixture")
        return real(self, address)

    return connect


def leaks(folder: Path, needle: str = CANARY) -> list[Path]:
    """The files under `folder` that contain the key."""
    return [path for path in folder.rglob("*") if path.is_file() and needle.encode() in path.read_bytes()]
