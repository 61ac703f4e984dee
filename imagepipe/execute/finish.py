"""From a raw picture to an asset's files: each step in a thread, every file made before any is written.

Steps that several outputs share are run once. The provider's bytes go out untouched where nothing is to be done, and
files that are there already, here or under another path, are not made again.
"""

import asyncio
from collections.abc import Mapping
from typing import Any

from imagepipe.contracts import Several, Step, StepContext
from imagepipe.digest import digest_bytes
from imagepipe.errors import ImagepipeError
from imagepipe.execute.originals import Parts, StepFailed, original
from imagepipe.execute.run import Run
from imagepipe.frozen import frozen
from imagepipe.paths import beside, glob_pattern, suffix_of
from imagepipe.plugins import pick
from imagepipe.steps import STEPS
from imagepipe.steps.encode import encode, size_in_file
from imagepipe.values import EMPTY, Asset, Candidate, Entry, FileFact, Output, StepCall

GROUP = "imagepipe.steps"
Steps = tuple[StepCall, ...]
_WHOLE = 3840 * 2160


@frozen
class Finish:
    """What is to be made: of which picture (`raw`: its bytes, None: still to be read from `source`), and what is there.

    `made` is the entry whose files were made by the very same steps of the same picture, if one was; then only `writes`
    are wanting. `copies`: output path → project file with the bytes that the entry names. `xmp` is embedded in derived
    files; the provider's own bytes are never touched. `parts` are pictures by name: the steps begin with them instead.
    """

    asset: Asset
    picked: Candidate
    raw: bytes | None = None
    source: str = ""
    made: Entry | None = None
    writes: tuple[str, ...] = ()
    copies: Mapping[str, str] = EMPTY
    xmp: bytes = b""
    parts: Mapping[str, bytes] = EMPTY


@frozen
class Made:
    """One finished file; `data` None: it is there already."""

    path: str
    data: bytes | None
    fact: FileFact


class RawMissing(ImagepipeError):
    """The original picture is neither in the store nor in the project."""


async def finish(run: Run, task: Finish) -> tuple[tuple[Made, ...], bytes | None]:
    """All files of an asset, and the original picture's bytes if it was needed for them.

    Raises ImagepipeError with the output and the step that failed.
    """
    bench = _Bench(run, task)
    try:
        # What takes longest begins first, so that no thread is left alone with it at the end.
        begun = sorted(enumerate(task.asset.outputs), key=lambda one: -_pixels(one[1]))
        made = await asyncio.gather(*(_output(bench, output) for _, output in begun))
        files = [one for _, files in sorted(zip((at for at, _ in begun), made, strict=True)) for one in files]
        if task.asset.originals:
            files += await _untouched(bench, task.asset.originals)
        return tuple(files), bench.known
    finally:
        bench.clear()


def _pixels(output: Output) -> int:
    """About how large its picture is, as far as its steps say: pixels; those without a size keep the original's."""
    sized = [call.options for call in output.steps if call.name in ("resize", "fit")]
    if not sized:
        return _WHOLE
    width, height = (int(sized[-1].get(side) or 0) for side in ("width", "height"))
    return (width or height) * (height or width)


async def _output(bench: "_Bench", output: Output) -> list[Made]:
    if there := _there(bench.task, output):
        return there
    if not output.beside and (copied := await _copied(bench, output.path)):
        return [copied]
    if _is_the_picture(bench.task, output):
        return await _untouched(bench, output.path)
    steps, options = _last_encode(output)
    pictures = await bench.pictures(steps)
    named = _named(output.path, pictures)
    files = (
        bench.run.on_pixels(_written, path, picture, output.format, options, bench.task.xmp) for path, picture in named
    )
    return [*await asyncio.gather(*files), *_beside(output, pictures, named)]


def _is_the_picture(task: Finish, output: Output) -> bool:
    """Whether the provider's bytes go out as they are: nothing is to be done, or a person chose the very file that steps
    had made, and they would frame or shrink it once more."""
    recorded = task.made.outputs.get(output.path) if task.made and not output.beside else None
    if recorded and recorded.sha256 == task.picked.sha256:
        return True
    return not output.steps and output.format == task.picked.format


def _there(task: Finish, output: Output) -> list[Made]:
    """The files of an output that are as the entry says already; none where any of them must be written."""
    if task.made is None:
        return []
    matches = [glob_pattern(path.replace("{index}", "*").replace("{cell}", "*")).match for path in output.files]
    recorded = task.made.outputs.items()
    known = [Made(path, None, fact) for path, fact in recorded if any(match(path) for match in matches)]
    return [] if len(known) < len(matches) or any(one.path in task.writes for one in known) else known


async def _copied(bench: "_Bench", path: str) -> Made | None:
    """The file at `path` from another one of the project that has the recorded bytes."""
    task = bench.task
    if task.made is None or path not in task.copies:
        return None
    try:
        data = await bench.run.on_disk(bench.run.work.read_file, task.copies[path])
    except (OSError, ImagepipeError):
        return None
    digest = digest_bytes(data)
    fact = next((fact for fact in task.made.outputs.values() if fact.sha256 == digest), None)
    return Made(path, data, fact) if fact else None


async def _untouched(bench: "_Bench", path: str) -> list[Made]:
    raw, picked = await bench.raw(), bench.task.picked
    return [Made(path, raw, FileFact(picked.sha256, picked.width, picked.height, picked.format, len(raw)))]


def _last_encode(output: Output) -> tuple[Steps, Mapping[str, Any]]:
    """The steps before the encoder, and its options."""
    if output.steps and output.steps[-1].name == "encode":
        return output.steps[:-1], output.steps[-1].options
    return output.steps, {}


def _named(path: str, pictures: Any) -> list[tuple[str, Any]]:
    """File names for what the steps made: one picture, several by `{cell}`, or a list of them by `{index}` (from 1)."""
    if isinstance(pictures, Several):
        return _by_cell(path, pictures)
    if not isinstance(pictures, list | tuple):
        return [(path, pictures)]
    if "{index}" not in path and len(pictures) != 1:
        message = f"{path}: its steps make {len(pictures)} pictures"
        raise StepFailed(message, hint="put {index} into the path", code="many-pictures")
    return [(path.replace("{index}", str(index)), picture) for index, picture in enumerate(pictures, 1)]


def _by_cell(path: str, made: Several) -> list[tuple[str, Any]]:
    if "{cell}" not in path and len(made.pictures) != 1:
        message = f"{path}: its steps make {len(made.pictures)} pictures"
        raise StepFailed(message, hint="put {cell} into the path", code="many-pictures")
    if "{cell}" in path and "" in made.pictures:
        message = f"{path}: its steps make one picture, which has no name"
        raise StepFailed(message, hint="take {cell} out of the path", code="many-pictures")
    return [(path.replace("{cell}", name), picture) for name, picture in made.pictures.items()]


def _beside(output: Output, made: Any, named: list[tuple[str, Any]]) -> list[Made]:
    """The files beside each picture's, which name it where they say `{file}`."""
    sides = made.beside if isinstance(made, Several) else EMPTY
    if set(sides) != set(output.beside):
        message = f"{output.path}: its steps write {', '.join(sides) or 'nothing'} beside it, and declare another thing"
        raise StepFailed(message, hint="say it in the step's declaration", code="step-failed")
    return [_side(path, name, data) for path, _ in named for name, data in sides.items()]


def _side(path: str, name: str, data: bytes) -> Made:
    made, at = data.replace(b"{file}", path.rpartition("/")[2].encode()), beside(path, name)
    return Made(at, made, FileFact(digest_bytes(made), 0, 0, suffix_of(at), len(made)))


def _written(path: str, picture: Any, format: str, options: Mapping[str, Any], xmp: bytes) -> Made:
    try:
        data = encode(picture, format, options, xmp)
    except (OSError, ValueError, MemoryError) as error:
        raise StepFailed(f"{path} could not be written as {format}: {error}", code="encode-failed") from error
    except ImagepipeError as error:
        _tell_where(error, path)
        raise
    width, height = size_in_file(picture.size, format, options)
    return Made(path, data, FileFact(digest_bytes(data), width, height, format, len(data)))


def _tell_where(error: ImagepipeError, outputs: str) -> None:
    """Puts the output's path before what went wrong with it: an asset may have dozens."""
    if outputs:
        error.message = f"{outputs}: {error.message}"
        error.args = (error.message,)


class _Bench:
    """The pictures on the way to one asset's outputs, each made once by the steps that lead to it."""

    def __init__(self, run: Run, task: Finish) -> None:
        self.run, self.task = run, task
        self.known = task.raw
        self._reading = asyncio.Lock()
        self._made: dict[Steps, asyncio.Task[Any]] = {}

    async def raw(self) -> bytes:
        """The original picture. Raises RawMissing."""
        async with self._reading:
            if self.known is None:
                self.known = await self.run.on_disk(self._read)
            return self.known

    def _read(self) -> bytes:
        digest = self.task.picked.sha256
        try:
            data = self.run.work.read_raw(digest, self.task.source)
        except OSError as error:
            data = b""
            cause: OSError | None = error
        else:
            cause = None
        if digest_bytes(data) != digest:
            hint = f"restore the store, or `imagepipe build --again {self.task.asset.id}`"
            raise RawMissing("the original picture is not here any more", hint=hint, code="raw-missing") from cause
        return data

    async def pictures(self, steps: Steps) -> Any:
        """The picture, or the list of them, after `steps`."""
        if steps not in self._made:
            self._made[steps] = asyncio.ensure_future(self._make(steps))
        return await asyncio.shield(self._made[steps])

    async def _make(self, steps: Steps) -> Any:
        if not steps and len(self.task.parts) > 1:
            return Several(Parts(self.task.parts))
        if not steps and self.task.parts:
            return await self.run.on_pixels(next, iter(Parts(self.task.parts).values()))
        if not steps:
            return await self.run.on_pixels(original, await self.raw())
        before = await self.pictures(steps[:-1])
        try:
            return await self.run.on_pixels(self._step, before, steps[-1])
        except ImagepipeError as error:
            _tell_where(error, self._outputs_after(steps))
            raise

    def _outputs_after(self, steps: Steps) -> str:
        """Which outputs these steps lead to; "" where they lead to all."""
        paths = [output.path for output in self.task.asset.outputs if output.steps[: len(steps)] == steps]
        if len(paths) == len(self.task.asset.outputs):
            return ""
        return f"{paths[0]} and {len(paths) - 1} more" if len(paths) > 1 else "".join(paths)

    def _step(self, before: Any, call: StepCall) -> Any:
        step, context = pick(STEPS, call.name, GROUP), self.run.work.step_context(self.task.asset)
        try:
            return _run(step, before, call, context)
        except ImagepipeError:
            raise
        except Exception as error:  # a step may come from elsewhere: what it does wrong is one asset's failure
            raise StepFailed(f"step {call.name}: {error}", code="step-failed") from error

    def clear(self) -> None:
        """Ends what is still being made, and forgets the rest."""
        for task in self._made.values():
            task.cancel()
        self._made.clear()


def _run(step: Step, before: Any, call: StepCall, context: StepContext) -> Any:
    """What the step makes of one picture or of all; of several it works on each, unless it takes them at once."""
    if isinstance(before, list | tuple):
        return [step.run(picture, call.options, context) for picture in before]
    if not isinstance(before, Several) or getattr(step, "MANY", False):
        return step.run(before, call.options, context)
    pictures: dict[str, Any] = {}
    sides = dict(before.beside)
    for name, picture in before.pictures.items():
        made = step.run(picture, call.options, context)
        if isinstance(made, Several):
            sides.update(made.beside)
            made = _alone(made, call.name)
        pictures[name] = made
    return Several(pictures, sides)


def _alone(made: Several, name: str) -> Any:
    if len(made.pictures) != 1:
        raise StepFailed(f"step {name} makes several pictures of one cell", code="many-pictures")
    return next(iter(made.pictures.values()))
