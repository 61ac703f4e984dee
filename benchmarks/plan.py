"""How long "nothing to do" takes: `imagepipe plan` and its peers on the same N assets of twelve lines and 10 kB each.

`python benchmarks/plan.py [N …]` makes the projects, runs everything installed in turn, five rounds, and prints medians
and the ratios that count: warm within 2.5 x `make -q` and 2.5 x the floor (click, two hashes, a cache of N entries, N
stats), cold under 0.35 x `yaml.load(CSafeLoader)`, one asset edited within 6 x warm; 100,000 within 11 x 10,000. Peers,
used where found: `apt-get install make ninja-build`, `pip install doit snakemake dvc`. Beyond `--slow N` assets the slow
peers are left out.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILT = Path(__file__).with_name("built.py")
IMAGEPIPE = [sys.executable, "-m", "imagepipe"]
FLOOR = """
import hashlib, json, os, click
for name in ("assets.yaml", "assets.lock"):
    hashlib.sha256(open(name, "rb").read()).hexdigest()
look = os.lstat
for path, (size, mtime) in json.load(open("floor.json")).items():
    found = look(path)
    assert found.st_size == size and found.st_mtime_ns == mtime
"""
YAML = """
import time, yaml
data = open("assets.yaml", "rb").read()
start = time.perf_counter()
yaml.load(data, Loader=yaml.CSafeLoader)
print(time.perf_counter() - start)
"""
DODO = """
import yaml
from doit.tools import config_changed
DOIT_CONFIG = {"verbosity": 0}
def task_image():
    for name, spec in yaml.load(open("assets.yaml"), Loader=yaml.CSafeLoader)["assets"].items():
        yield {"name": name, "actions": [], "targets": [spec["output"]], "uptodate": [config_changed(spec)]}
"""
SNAKE = """
rule all:
    input: expand("public/img/item-{at}.png", at=[f"{at:05}" for at in range(COUNT)])
rule image:
    input: "peers.txt"
    output: "public/img/item-{at}.png"
    shell: "touch {output}"
"""


def names(count: int) -> list[str]:
    return [f"public/img/item-{at:05}.png" for at in range(count)]


@dataclass
class Contender:
    """One row: a command that has nothing to do; `before` runs ahead of each round, unmeasured."""

    name: str
    command: list[str]
    before: Callable[[], None] = lambda: None
    timed_itself: bool = False
    runs: list[tuple[float, float]] = field(default_factory=list)

    def run(self, folder: Path) -> None:
        """Notes wall seconds and peak MB of one run."""
        self.before()
        start = time.perf_counter()
        child = subprocess.Popen(self.command, cwd=folder, env=environment(folder), stdout=subprocess.PIPE, text=True)
        assert child.stdout
        said = child.stdout.read()
        _, status, used = os.wait4(child.pid, 0)
        wall = time.perf_counter() - start
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode:
            raise SystemExit(f"{self.name}: exit {child.returncode}\n{said[-2000:]}")
        self.runs.append((float(said) if self.timed_itself else wall, used.ru_maxrss / 1024))

    @property
    def seconds(self) -> float:
        return statistics.median(wall for wall, _ in self.runs)

    @property
    def megabytes(self) -> float:
        return statistics.median(peak for _, peak in self.runs)


def environment(folder: Path) -> dict[str, str]:
    own = {"PYTHONPATH": str(ROOT), "IMAGEPIPE_CONFIG": str(folder / "config.toml")}
    # An empty value unsets it: modules are compiled once, as in every installed program, not in every run.
    own |= {"IMAGEPIPE_DATA": str(folder / "data"), "DVC_NO_ANALYTICS": "1", "PYTHONDONTWRITEBYTECODE": ""}
    return {**os.environ, **own}


def floor_cache(folder: Path, count: int) -> None:
    found = {name: (folder / name).stat() for name in names(count)}
    rows = {name: (seen.st_size, seen.st_mtime_ns) for name, seen in found.items()}
    (folder / "floor.json").write_text(json.dumps(rows))


def cold(folder: Path) -> Callable[[], None]:
    return lambda: shutil.rmtree(folder / ".imagepipe", ignore_errors=True)


def edited(folder: Path, count: int) -> Callable[[], None]:
    """One word of one asset in the middle, another each time."""
    path, turn = folder / "assets.yaml", iter(range(1_000_000))
    original = path.read_bytes()

    def edit() -> None:
        path.write_bytes(original.replace(b"mug, number %d\n" % (count // 2), b"cup, number %d\n" % next(turn), 1))

    return edit


def ours(folder: Path) -> list[Contender]:
    plan, check = [*IMAGEPIPE, "plan"], [*IMAGEPIPE, "check"]
    return [
        Contender("floor", [sys.executable, "-c", FLOOR]),
        Contender("yaml.load(CSafeLoader)", [sys.executable, "-c", YAML], timed_itself=True),
        Contender("imagepipe plan, cold", plan, before=cold(folder)),
        Contender("imagepipe plan, warm", plan),
        Contender("imagepipe check, cold", check, before=cold(folder)),
        Contender("imagepipe check, warm", check),
    ]


def peers(folder: Path, count: int, slow: int) -> list[Contender]:
    """Everything installed, each with the same outputs to look after."""
    (folder / "peers.txt").write_text("old\n")
    os.utime(folder / "peers.txt", (1, 1))
    targets = names(count)
    rules = "".join(f"{name}: peers.txt\n\t@touch $@\n" for name in targets)
    (folder / "Makefile").write_text(f"all: {' '.join(targets)}\n.PHONY: all\n{rules}")
    lines = "".join(f"build {name}: image peers.txt\n" for name in targets)
    # `generator` keeps ninja from asking its log, which has no line of these outputs
    (folder / "build.ninja").write_text(f"rule image\n  command = touch $out\n  generator = 1\n{lines}")
    found = [Contender("make -q", ["make", "-q"]), Contender("ninja -n", ["ninja", "-n"])]
    if count <= slow:
        found += slow_peers(folder, count)
    there = [peer for peer in found if shutil.which(peer.command[0])]
    if any(peer.command[0] == "doit" for peer in there):
        subprocess.run(["doit"], cwd=folder, capture_output=True, check=True)
    if any(peer.command[0] == "dvc" for peer in there):
        dvc(folder, targets)
    return there


def slow_peers(folder: Path, count: int) -> list[Contender]:
    (folder / "dodo.py").write_text(DODO)
    (folder / "Snakefile").write_text(SNAKE.replace("COUNT", str(count)))
    return [
        Contender("doit, tasks from YAML", ["doit"]),
        Contender("snakemake -n", ["snakemake", "-n", "-q", "all", "--rerun-triggers", "mtime"]),
        Contender("dvc status", ["dvc", "status", "-q"]),
    ]


def dvc(folder: Path, targets: list[str]) -> None:
    """One stage an asset, committed as if each had been run."""
    stages = "".join(
        f"  item-{at}:\n    cmd: touch {name}\n    deps: [peers.txt]\n    outs: [{{{name}: {{cache: false}}}}]\n"
        for at, name in enumerate(targets)
    )
    (folder / "dvc.yaml").write_text(f"stages:\n{stages}")
    for command in (["dvc", "init", "--no-scm", "-q"], ["dvc", "commit", "-f", "-q"]):
        subprocess.run(command, cwd=folder, capture_output=True, check=True, env=environment(folder))


def measured(folder: Path, count: int, rounds: int, slow: int) -> dict[str, Contender]:
    # in a process of its own: a child is charged with the peak memory of the one that started it
    subprocess.run([sys.executable, BUILT, str(folder), str(count)], check=True, env=environment(folder))
    whole = not (folder / "parts").exists()  # in one file, as the YAML reader beside it and the edit take it to be
    rows = [row for row in ours(folder) if whole or not row.timed_itself] + peers(folder, count, slow)
    floor_cache(folder, count)
    for row in rows:
        row.run(folder)
        row.runs.clear()
    time.sleep(2.5)  # a file just written may change again within the clock's tick, and is not trusted by its stat
    for _ in range(rounds):
        for row in rows:
            row.run(folder)
    edit = Contender("imagepipe plan, one edited", [*IMAGEPIPE, "plan"], before=edited(folder, count))
    for _ in range(rounds if whole else 0):
        edit.run(folder)
    return {row.name: row for row in [*rows, edit] if row.runs}


def report(count: int, rows: dict[str, Contender]) -> None:
    print(f"\n{count:,} assets")
    for row in sorted(rows.values(), key=lambda row: row.seconds):
        print(f"  {row.name:28} {row.seconds * 1000:8.0f} ms  {row.megabytes:5.0f} MB")
    warm, cold_ = rows["imagepipe plan, warm"], rows["imagepipe plan, cold"]
    against = [("plan, warm", warm, "make -q", 2.5), ("plan, warm", warm, "floor", 2.5)]
    against += [("check, warm", rows["imagepipe check, warm"], "floor", 2.5)]
    against += [("plan, cold", cold_, "yaml.load(CSafeLoader)", 0.35)]
    against += [("check, cold", rows["imagepipe check, cold"], "yaml.load(CSafeLoader)", 0.35)]
    if edited := rows.get("imagepipe plan, one edited"):
        against += [("one edited", edited, "imagepipe plan, warm", 6.0)]
    for name, row, other, goal in against:
        if other in rows:
            print(f"  {name:12} = {row.seconds / rows[other].seconds:5.2f} x {other} (goal at 10,000: {goal})")
    for name in ("doit, tasks from YAML", "snakemake -n", "dvc status"):
        if name in rows:
            print(f"  {name:12} = {rows[name].seconds / warm.seconds:5.1f} x imagepipe plan, warm")
    print(f"  peak memory: {warm.megabytes:.0f} MB warm (goal: 100), {cold_.megabytes:.0f} MB cold (goal: 250)")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("counts", type=int, nargs="*", default=[1_000, 10_000])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--slow", type=int, default=1_000, metavar="N")
    options = parser.parse_args()
    warm = {}
    for count in options.counts:
        with tempfile.TemporaryDirectory() as folder:
            rows = measured(Path(folder), count, options.rounds, options.slow)
        report(count, rows)
        warm[count] = rows["imagepipe plan, warm"].seconds
    for few, many in zip(options.counts, options.counts[1:], strict=False):
        print(f"\n{many / few:.0f} x the assets take {warm[many] / warm[few]:.1f} x the time, warm")


if __name__ == "__main__":
    main()
