"""The order of work: what is ready, running and done over the asset graph. It knows neither why anything is to be done
(that is the plan's) nor how (`building`); nothing is written to the lock here: the events tell it."""

import asyncio
from collections import Counter, deque
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Mapping
from dataclasses import replace

from imagepipe.errors import Busy, ImagepipeError, ProviderStop
from imagepipe.events import BuildStarted, Dropped, Event, Failed, InDoubt, Skipped, Warned
from imagepipe.execute.adoption import adopt
from imagepipe.execute.building import build
from imagepipe.execute.halting import Stopped
from imagepipe.execute.run import Ended, Job, Run, opened
from imagepipe.execute.tally import Tally
from imagepipe.execute.work import Work
from imagepipe.settings.values import smallest
from imagepipe.values import Action, Decision, Entry, Plan

_STAYS = (Action.KEEP, Action.HOLD)
_FINISHERS = 4


class _Ready:
    """Pushed after a task's last event: its place is free again."""


async def execute(plan: Plan, work: Work) -> AsyncGenerator[Event, None]:
    """Does what the plan says and yields what happens, from BuildStarted to BuildFinished.

    A failed asset is an event; what depends on it is skipped, the rest goes on. Closing or cancelling ends the requests
    in flight and keeps their spools. Raises only for what nobody foresaw, after everything in flight is kept.
    """
    heard: asyncio.Queue[Event | _Ready] = asyncio.Queue()
    requests = sum(1 for row in plan.decisions if _may_send(row))
    with opened(work, requests, heard.put_nowait) as run:
        tally = Tally()
        schedule = _Schedule(plan, run, heard)
        watcher = asyncio.ensure_future(_watch(run))
        try:
            yield _started(plan, work, requests)
            for event in await run.on_disk(_left_behind, run, schedule.doubts):
                yield tally.add(event)
            async for event in schedule.events():
                yield tally.add(event)
            await work.hang_up()
        finally:
            await _end([watcher, *schedule.tasks])
        if schedule.crash:
            raise schedule.crash
        yield tally.finished(run, schedule.busy)


def _may_send(row: Decision) -> bool:
    """Whether a request may come of a row, now or when its inputs are built."""
    if row.action is Action.WAIT:
        return row.price.worst != 0
    return row.action is Action.GENERATE and bool(row.ask)


def _started(plan: Plan, work: Work, requests: int) -> BuildStarted:
    counts = Counter(row.action for row in plan.decisions)
    busy = sum(many for action, many in counts.items() if action not in (*_STAYS, Action.DROP, Action.BLOCK))
    cap = smallest(work.money.caps, "build")
    worst = plan.totals.price.worst
    limit: tuple[float | None, str] = (cap.usd, cap.name) if cap else (None, "")
    return BuildStarted(work.run, busy, requests, worst, *limit, blocked=counts[Action.BLOCK])


def _left_behind(run: Run, doubts: dict[str, InDoubt]) -> list[Event]:
    """Adopts what earlier builds received, before anything is paid, and opens the books with what is in doubt: `doubts`
    gets it by key, for the assets that it holds up. What another project left in the store is not on these books."""
    events = list(adopt(run.work))
    doubts.update({event.key: event for event in events if isinstance(event, InDoubt)})
    ours = {item.intent.key for item in run.work.store.pending() if item.in_doubt and run.work.ours(item.intent)}
    for key, event in doubts.items():
        if key in ours:
            run.budget.count_doubt(event.asset, event.worst or 0.0)
    run.budget.today = run.work.money.spent_today()
    return [event for event in events if not isinstance(event, InDoubt)]


async def _watch(run: Run) -> None:
    await run.work.stopping.wait()
    run.halt.run("interrupted", 130)
    if run.flying:
        count = "1 request is" if len(run.flying) == 1 else f"{len(run.flying)} requests are"
        what = f"nothing new is sent; {count} waited for: {', '.join(run.flying)}"
        run.emit(Warned("interrupted", what, "", "press Ctrl-C again to end now and leave them in doubt"))


async def _end(tasks: Iterable[asyncio.Task[None]]) -> None:
    tasks = list(tasks)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


class _Schedule:
    """Which assets wait for which, which wait for a place, and what became of those that are done."""

    def __init__(self, plan: Plan, run: Run, heard: "asyncio.Queue[Event | _Ready]") -> None:
        self._run, self._heard = run, heard
        self._rows = {row.asset: row for row in plan.decisions}
        self._recipes = {row.asset: row.recipe for row in plan.decisions if row.recipe}
        self._lanes: dict[bool, deque[Decision]] = {True: deque(), False: deque()}
        self._running = {True: 0, False: 0}
        self._places = {True: 2 * max(1, run.work.limits.jobs), False: _FINISHERS}
        self._parked: dict[str, list[Decision]] = {}
        self._entries: dict[str, Entry | None] = {}
        self._lost: set[str] = set()
        self.doubts: dict[str, InDoubt] = {}
        self._unmet: dict[str, set[str]] = {}
        self._needed_by: dict[str, list[str]] = {}
        self.tasks: set[asyncio.Task[None]] = set()
        self.crash: Exception | None = None
        self.busy = False
        for row in plan.decisions:
            self._enter(row)

    def _enter(self, row: Decision) -> None:
        if row.action is Action.WAIT:
            self._unmet[row.asset] = set(row.waits_for) & set(self._rows)
            for need in self._unmet[row.asset]:
                self._needed_by.setdefault(need, []).append(row.asset)
        elif row.action is Action.GENERATE and row.recipe:
            key, n = row.recipe.made_from, row.recipe.request.n
            self._run.targets[key] = max(self._run.targets.get(key, 0), n)

    async def events(self) -> AsyncIterator[Event]:
        """Runs everything; ends when nothing is running and nothing can be started."""
        for row in self._rows.values():
            if row.action is not Action.WAIT:
                self._place(row)
            elif not self._unmet[row.asset]:
                self._decide(row.asset)
        self._launch()
        while self.tasks or not self._heard.empty():
            event = await self._heard.get()
            if isinstance(event, _Ready):
                self._launch()
            else:
                yield event
        for row in self._rows.values():
            if row.action is Action.DROP and not self._run.halt.why() and not self._is_wanted(row.asset):
                if row.code:
                    yield Warned(row.code, row.note, row.asset)
                yield Dropped(row.asset, *await self._run.on_disk(self._run.work.drop, row.asset, row.orphans))

    def _is_wanted(self, asset: str) -> bool:
        """Whether another asset was to take the picture of one that left, as its own or as its draft, and came to nothing:
        its entry is all that tells of it."""
        entries = self._run.work.entries
        if not self._lost or asset not in entries:
            return False
        entry, lost = entries[asset], {id: self._recipes.get(id) for id in self._lost if id in self._rows}
        if entry.may_wait and any(not recipe and id not in entries for id, recipe in lost.items()):
            return True  # what waited for its inputs in vain may be this one under another name
        made = {recipe.made_from for recipe in lost.values() if recipe}
        taken = {item.sha256 for recipe in lost.values() if recipe for item in recipe.request.inputs}
        kept = {one.picked.sha256 for one in self._entries.values() if one and one.picked}
        return entry.made_from in made or bool(entry.picked and entry.picked.sha256 in taken - kept)

    def _place(self, row: Decision) -> None:
        """Puts a decided asset where it belongs: done, failed, or in line for a place."""
        if row.action in _STAYS:
            self._done(row.asset, self._run.work.entries.get(row.asset))
        elif row.code == "in-doubt" and (doubt := self.doubts.get(_key(row))):
            self._run.emit(replace(doubt, asset=row.asset))
            self._lose(row.asset, f"its input {row.asset} is in doubt")
        elif row.action is Action.BLOCK:
            self._fail(Failed(row.asset, row.code or "blocked", row.note or "needs a person", row.hint, blocked=True))
        elif row.action is Action.WAIT:
            self._fail(Failed(row.asset, "undecided", "its inputs are built and it still waits"))
        elif row.action is not Action.DROP:
            self._lanes[row.action is Action.GENERATE].append(row)

    def _launch(self) -> None:
        for lane, line in self._lanes.items():
            while line and self._running[lane] < self._places[lane]:
                row = line.popleft()
                if why := self._stopped(row):
                    self._skip(row.asset, why)
                elif not lane or self._take_key(row):
                    self._running[lane] += 1
                    self.tasks.add(asyncio.ensure_future(self._work(row, lane)))

    def _stopped(self, row: Decision) -> str:
        """Why a row may not begin. What costs nothing goes on, unless a person wants it to end."""
        if row.action is Action.GENERATE and row.recipe:
            return self._run.halt.why(row.recipe.request.model)
        return self._run.halt.why() if self._run.work.stopping.is_set() else ""

    def _take_key(self, row: Decision) -> bool:
        """Whether the row may go on: one at a time for a key, so that the second finds what the first has paid for."""
        key = _key(row)
        if key in self._parked:
            self._parked[key].append(row)
            return False
        self._parked[key] = []
        return True

    async def _work(self, row: Decision, lane: bool) -> None:
        try:
            await self._build(row)
        except Exception as error:  # noqa: BLE001 - a fault of ours must not lose what is in flight
            self.crash = self.crash or error
            self._run.halt.run("something unforeseen happened", 70)
            self._fail(Failed(row.asset, "unforeseen", f"{type(error).__name__}: {error}"))
        finally:
            self._running[lane] -= 1
            if lane:
                self._lanes[True].extendleft(reversed(self._parked.pop(_key(row))))
            self.tasks -= {task for task in (asyncio.current_task(),) if task}
            self._heard.put_nowait(_Ready())

    async def _build(self, row: Decision) -> None:
        try:
            event = await build(self._run, Job(self._run.work.assets[row.asset], row))
        except Ended as ended:
            self._fail(ended.event)
        except Stopped as stopped:
            self._skip(row.asset, str(stopped))
        except ImagepipeError as error:
            self.busy = self.busy or isinstance(error, Busy)
            if isinstance(error, ProviderStop):
                self._run.halt.run(error.message, 7)
            shown = await self._shown(row.asset, error.picture)
            self._fail(Failed(row.asset, error.code, error.message, error.hint, picture=shown))
        else:
            self._run.emit(event)
            self._done(row.asset, event.entry)

    async def _shown(self, asset: str, picture: bytes) -> str:
        return await self._run.on_disk(self._run.work.keep_failed, asset, picture) if picture else ""

    def _done(self, asset: str, entry: Entry | None) -> None:
        self._entries[asset] = entry
        for id in self._needed_by.get(asset, ()):
            self._unmet[id].discard(asset)
            if not self._unmet[id] and id not in self._lost:
                self._decide(id)

    def _decide(self, asset: str) -> None:
        """A WAIT row whose inputs are known by now; the same bytes as before cost nothing from here on."""
        try:
            row = self._run.work.decide(asset, self._inputs_of(asset))
        except ImagepipeError as error:
            self._fail(Failed(asset, error.code, error.message, error.hint))
            return
        if row.recipe:
            self._recipes[asset] = row.recipe
        self._place(row)

    def _inputs_of(self, asset: str) -> Mapping[str, Entry]:
        names = (item.asset for item in self._run.work.assets[asset].inputs if item.asset)
        found = ((name, self._entries.get(name) or self._run.work.entries.get(name)) for name in names)
        return {name: entry for name, entry in found if entry}

    def _fail(self, event: Event) -> None:
        """Tells of an asset that came to nothing, and skips what needs it."""
        if isinstance(event, Skipped):
            self._skip(event.asset, event.because)
            return
        asset = str(getattr(event, "asset", ""))
        fate = "is blocked" if getattr(event, "blocked", False) else "failed"
        fate = "is in doubt" if isinstance(event, InDoubt) else fate
        self._run.emit(event)
        if self._run.work.fail_fast:
            self._run.halt.run(f"{asset} {fate} (--fail-fast)", 1)
        self._lose(asset, f"its input {asset} {fate}")

    def _skip(self, asset: str, because: str) -> None:
        self._run.emit(Skipped(asset, because))
        self._lose(asset, f"its input {asset} was skipped: {because}")

    def _lose(self, asset: str, because: str) -> None:
        self._lost.add(asset)
        for id in self._needed_by.get(asset, ()):
            if id not in self._lost:
                self._skip(id, because)


def _key(row: Decision) -> str:
    return row.recipe.made_from if row.recipe else row.asset
