"""Real file systems that are full, read-only or closed: mounted in a namespace of the test's own."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from imagepipe.store.opening import open_store
from tests.faults.tracing import ROOT
from tests.store import samples

READ = """
import sys
from pathlib import Path
from imagepipe.store.disk import DiskFault
from imagepipe.store.opening import open_store
from tests.store import samples
store = open_store(Path(sys.argv[1]))
print(len(store.keys()), len(store.receipts(samples.key())), len(store.blob(samples.PICTURE_DIGEST)))
print([item.state.value for item in store.pending()], len(store.doubts()), store.refusal(samples.key()))
store.fingerprint()
for attempt in (lambda: store.begin(samples.intent(ident="i2"), 100).launch(), lambda: store.put_blob(b"new")):
    try:
        attempt()
    except DiskFault as fault:
        print(fault.code)
"""

FILL = """
import os, sys
from pathlib import Path
from imagepipe.store.disk import DiskFault
from imagepipe.store.opening import open_store
from tests.store import samples
store = open_store(Path(sys.argv[1]))
spool = store.begin(samples.intent(), 300_000).launch()
with open(Path(sys.argv[1]) / "ballast", "wb", buffering=0) as ballast:
    try:
        while True:
            ballast.write(bytes(4096))
    except OSError:
        pass
try:
    store.begin(samples.intent("hat", "i2"), 300_000).launch()
except DiskFault as fault:
    print(fault.code, "needed)" in fault.message, len(store.pending()))
spool.write(os.urandom(300_000))
print(spool.finish(200, "req", {}))
try:
    store.put_blob(spool.body())
except DiskFault as fault:
    print(fault.code)
again = open_store(Path(sys.argv[1]))
spool.leave()
(found,) = again.pending()
print(found.state.value, found.body() == spool.body() or len(found.body()))
print(sorted(path.name for path in Path(sys.argv[1]).rglob(".tmp-*")))
"""


def inside(mount: str, code: str, folder: Path) -> list[str]:
    """Runs code in a namespace of its own after a mount; skips where that may not be done."""
    if not shutil.which("unshare"):
        pytest.skip("unshare is not installed (Linux only)")
    start = ["unshare", "-Urm", "sh", "-c"]
    if subprocess.run([*start, f"{mount} {folder}"], capture_output=True, check=False).returncode:
        pytest.skip("this machine does not let a test mount anything")
    line = f'{mount} {folder} && exec "$0" "$@"'
    run = subprocess.run(
        [*start, line, sys.executable, "-c", code, str(folder)], cwd=ROOT, capture_output=True, text=True
    )
    assert run.returncode == 0, run.stderr
    return run.stdout.splitlines()


def test_a_read_only_store_is_read(tmp_path: Path) -> None:
    store = open_store(tmp_path / "store")
    store.put_blob(samples.PICTURE)
    store.put_receipt(samples.receipt())
    store.begin(samples.intent(), 100).launch().leave()
    store.close()
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    mount = f"mount --bind {tmp_path / 'store'} {tmp_path / 'store'} && mount -o remount,bind,ro"
    said = inside(mount, READ, tmp_path / "store")
    assert said == [f"1 1 {len(samples.PICTURE)}", "['partial'] 1 None", "disk-read-only", "disk-read-only"]
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == before


def test_a_store_that_is_not_there_on_a_read_only_disk_is_empty(tmp_path: Path) -> None:
    code = READ.replace(", len(store.blob(samples.PICTURE_DIGEST))", "")
    said = inside("mount -t tmpfs -o ro none", code, tmp_path)
    assert said == ["0 0", "[] 0 None", "disk-read-only", "disk-read-only"]


def test_a_full_disk_refuses_the_next_request_and_keeps_the_answer_of_the_last(tmp_path: Path) -> None:
    said = inside("mount -t tmpfs -o size=1m none", FILL, tmp_path)
    assert said == ["disk-full True 1", "None", "disk-full", "complete 300000", "[]"]
