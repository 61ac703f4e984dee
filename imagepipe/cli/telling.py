"""Tells a build from its first event to its last, or to where a signal breaks it off: then what it leaves in doubt."""

from collections.abc import Generator
from contextlib import closing

from imagepipe.cli.console import Console
from imagepipe.events import BuildFinished, Event, InDoubt
from imagepipe.plugins import resolve
from imagepipe.values import Manifest

LEFT = "imagepipe.pipeline.doubting:left_by_us"
"""Loaded only where a build is broken off."""


def tell(events: Generator[Event, None, None], console: Console, manifest: Manifest) -> BuildFinished | None:
    """The last event of a build that came to its end. What a console heard is closed in any case."""
    last, told = None, set()
    try:
        with closing(events):
            for event in events:
                console.hear(event)
                if isinstance(event, InDoubt):
                    told.add(event.key)
                last = event if isinstance(event, BuildFinished) else last
    except (KeyboardInterrupt, SystemExit):
        for doubt in resolve(LEFT)(manifest):
            if doubt.key not in told:
                console.hear(doubt)
        raise
    finally:
        console.close()
    return last
