"""Tells a build from its first event to its last, or to where a signal breaks it off: then what it leaves in doubt."""

from collections.abc import Callable, Generator, Iterable
from contextlib import closing

from imagepipe.cli.console import Console
from imagepipe.events import BuildFinished, Event, InDoubt
from imagepipe.plugins import resolve
from imagepipe.values import Manifest

Left = Callable[[], Iterable[InDoubt]]
"""What was sent and has no end, asked only where a build is broken off."""

_LEFT = "imagepipe.pipeline.doubting:left_by_us"


def left_of(manifest: Manifest) -> Left:
    """What a build of a manifest leaves in doubt."""
    return lambda: resolve(_LEFT)(manifest)


def tell(events: Generator[Event, None, None], console: Console, left: Left) -> BuildFinished | None:
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
        for doubt in left():
            if doubt.key not in told:
                console.hear(doubt)
        raise
    finally:
        console.close()
    return last
