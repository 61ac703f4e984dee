"""Every test runs in a world of its own: see tests/server/fixture.py."""

from tests.copies import begun
from tests.server.fixture import api, image_server, nothing_real

__all__ = ["api", "begun", "image_server", "nothing_real"]
