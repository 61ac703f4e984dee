"""Writes the file that `--output` names: whole or not at all, and a pipe or a device as what it is."""

from pathlib import Path

from imagepipe.store.disk import explained, write_atomic


def write(target: Path, content: str | bytes) -> None:
    """Puts `content` there, and makes missing folders. Raises DiskFault."""
    data = content if isinstance(content, bytes) else content.encode("utf-8", "backslashreplace")
    if target.exists() and not target.is_file():  # /dev/stdout: putting another file in its place would take it away
        with explained(target, len(data)), target.open("wb") as out:
            out.write(data)
    else:
        write_atomic(target.absolute(), data, durable=False)
