"""The server by hand: `python -m tests.server --port 0` prints its base URL, then serves until interrupted."""

import argparse
import json
import signal
import threading
from pathlib import Path

from tests.server.serving import ImageServer


def main() -> None:
    """Serves; `--script` is a JSON list of faults: [{"kind": "rate_limit", "times": 2, "headers": {…}}, …]."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--latency", type=float, default=0.0, help="seconds an answer takes")
    parser.add_argument("--bulk", type=int, default=0, help="answer pre-made noisy PNGs of about so many bytes")
    parser.add_argument("--rate", default="", help="images/seconds, as 50/60: answered 429 beyond")
    parser.add_argument("--compatible", action="store_true", help="take legacy fields, leave usage out")
    parser.add_argument("--log", default="", help="write one JSON line a request to this file")
    parser.add_argument("--script", type=Path, help="faults as a JSON file")
    options = parser.parse_args()
    server = ImageServer(options.port)
    server.latency, server.bulk, server.compatible = options.latency, options.bulk, options.compatible
    server.log = options.log
    if options.rate:
        images, _, seconds = options.rate.partition("/")
        server.rate = (int(images), float(seconds))
    for fault in json.loads(options.script.read_text()) if options.script else []:
        server.fault(**fault)
    server.start()
    print(server.base_url, flush=True)
    done = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: done.set())
    done.wait()
    server.stop()
    print(server.state().decode(), flush=True)


if __name__ == "__main__":
    main()
