"""How close a build comes to the provider's own speed: 200 pictures of 1.5 MB, each answered after a fixed 0.5 s.

Prints wall time over the ideal (N / jobs x latency), CPU and peak memory of `imagepipe build`, and of the usual script
(openai client, semaphore, write the file) for comparison. Peers: none to install. Run: python benchmarks/throughput.py
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


def main() -> None:
    """Interleaved rounds, medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--jobs", type=int, nargs="*", default=[20, 50])
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    found: dict[tuple[str, int], list[tuple[float, float, float]]] = {}
    server, url = serve()
    try:
        for _ in range(options.rounds):
            for jobs in options.jobs:
                for name, command in commands(options.count, jobs).items():
                    with tempfile.TemporaryDirectory() as folder:
                        project(Path(folder), options.count)
                        found.setdefault((name, jobs), []).append(run(command, Path(folder), url))
    finally:
        server.terminate()
        server.wait()
    report(found, options.count)


def report(found: dict[tuple[str, int], list[tuple[float, float, float]]], count: int) -> None:
    """One line a contender, and the figures as JSON."""
    rows = []
    for (name, jobs), runs in found.items():
        wall, cpu, memory = (statistics.median(column) for column in zip(*runs, strict=True))
        ideal = count / jobs * LATENCY
        rows.append({"who": name, "jobs": jobs, "wall": wall, "over_ideal": wall / ideal, "cpu_ms": cpu / count * 1000})
        rows[-1]["peak_mb"] = memory
        print(
            f"{name:14} {jobs:3} jobs: {wall:6.2f} s = {wall / ideal:.2f} x ideal, "
            f"{cpu / count * 1000:5.1f} ms CPU a picture, {memory:4.0f} MB"
        )
    print(json.dumps(rows))


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    main()
