"""Every test runs in a world of its own: see tests/server/fixture.py."""

import signal
import threading

from tests.copies import begun
from tests.server.fixture import api, image_server, nothing_real

__all__ = ["api", "begun", "image_server", "nothing_real"]

# A shell gives its background jobs no Ctrl-C, and what they start inherits that; some tests press it.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN and threading.current_thread() is threading.main_thread():
    signal.signal(signal.SIGINT, signal.default_int_handler)
