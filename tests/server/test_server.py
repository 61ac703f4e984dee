import asyncio
import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.server import ImageServer
from tests.server.fixture import CANARY, RealNetworkTouched, leaks
from tests.server.rules import output_tokens

POST = {"model": "gpt-image-2", "prompt": "a cup"}


def post(server: ImageServer, **fields: Any) -> httpx2.Response:
    body = {name: value for name, value in {**POST, **fields}.items() if value is not None}
    with httpx2.Client(headers={"authorization": "Bearer x"}, timeout=20) as client:
        return client.post(f"{server.base_url}/images/generations", json=body)


@pytest.mark.parametrize(
    ("fields", "status", "param"),
    [
        ({}, 200, None),
        ({"size": "3840x2160"}, 200, None),
        ({"size": "1440x480"}, 200, None),
        ({"model": "gpt-image-2.5-flare", "quality": "max", "background": "transparent"}, 200, None),
        ({"model": "gpt-image-1.5", "size": "1536x1024"}, 200, None),
        ({"foo": 1}, 400, "foo"),
        ({"response_format": "b64_json"}, 400, "response_format"),
        ({"input_fidelity": "high"}, 400, "input_fidelity"),
        ({"prompt": None}, 400, "prompt"),
        ({"prompt": "x" * 32_001}, 400, "prompt"),
        ({"n": 11}, 400, "n"),
        ({"n": "many"}, 400, "n"),
        ({"n": True}, 400, "n"),
        ({"size": "1920x1080"}, 400, "size"),
        ({"size": "512x512"}, 400, "size"),
        ({"size": "3840x1264"}, 400, "size"),
        ({"size": "4096x4096"}, 400, "size"),
        ({"model": "gpt-image-1.5", "size": "1440x480"}, 400, "size"),
        ({"quality": "max"}, 400, "quality"),
        ({"output_format": "gif"}, 400, "output_format"),
        ({"output_format": "jpeg", "background": "transparent"}, 400, "background"),
        ({"output_compression": 50}, 400, "output_compression"),
        ({"moderation": "off"}, 400, "moderation"),
        ({"complexity": "low"}, 400, "complexity"),
        ({"frame_count": 4}, 400, "frame_count"),
        ({"svg": {}}, 400, "svg"),
        ({"model": "gpt-image-1"}, 404, None),
        ({"model": "gpt-image-2.5"}, 404, None),
    ],
)
def test_requests_are_held_against_the_rules(
    image_server: ImageServer, fields: dict[str, Any], status: int, param: str | None
) -> None:
    image_server.bulk = 1000
    answer = post(image_server, **fields)
    assert answer.status_code == status
    assert answer.json().get("error", {}).get("param") == param
    assert image_server.charged == (1 if status == 200 else 0)


@pytest.mark.parametrize(
    ("size", "tokens"),
    [
        ((1024, 1024), 7024), ((1536, 1024), 5488), ((1024, 640), 3824), ((3072, 1024), 3952), ((2560, 1440), 7370),
        ((3840, 1280), 5311), ((2048, 2048), 14272), ((3840, 2160), 13342),
    ],
)  # fmt: skip
def test_tokens_are_the_published_ones(size: tuple[int, int], tokens: int) -> None:
    assert output_tokens("2", *size, "high") == tokens


def test_keys_rates_and_models(image_server: ImageServer) -> None:
    image_server.keys = {"other"}
    assert post(image_server).status_code == 401
    image_server.keys, image_server.rate = None, (2, 3600.0)
    assert [post(image_server, n=2).status_code for _ in range(2)] == [200, 429]
    assert float(post(image_server).headers["retry-after"]) > 3000
    model = httpx2.get(f"{image_server.base_url}/models/gpt-image-1.5").json()
    assert model["shutdown_date"] == "2026-12-01"
    assert len(httpx2.get(f"{image_server.base_url}/models").json()["data"]) > 5
    assert httpx2.get(f"{image_server.base_url}/nonsense").status_code == 404


def test_faults_strike_whom_they_are_meant_for(image_server: ImageServer) -> None:
    image_server.fault("rate_limit", nth=2)
    image_server.fault("moderation", prompt="gun", times=None)
    image_server.fault("server_error", every=5, times=None, charged=True)
    seen = [post(image_server, prompt=p).status_code for p in ("a", "b", "gun", "gun", "c", "d")]
    assert seen == [200, 429, 400, 400, 500, 200]
    assert [item.fault for item in image_server.requests] == [
        "",
        "rate_limit",
        "moderation",
        "moderation",
        "server_error",
        "",
    ]
    assert image_server.charged == 3
    image_server.forget()
    image_server.clear_faults()
    assert post(image_server).headers["x-request-id"] == "req_000001"


def test_requests_are_held_and_let_go_one_by_one(image_server: ImageServer) -> None:
    async def run() -> list[str]:
        image_server.hold("slow")
        async with httpx2.AsyncClient(headers={"authorization": "Bearer x"}) as client:
            url = f"{image_server.base_url}/images/generations"
            tasks = [asyncio.create_task(client.post(url, json={**POST, "prompt": f"slow {i}"})) for i in range(3)]
            await asyncio.to_thread(image_server.wait_for_held, 3)
            await client.post(url, json=POST)
            image_server.release(count=1)
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            left = image_server.held
            image_server.release()
            await asyncio.gather(*tasks)
            return left

    assert len(asyncio.run(run())) == 2
    assert image_server.peak == 4


CLIENT = """
import sys, urllib.request
request = urllib.request.Request(sys.argv[1] + "/images/generations", data=sys.argv[2].encode(),
                                 headers={"authorization": "Bearer x", "content-type": "application/json"})
print(len(urllib.request.urlopen(request).read()), flush=True)
__import__("time").sleep(60)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
@pytest.mark.parametrize("stage", ["before_headers", "mid_body", "after_last_byte"])
def test_the_client_is_killed_at_a_stage_and_charged(image_server: ImageServer, stage: str) -> None:
    image_server.fault("kill", stage=stage)
    command = [sys.executable, "-c", CLIENT, image_server.base_url, json.dumps(POST)]
    ran = subprocess.run(command, capture_output=True, check=False)
    assert ran.returncode == -9
    assert image_server.charged == 1


def test_the_command_line_serves_logs_and_sums_up(tmp_path: Path) -> None:
    log, script = tmp_path / "log.jsonl", tmp_path / "faults.json"
    script.write_text('[{"kind": "rate_limit", "times": 1}]')
    command = [sys.executable, "-m", "tests.server", "--log", str(log), "--script", str(script)]
    root = Path(__file__).parents[2]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=root, env=dict(os.environ)) as process:
        assert process.stdout
        url = process.stdout.readline().strip()
        for _ in range(2):
            httpx2.post(f"{url}/images/generations", json=POST, headers={"authorization": f"Bearer {CANARY}"})
        process.terminate()
        summary = json.loads(process.stdout.readline())
    assert (summary["requests"], summary["charged"]) == (2, 1)
    assert [json.loads(line)["status"] for line in log.read_text().splitlines()] == [429, 200]
    assert leaks(tmp_path) == []


def test_nothing_real_is_in_reach(tmp_path: Path) -> None:
    with pytest.raises(RealNetworkTouched), socket.socket() as link:
        link.connect(("192.0.2.1", 80))
    assert "OPENAI_API_KEY" not in os.environ
    assert Path.home() != Path("/root")
    (tmp_path / "leak").write_text(f"key={CANARY}")
    assert leaks(tmp_path) == [tmp_path / "leak"]
