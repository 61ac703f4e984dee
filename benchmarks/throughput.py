"""How close a build comes to the provider's own speed: 200 pictures of 1.5 MB, each answered after a fixed 0.5 s.

Prints wall time from the first request's arrival to the end of the process over the ideal (N / jobs x latency), CPU, and
peak memory (of all its processes together) of `imagepipe build`, and of the usual script (openai client, semaphore, write
the file) for comparison. Peers: none to install. On a machine that does something else too, only the ratio of the two says
anything. Run: python benchmarks/throughput.py
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
USUAL = Path(__file__).with_name("usual.py")
LATENCY, BULK = 0.5, 1_500_000
TICK = 0.05


def serve(log: Path) -> tuple["subprocess.Popen[str]", str]:
    """The loopback server in a process of its own, and its address."""
    command = [sys.executable, "-m", "tests.server", "--latency", str(LATENCY), "--bulk", str(BULK), "--log", str(log)]
    server = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert server.stdout
    return server, server.stdout.readline().strip()


def project(folder: Path, count: int) -> None:
    """A manifest of so many assets."""
    lines = ["version: 1", "project: throughput", "assets:"]
    for i in range(count):
        lines += [f"  a{i:04}:", f"    prompt: picture number {i}", f"    output: out/a{i:04}.png"]
        lines += ["    options: {quality: low}"]
    (folder / "config.toml").write_text("")
    (folder / "assets.yaml").write_text("\n".join(lines) + "\n")


@dataclass(frozen=True)
class Ran:
    """What a run took: seconds until its first request arrived, seconds from there on, CPU seconds, peak MB."""

    start: float
    wall: float
    cpu: float
    memory: float = 0.0


class Watched(threading.Thread):
    """Looks again and again at how much memory a process and its children have, shared pages counted once."""

    def __init__(self, process: int) -> None:
        super().__init__(daemon=True)
        self._process, self.over, self.peak = process, threading.Event(), 0.0

    def run(self) -> None:
        """Until `over` is set."""
        while not self.over.wait(TICK):
            self.peak = max(self.peak, sum(map(_proportional, [self._process, *_children(self._process)])))


def _children(process: int) -> list[int]:
    try:
        lists = Path(f"/proc/{process}/task").glob("*/children")
        return [int(child) for found in lists for child in found.read_text().split()]
    except OSError:
        return []


def _proportional(process: int) -> float:
    """MB of a process, its part of what it shares with others; 0 where it has ended."""
    try:
        text = Path(f"/proc/{process}/smaps_rollup").read_text()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:")) / 1024


def run(command: list[str], folder: Path, url: str, log: Path, *, weighed: bool = False) -> Ran:
    """Runs a contender in a folder, against the server whose requests are in `log`. Memory is looked at where it is to be
    `weighed`, and then the times say nothing: each look goes through all its pages and holds them meanwhile."""
    environment = os.environ | {
        "OPENAI_BASE_URL": url,
        "OPENAI_API_KEY": "sk-benchmark",
        "PYTHONPATH": str(ROOT),
        "IMAGEPIPE_CONFIG": str(folder / "config.toml"),
        "IMAGEPIPE_DATA": str(folder / "data"),
    }
    log.write_text("")
    os.sync()  # or this run would wait for what the ones before have left to be written
    begun = time.monotonic()
    child = subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    watched = Watched(child.pid)
    if weighed:
        watched.start()
    assert child.stderr
    said = child.stderr.read()
    _, status, used = os.wait4(child.pid, 0)
    ended = time.monotonic()
    watched.over.set()
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(f"{' '.join(command)}: exit {child.returncode}\n{said.decode()[-2000:]}")
    first = min(json.loads(line)["at"] for line in log.read_text().splitlines())
    return Ran(first - begun, ended - first, used.ru_utime + used.ru_stime, watched.peak)


def commands(count: int, jobs: int) -> dict[str, list[str]]:
    """What is compared."""
    build = [sys.executable, "-m", "imagepipe", "build", "--yes", "--max-cost", "1000", "--jobs", str(jobs), "--json"]
    return {"imagepipe": build, "usual script": [sys.executable, str(USUAL), str(count), str(jobs)]}


Runs = dict[tuple[str, int, int], list[Ran]]
WEIGHED = -1


def measured(count: int, jobs: list[int], rounds: int) -> Runs:
    """(contender, jobs, pictures) → each round. One picture alone tells what CPU starting takes; under WEIGHED pictures is
    the one round in which memory was looked at."""
    found: Runs = {}
    with tempfile.TemporaryDirectory() as place:
        log = Path(place, "log")
        server, url = serve(log)
        try:
            for number, kind in ((n, kind) for kind in (*(1, count) * rounds, WEIGHED) for n in jobs):
                pictures = count if kind == WEIGHED else kind
                for name, command in commands(pictures, number).items():
                    folder = Path(tempfile.mkdtemp(dir=place))
                    project(folder, pictures)
                    ran = run(command, folder, url, log, weighed=kind == WEIGHED)
                    found.setdefault((name, number, kind), []).append(ran)
                    _empty(folder)
        finally:
            server.terminate()
            server.wait()
    return found


def _empty(folder: Path) -> None:
    """Frees what a run wrote and leaves the files: ext4 goes round every recently deleted one when it makes another, and
    the next run would pay for what this one has deleted."""
    for path in folder.rglob("*"):
        if path.is_file():
            os.truncate(path, 0)


def main() -> None:
    """Interleaved rounds, medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--jobs", type=int, nargs="*", default=[20, 50])
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    found = measured(options.count, options.jobs, options.rounds)
    print(json.dumps([row(found, key) for key in found if key[2] == options.count]))


def row(found: Runs, key: tuple[str, int, int]) -> dict[str, float | str]:
    """One contender's figures, also said in a line; CPU beyond that of a single picture."""
    name, jobs, count = key
    start, wall, cpu = (
        statistics.median(getattr(ran, figure) for ran in found[key]) for figure in ("start", "wall", "cpu")
    )
    memory = found[name, jobs, WEIGHED][0].memory
    over = wall / (count / jobs * LATENCY)
    spent = (cpu - statistics.median(ran.cpu for ran in found[name, jobs, 1])) / (count - 1) * 1000
    print(
        f"{name:14} {jobs:3} jobs: {start:.2f} s to the first request, then {wall:.2f} s, {over:.2f} x ideal; "
        f"{spent:5.1f} ms CPU a picture ({cpu / count * 1000:.1f} with the start), {memory:4.0f} MB"
    )
    told = {"start": start, "wall": wall, "over_ideal": over, "cpu_ms": spent, "peak_mb": memory}
    return {"who": name, "jobs": jobs, **told}


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    main()
