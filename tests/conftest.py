"""Every test runs in a world of its own: see tests/server/fixture.py."""

from tests.server.fixture import api, image_server, nothing_real

__all__ = ["api", "image_server", "nothing_real"]
