"""Every answer a provider may give, as RELIABILITY has them in its table: the real program, a server that counts charges.

By default all faults of single requests meet one build, side by side; the long run has each alone, at one job and at
eight.
"""

import contextlib
import os
import shutil
import socketserver
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import jsonschema
import pytest

from imagepipe.schemafiles import schema
from tests.faults.real import project, reckon, store_of
from tests.faults.test_sweeps import tell
from tests.project import Project, Ran
from tests.server import ImageServer
from tests.server.faults import KINDS

BUILT, KEPT, DOUBT, REFUSED, STOP = "built", "kept", "doubt", "refused", "stop"
FATES = {
    BUILT: "rate_limit slow_down server_error bad_gateway overloaded conflict timeout no_usage latency",
    KEPT: "html broken_json empty_data no_data url bad_base64 not_image wrong_format truncated_image apng bomb "
    "wrong_size flipped_byte trailing",
    DOUBT: "reset_before_headers close_before_headers reset_in_body short_body oversize",
    REFUSED: "moderation policy invalid",
}
FATE = {kind: fate for fate, kinds in FATES.items() for kind in kinds.split()}
SLOW = ("never", "slow_loris")
STOPS = ("unauthorized", "unverified", "country", "quota", "quota_by_type", "billing", "spend", "credit", "redirect")
ELSEWHERE = {"given", "kill", "fewer", "duplicates", "absurd_usage", "no_model", "status"}
EVENTS = jsonschema.Draft202012Validator(schema("events"))
Record = Callable[[str, object], None]


def test_every_kind_of_fault_has_its_row() -> None:
    assert {*FATE, *SLOW, *STOPS, *ELSEWHERE} == KINDS


def data_folder() -> Path:
    return Path(os.environ["IMAGEPIPE_DATA"])


def build(of: Project, *args: str) -> Ran:
    return of.run("build", "--yes", "--json", *args)


def ends(ran: Ran) -> dict[str, str]:
    """Asset → the event that ended it."""
    names = {"published": BUILT, "failed": KEPT, "in_doubt": DOUBT, "skipped": "skipped"}
    return {row["asset"]: names[row["event"]] for row in ran.lines if row["event"] in names}


def meet(of: Project, api: ImageServer, kinds: list[str], jobs: int) -> list[str]:
    """One build in which each asset of a kind's name meets that fault; what went against its row."""
    for kind in kinds:
        api.fault(kind, prompt=f"picture of {kind}", **({"bytes": 70 << 20} if kind == "oversize" else {}))
    ran = build(of, "--jobs", str(jobs))
    for row in ran.lines:
        EVENTS.validate(row)
    found = ends(ran)
    fates = {kind: KEPT if FATE[kind] == REFUSED else FATE[kind] for kind in kinds}
    wrong = [f"{kind}: {found.get(kind)}, not {fate}" for kind, fate in fates.items() if found.get(kind) != fate]
    assert ran.code == (1 if set(fates.values()) != {BUILT} else 0), ran.text
    asked = len(api.requests)
    again = build(of, "--jobs", str(jobs))
    assert len(api.requests) == asked, "nothing is asked for again by itself"
    assert again.code == ran.code
    return wrong


def settle(of: Project, api: ImageServer, kinds: list[str]) -> None:
    """What was refused or failed its checks is asked for again when told so, and what is in doubt too."""
    expected = [kind for kind in kinds if FATE[kind] in (KEPT, REFUSED)]
    before = len(api.requests)
    build(of, "--retry-failed")
    assert sorted(api.prompts[before:]) == sorted(f"picture of {kind}" for kind in expected)
    assert build(of, "--resend", "*").code == 0
    assert set(of.actions().values()) == {"keep"}
    assert not store_of(of).pending()


def test_every_fault_of_one_request(tmp_path: Path, api: ImageServer, record_property: Record) -> None:
    kinds = sorted(FATE)
    of = project(tmp_path, kinds)
    wrong = meet(of, api, kinds, jobs=8)
    damage = reckon(of, api, data_folder())
    damage.stuck += wrong
    settle(of, api, kinds)
    damage += reckon(of, api, data_folder())
    tell(record_property, "answers of the provider", len(kinds), damage)


@pytest.mark.long
@pytest.mark.timeout(600)
@pytest.mark.parametrize("jobs", [1, 8])
@pytest.mark.parametrize("kind", sorted(FATE))
def test_each_fault_alone(tmp_path: Path, api: ImageServer, kind: str, jobs: int, record_property: Record) -> None:
    of = project(tmp_path, ["cup", "hat", kind])
    wrong = meet(of, api, [kind], jobs)
    assert (tmp_path / "out/cup.png").exists()
    settle(of, api, [kind])
    damage = reckon(of, api, data_folder())
    damage.stuck += wrong
    tell(record_property, "answers of the provider", 1, damage)


@pytest.mark.parametrize("jobs", [pytest.param(1, marks=pytest.mark.long), 8])
def test_a_server_that_falls_silent_is_ended_by_the_deadline(
    tmp_path: Path, api: ImageServer, jobs: int, record_property: Record
) -> None:
    Path(os.environ["IMAGEPIPE_CONFIG"]).write_text("[providers.openai]\ndeadline = 1.5\n")
    of = project(tmp_path, SLOW)
    for kind in SLOW:
        api.fault(kind, prompt=f"picture of {kind}")
    assert ends(build(of, "--jobs", str(jobs))) == dict.fromkeys(SLOW, DOUBT)
    assert len(api.requests) == len(SLOW)
    tell(record_property, "answers of the provider", len(SLOW), reckon(of, api, data_folder()))


@pytest.mark.parametrize("jobs", [pytest.param(1, marks=pytest.mark.long), 8])
@pytest.mark.parametrize("kind", STOPS)
def test_what_stops_the_run(tmp_path: Path, api: ImageServer, kind: str, jobs: int, record_property: Record) -> None:
    of = project(tmp_path, [f"a{number}" for number in range(12)])
    api.fault(kind, times=None)
    ran = build(of, "--jobs", str(jobs))
    assert ran.code == 7, ran.text
    assert len(api.requests) <= jobs
    assert not api.charged
    api.clear_faults()
    assert build(of, "--jobs", "8").code == 0, "nothing is remembered against the assets"
    tell(record_property, "answers of the provider", 1, reckon(of, api, data_folder()))


@pytest.fixture
def untrusted(tmp_path: Path) -> Iterator[str]:
    """The address of a server whose certificate nobody has signed but itself."""
    openssl = shutil.which("openssl")
    if not openssl:
        pytest.skip("openssl is not installed")
    made = [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=127.0.0.1", "-days", "1"]
    subprocess.run([*made, "-keyout", tmp_path / "key", "-out", tmp_path / "cert"], capture_output=True, check=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "cert", tmp_path / "key")

    class Refused(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            with contextlib.suppress(OSError):
                context.wrap_socket(self.request, server_side=True)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Refused) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"https://127.0.0.1:{server.server_address[1]}/v1"
        server.shutdown()


def test_a_certificate_that_cannot_be_trusted_stops_the_run(
    tmp_path: Path, untrusted: str, api: ImageServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", untrusted)
    ran = build(project(tmp_path, ["a", "b"]))
    assert ran.code == 7, ran.text
    assert "SSL_CERT_FILE" in ran.err
    assert not store_of(Project(tmp_path)).pending()


def test_a_model_that_is_gone_stops_its_own_assets(tmp_path: Path, api: ImageServer) -> None:
    of = project(tmp_path, ["a", "b", "c"])
    of.edit("prompt: picture of c", "prompt: picture of c\n    model: gpt-image-2.5-flare")
    api.fault("no_model", prompt="picture of a", times=None)
    api.fault("no_model", prompt="picture of b", times=None)
    ran = build(of, "--jobs", "1")
    assert ran.code == 1
    assert ends(ran)["c"] == BUILT
    assert len(api.requests) == 2, "b is not asked for: its model is gone"


PACES = {
    "seconds": {"retry-after": "0"},
    "ms": {"retry-after-ms": "15"},
    "date": {"retry-after": "Sat, 21 Nov 2026 12:00:00 GMT", "date": "Sat, 21 Nov 2026 12:00:00 GMT"},
    "negative": {"retry-after": "-5"},
    "absurd": {"retry-after": "soon"},
}


def test_throttling_in_every_form_costs_nothing_and_ends(
    tmp_path: Path, api: ImageServer, record_property: Record
) -> None:
    of = project(tmp_path, PACES)
    for name, headers in PACES.items():
        api.fault("rate_limit", prompt=f"picture of {name}", headers=headers)
    assert build(of).code == 0
    assert api.charged == len(PACES)
    tell(record_property, "answers of the provider", len(PACES), reckon(of, api, data_folder()))


def test_a_storm_of_failing_answers_is_broken_off(tmp_path: Path, api: ImageServer) -> None:
    of = project(tmp_path, [f"a{number:03}" for number in range(100)])
    api.fault("server_error", times=None, charged=True)
    ran = build(of)
    assert ran.code == 7, ran.text
    assert len(api.requests) <= 113
    assert not reckon(of, api, data_folder())


def test_fewer_and_duplicate_pictures(tmp_path: Path, api: ImageServer) -> None:
    of = project(tmp_path, ["fewer", "duplicates"], ", n: 3")
    for kind in ("fewer", "duplicates"):
        api.fault(kind, prompt=f"picture of {kind}")
    ran = build(of)
    assert ran.code == 0
    warned = {row["code"]: row["asset"] for row in ran.lines if row["event"] == "warned"}
    assert warned == {"fewer-pictures": "fewer", "duplicate-pictures": "duplicates"}
    assert of.actions() == {"fewer": "generate", "duplicates": "keep"}
    assert build(of).code == 0
    assert [item.fields["n"] for item in api.requests[2:]] == [1], "only what is missing is asked for"
    assert len(of.lock["assets"]["fewer"]["candidates"]) == 3
    assert len(of.lock["assets"]["duplicates"]["candidates"]) == 1


def test_an_absurd_bill_is_recorded_and_ends_the_build(tmp_path: Path, api: ImageServer) -> None:
    of = project(tmp_path, "abcdefgh")
    api.fault("absurd_usage", prompt="picture of a")
    ran = build(of, "--jobs", "1")
    assert ran.code == 7
    assert api.prompts[-1] == "picture of a", "nothing new is sent once it is known"
    assert len(api.requests) < 8
    assert of.lock["assets"]["a"]["cost"]["usd"] == pytest.approx(300, rel=0.01)


def test_a_wrong_size_is_published_where_a_step_fits_it(tmp_path: Path, api: ImageServer) -> None:
    of = project(tmp_path, ["a"])
    of.edit("output: out/a.png", "outputs: [{path: out/a.png, steps: [{resize: {width: 64, height: 40}}]}]")
    api.fault("wrong_size", size=(512, 320))
    assert build(of).code == 0


def test_a_hundred_answers_of_which_ten_are_no_good(tmp_path: Path, api: ImageServer) -> None:
    of = project(tmp_path, [f"a{number:03}" for number in range(100)])
    bad = {f"a{number:03}": ("html", "truncated_image", "wrong_size")[number % 3] for number in range(0, 100, 10)}
    for id, kind in bad.items():
        api.fault(kind, prompt=f"picture of {id}")
    ran = build(of, "--jobs", "20")
    found = ends(ran)
    assert ran.code == 1
    assert sum(end == BUILT for end in found.values()) == 90
    failed = [row for row in ran.lines if row["event"] == "failed"]
    assert {row["asset"] for row in failed} == set(bad)
    assert all(row["usd"] and row["request_id"] and row["hint"] for row in failed)
    api.forget()
    assert build(of).code == 1
    assert not api.requests
    assert build(of, "--retry-failed").code == 0
    assert {item.removeprefix("picture of ") for item in api.prompts} == set(bad)
