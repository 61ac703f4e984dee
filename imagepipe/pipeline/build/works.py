"""The hands of a build: the function values by which `execute` reads inputs, writes files and settles money."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from os import urandom

from imagepipe.contracts import StepContext
from imagepipe.digest import digest_bytes
from imagepipe.errors import ImagepipeError
from imagepipe.execute.finish import RawMissing
from imagepipe.execute.work import Limits, Money, Work
from imagepipe.frozen import frozen
from imagepipe.models import prices
from imagepipe.pipeline.build.routes import Routes
from imagepipe.pipeline.build.written import Written
from imagepipe.pipeline.doubting import home_of, ownership
from imagepipe.pipeline.ground import Ground
from imagepipe.pipeline.options import BuildOptions
from imagepipe.planning import Holdings, decider
from imagepipe.recipe import PLACEHOLDER
from imagepipe.settings.values import Cap
from imagepipe.store.disk import write_atomic
from imagepipe.store.ledger import Spending
from imagepipe.values import Asset, Charge, FrozenMap, InputFact, Request
from imagepipe.workspace.digests import pointed
from imagepipe.workspace.finding import FAILED, PRIVATE, private_folder, repository_top
from imagepipe.workspace.publishing import publish, remove
from imagepipe.workspace.tree import DiskTree

_DEADLINE = 900.0
"""Seconds: no request takes longer, unless a provider's own deadline, which it keeps itself, is set to more."""


class InputChanged(ImagepipeError):
    """An input file is not what it was when the plan was made."""


def run_id() -> str:
    """A name for one build: when it began, and chance."""
    return f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{urandom(3).hex()}"


@frozen
class Asked:
    """What a build was asked for, beside its plan."""

    options: BuildOptions
    caps: tuple[Cap, ...]
    run: str


def work_of(base: Ground, routes: Routes, asked: Asked, written: Written) -> Work:
    """Everything `execute` needs for a build on this ground; `written` hears of its files."""
    options, settings = asked.options, base.around.settings
    limits = Limits(
        jobs=options.jobs or settings.limits.jobs,
        images_per_minute=settings.limits.images_per_minute,
        max_requests=options.max_requests,
        deadline=max([_DEADLINE, *(terms.deadline for terms in settings.providers.values())]),
        lock_timeout=options.lock_timeout,
        retry_in_doubt=settings.retry_in_doubt,
        attempts=options.attempts or 0,
    )
    folder = _Folder(base, options, written)
    return Work(
        run=asked.run,
        assets={asset.id: asset for asset in base.manifest.assets},
        store=base.around.store,
        route_of=routes.route_of,
        dialect_of=routes.dialect_of,
        hang_up=routes.hang_up,
        read_inputs=folder.read_inputs,
        read_raw=folder.read_raw,
        read_file=folder.tree.read,
        publish=folder.publish,
        decide=decider(base.manifest, base.manifest.words, base.lock, base.seen, base.rules),
        drop=folder.drop,
        charge=_charging(base),
        version_of=base.rules.version_of,
        step_context=_context(base),
        keep_failed=folder.keep_failed,
        entries=base.lock.entries,
        again=base.rules.again,
        retry_failed=base.rules.retry_failed,
        fail_fast=options.fail_fast,
        home=home_of(base.manifest),
        ours=ownership(base.manifest),
        money=_money(base, asked),
        limits=limits,
    )


def _money(base: Ground, asked: Asked) -> Money:
    ledger, today = base.around.ledger, base.around.today.isoformat()

    def record(spending: Spending) -> None:
        own = spending.home in ("", home_of(base.manifest))
        ledger.append(replace(spending, project=base.manifest.project if own else ""))

    return Money(asked.caps, asked.options.allow_unknown_price, lambda: ledger.spent(today), record)


def _context(base: Ground) -> Callable[[Asset], StepContext]:
    """A step knows for whom it works, and in which colour the background was asked for."""

    def context(asset: Asset) -> StepContext:
        key = base.manifest.words[asset.id].key
        return StepContext(asset.id, FrozenMap({"key": key} if key else {}))

    return context


def _charging(base: Ground) -> Callable[[Request, Mapping[str, object], int], Charge]:
    def charge(request: Request, usage: Mapping[str, object], received: int) -> Charge:
        if request.provider == PLACEHOLDER:
            return Charge()
        model = base.registry.find(request.model).model
        if model is None:
            return Charge(None)
        chars = len(request.prompt)
        return prices.charge(model, request.options, usage, received, prompt_chars=chars)

    return charge


class _Folder:
    """The project folder and the store, as a build reads and writes them."""

    def __init__(self, base: Ground, options: BuildOptions, written: Written) -> None:
        self._base, self._options, self._written = base, options, written
        self._holdings = Holdings(base.lock, base.seen)
        self.tree = DiskTree(base.root, repository_top(base.root))

    def read_inputs(self, asset: str, request: Request) -> tuple[bytes, ...]:
        """The bytes of a request's inputs, each what the plan saw. Raises InputChanged."""
        return tuple(self._input(asset, item) for item in request.inputs)

    def _input(self, asset: str, item: InputFact) -> bytes:
        for source in (self._from_file, self._from_store, self._from_elsewhere):
            data = source(item)
            if data is not None and digest_bytes(data) == item.sha256:
                return data
        message = f"the input {item.name} of {asset} is not what it was when the plan was made"
        raise InputChanged(message, hint="build again", code="input-changed")

    def _from_file(self, item: InputFact) -> bytes | None:
        path = self._path(item)
        try:
            return self.tree.read(path) if path else None
        except FileNotFoundError:
            return None

    def _path(self, item: InputFact) -> str:
        known = {asset.id for asset in self._base.manifest.assets}
        name, _, id = item.name.partition(":")
        given = self._base.manifest.imports.get(name)
        if id and given:
            return str(given.get(id, ""))
        return self._holdings.file_with(item.sha256) if item.name in known else item.name

    def _from_store(self, item: InputFact) -> bytes | None:
        try:
            return self._base.around.store.blob(item.sha256)
        except FileNotFoundError:
            return None

    def _from_elsewhere(self, item: InputFact) -> bytes | None:
        path = self._holdings.file_with(item.sha256)
        return self.tree.read(path) if path else None

    def read_raw(self, digest: str, source: str) -> bytes:
        """A raw picture, verified. Raises FileNotFoundError."""
        try:
            if not source:
                return self._base.around.store.blob(digest)
        except FileNotFoundError:
            source = self._holdings.file_with(digest)
            if not source:
                raise
        data = self.tree.read(source)
        if digest_bytes(data) == digest:
            return data
        if pointed(data) == digest:
            hint = "`git lfs pull` brings it"
            raise RawMissing(f"{source} is a Git LFS pointer, not the picture", hint=hint, code="raw-missing")
        raise FileNotFoundError(source)

    def publish(self, asset: str, files: Mapping[str, bytes]) -> tuple[str, ...]:
        """Writes an asset's files and gives the paths that changed."""
        force = self._options.force
        return tuple(path for path, data in files.items() if self._publish(path, data, force))

    def _publish(self, path: str, data: bytes, force: bool) -> bool:
        put = publish(self._base.root, path, data, self._holdings.ours, force=force)
        self._base.digests.forget(path)
        if put:
            self._written.note(path, put)
        return put is not None

    def keep_failed(self, asset: str, picture: bytes) -> str:
        """Puts a picture of what is wrong into the private folder; its path, "" where it could not be kept."""
        try:
            folder = private_folder(self._base.root) / FAILED
            write_atomic(folder / f"{asset}.png", picture, durable=False)
        except (OSError, ImagepipeError):
            return ""  # What is wrong has been said in words.
        return f"{PRIVATE}/{FAILED}/{asset}.png"

    def drop(self, asset: str, orphans: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Files that nothing writes any more: removed under --prune if they are as the lock says, else left."""
        if not self._options.prune:
            return (), orphans
        entry = self._base.lock.entries[asset]
        gone = tuple(path for path in orphans if remove(self._base.root, path, entry.files[path].sha256))
        for path in gone:
            self._base.digests.forget(path)
        return gone, tuple(path for path in orphans if path not in gone)
