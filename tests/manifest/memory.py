"""A tree of files in memory."""

from fnmatch import fnmatchcase


class Memory:
    """Files by path; counts what is read."""

    def __init__(self, **files: str | bytes) -> None:
        self.files = {name: data if isinstance(data, bytes) else data.encode() for name, data in files.items()}
        self.reads: list[str] = []

    def read(self, path: str) -> bytes:
        self.reads.append(path)
        if path not in self.files:
            raise FileNotFoundError(path)
        return self.files[path]

    def glob(self, pattern: str) -> tuple[str, ...]:
        return tuple(sorted(name for name in self.files if fnmatchcase(name, pattern)))
