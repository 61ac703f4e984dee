"""A loopback server that speaks the Image API, checks requests, counts charges and misbehaves on request."""

from tests.server.serving import ImageServer, Received

__all__ = ["ImageServer", "Received"]
