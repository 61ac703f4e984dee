"""How close a build comes to the provider's own speed: 200 pictures of 1.5 MB, each answered after a fixed 0.5 s.

Prints wall time beyond the start over the ideal (N / jobs x latency), CPU and peak memory of `imagepipe build`, and of the
usual script (openai client, semaphore, write the file) for comparison. Peers: none to install. On a machine that does
something else too, only the ratio of the two says anything. Run: python benchmarks/throughput.py
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
USUAL = Path(__file__).with_name("usual.py")
LATENCY, BULK = 0.5, 1_500_000


def serve() -> tuple["subprocess.Popen[str]", str]:
    """The loopback server in a process of its own, and its address."""
    command = [sys.executable, "-m", "tests.server", "--latency", str(LATENCY), "--bulk", str(BULK)]
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


def run(command: list[str], folder: Path, url: str) -> tuple[float, float, float]:
    """Wall seconds, CPU seconds and peak MB of a child."""
    environment = os.environ | {
        "OPENAI_BASE_URL": url,
        "OPENAI_API_KEY": "sk-benchmark",
        "PYTHONPATH": str(ROOT),
        "IMAGEPIPE_CONFIG": str(folder / "config.toml"),
        "IMAGEPIPE_DATA": str(folder / "data"),
    }
    start = time.perf_counter()
    child = subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    assert child.stderr
    said = child.stderr.read()
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    wall = time.perf_counter() - start
    if child.returncode:
        raise SystemExit(f"{' '.join(command)}: exit {child.returncode}\n{said.decode()[-2000:]}")
    return wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def commands(count: int, jobs: int) -> dict[str, list[str]]:
    """What is compared."""
    build = [sys.executable, "-m", "imagepipe", "build", "--yes", "--max-cost", "1000", "--jobs", str(jobs), "--json"]
    return {"imagepipe": build, "usual script": [sys.executable, str(USUAL), str(count), str(jobs)]}


Figures = tuple[float, float, float]


def measured(url: str, count: int, jobs: list[int], rounds: int) -> dict[tuple[str, int, int], list[Figures]]:
    """(contender, jobs, pictures) → wall, CPU, memory of each round. One picture alone tells what starting costs."""
    found: dict[tuple[str, int, int], list[Figures]] = {}
    for _ in range(rounds):
        for number, pictures in ((number, pictures) for number in jobs for pictures in (1, count)):
            for name, command in commands(pictures, number).items():
                with tempfile.TemporaryDirectory() as folder:
                    project(Path(folder), pictures)
                    found.setdefault((name, number, pictures), []).append(run(command, Path(folder), url))
    return found


def main() -> None:
    """Interleaved rounds, medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--jobs", type=int, nargs="*", default=[20, 50])
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    server, url = serve()
    try:
        found = measured(url, options.count, options.jobs, options.rounds)
    finally:
        server.terminate()
        server.wait()
    medians = {key: [statistics.median(column) for column in zip(*runs, strict=True)] for key, runs in found.items()}
    print(json.dumps([row(medians, key) for key in medians if key[2] == options.count]))


def row(medians: dict[tuple[str, int, int], list[float]], key: tuple[str, int, int]) -> dict[str, float | str]:
    """One contender's figures, also said in a line: times beyond those of a single picture, its latency left in."""
    name, jobs, count = key
    (wall, cpu, memory), (wall_of_one, cpu_of_one, _) = medians[key], medians[name, jobs, 1]
    start = max(0.0, wall_of_one - LATENCY)
    over, spent = (wall - start) / (count / jobs * LATENCY), (cpu - cpu_of_one) / (count - 1) * 1000
    print(
        f"{name:14} {jobs:3} jobs: {wall:6.2f} s, {start:.2f} s of them to start; the rest {over:.2f} x ideal, "
        f"{spent:5.1f} ms CPU a picture ({cpu / count * 1000:.1f} with the start), {memory:4.0f} MB"
    )
    told = {"wall": wall, "start": start, "over_ideal": over, "cpu_ms": spent, "peak_mb": memory}
    return {"who": name, "jobs": jobs, **told}


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    main()
