"""The pictures that an asset's steps begin with, decoded from their files."""

from collections.abc import Iterator, Mapping
from typing import Any

from imagepipe.errors import ImagepipeError
from imagepipe.steps.encode import opened


class StepFailed(ImagepipeError):
    """A step or the encoder could not do its work; nothing of the asset was written."""


class Parts(Mapping[str, Any]):
    """Pictures by name, each opened when it is looked at and kept by nobody: a step that makes hundreds of them smaller
    has one whole picture in memory at a time."""

    def __init__(self, data: Mapping[str, bytes]) -> None:
        self._data = data

    def __getitem__(self, name: str) -> Any:
        try:
            return original(self._data[name])
        except ImagepipeError as error:
            raise StepFailed(f"input {name}: {error.message}", hint=error.hint, code=error.code) from error

    def __iter__(self) -> Iterator[str]:
        return iter(self._data)

    def __len__(self) -> int:
        return len(self._data)


def original(raw: bytes) -> Any:
    """The picture, decoded. Raises StepFailed, opening.BadPicture."""
    try:
        return opened(raw)
    except (OSError, ValueError, MemoryError) as error:
        raise StepFailed(f"the original picture cannot be opened: {error}", code="step-failed") from error
