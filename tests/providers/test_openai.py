import asyncio
import gc
import logging
import os
import socket
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from imagepipe.contracts import End, Provider, Reply, Terms
from imagepipe.errors import ImagepipeError, ProviderStop
from imagepipe.providers import exchange, provider
from imagepipe.providers.imageapi import DIALECT
from imagepipe.values import EMPTY, FrozenMap, InputFact, Request, freeze
from tests.providers.calling import MemorySink, sent
from tests.server import ImageServer
from tests.server.drawing import picture
from tests.server.fixture import CANARY

PNG = picture((1024, 1024), "png", tag="input")
CLEAR = picture((1024, 1024), "png", alpha=True, tag="mask")
JPEG = picture((1024, 1024), "jpeg", tag="input")


def request(prompt: str = "a cup", model: str = "gpt-image-2", roles: tuple[str, ...] = (), **options: Any) -> Request:
    inputs = tuple(InputFact(role, "x.png", "sha256:0") for role in roles)  # type: ignore[arg-type]
    return Request("openai", model, prompt, freeze({"n": 1, **options}), inputs, label="my-asset")


def made(deadline: float = 20.0, **terms: Any) -> Provider:
    return provider(Terms("openai", deadline=deadline, **terms), os.environ)


def test_a_generation_sends_exactly_the_declared_fields(api: ImageServer) -> None:
    asked = request(size="1536x1024", quality="high", output_format="png", background="opaque", moderation="low")
    reply, body, verdict = sent(made(), asked)
    (seen,) = api.requests
    assert seen.path == "/v1/images/generations"
    assert seen.fields == {"model": "gpt-image-2", "prompt": "a cup", **asked.options}
    assert seen.headers["authorization"] == f"Bearer {CANARY}"
    assert (reply.status, reply.complete, reply.sent, verdict.end) == (200, True, True, End.RECEIVED)
    assert reply.request_id == "req_000001"
    found = DIALECT.pictures(body, asked)
    assert len(found.images) == 1
    assert found.usage["output_tokens"] == 5488
    assert found.echoed == {"size": "1536x1024", "quality": "high", "background": "opaque", "output_format": "png"}


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the window is as the system has it")
def test_a_server_may_send_a_whole_body_ahead(api: ImageServer, monkeypatch: pytest.MonkeyPatch) -> None:
    widen, seen = exchange._widen, list[tuple[int, int, int]]()

    def watched(link: socket.socket) -> None:
        before = link.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF)
        widen(link)
        after = (link.getsockopt(socket.SOL_SOCKET, option) for option in (socket.SO_RCVBUF, socket.SO_RCVLOWAT))
        seen.append((before, *after))

    monkeypatch.setattr(exchange, "_widen", watched)
    assert sent(made(), request())[2].end == End.RECEIVED
    [(before, after, least)] = seen
    assert after > before
    assert least == 1, "the last bytes of an answer would never be heard of"


@pytest.mark.parametrize("link", [None, object()])
def test_a_connection_that_knows_no_windows_is_taken_as_it_is(link: Any) -> None:
    exchange._widen(link)


def test_fields_that_the_sdk_does_not_know_are_sent_all_the_same(api: ImageServer) -> None:
    sent(made(), request(brand_new_option={"a": [1, 2]}))
    assert api.requests[0].fields["brand_new_option"] == {"a": [1, 2]}


def test_one_input_goes_as_image_with_name_and_type(api: ImageServer) -> None:
    _, _, verdict = sent(made(), request(roles=("target",), quality="low"), [PNG])
    assert verdict.end == End.RECEIVED
    (seen,) = api.requests
    assert seen.path == "/v1/images/edits"
    assert seen.fields == {"model": "gpt-image-2", "prompt": "a cup", "n": "1", "quality": "low"}
    assert [(f.name, f.filename, f.mime, f.data == PNG) for f in seen.files] == [
        ("image", "image-1.png", "image/png", True)
    ]


def test_inputs_keep_their_order_and_layers_go_apart(api: ImageServer) -> None:
    _, _, verdict = sent(made(), request(roles=("target", "mask", "style")), [PNG, CLEAR, JPEG])
    assert verdict.end == End.RECEIVED
    assert [(f.name, f.filename, f.mime) for f in api.requests[0].files] == [
        ("image[]", "image-1.png", "image/png"),
        ("image[]", "image-3.jpeg", "image/jpeg"),
        ("mask", "mask.png", "image/png"),
    ]


def test_markup_and_fidelity_reach_the_models_that_take_them(api: ImageServer) -> None:
    asked = request(model="gpt-image-2.5-flare", roles=("target", "markup"))
    assert sent(made(), asked, [PNG, CLEAR])[2].end == End.RECEIVED
    asked = request(model="gpt-image-1.5", roles=("reference",), input_fidelity="high")
    assert sent(made(), asked, [PNG])[2].end == End.RECEIVED
    assert sent(made(), request(roles=("reference",), input_fidelity="high"), [PNG])[2].code == "request-invalid"


def test_animation_and_svg_options_travel_in_edits_and_generations(api: ImageServer) -> None:
    asked = request(model="gpt-image-2.6-flare", output_format="gif", frame_count=4, complexity="low")
    assert sent(made(), asked)[2].end == End.RECEIVED
    svg = {"model": "gpt-image-2.6-flare", "reasoning": {"effort": "low"}}
    sent(made(), request(model="gpt-image-2.6-flare", roles=("target",), output_format="png", svg=svg), [PNG])
    assert {name: value for name, value in api.requests[1].fields.items() if name.startswith("svg")} == {
        "svg[model]": "gpt-image-2.6-flare",
        "svg[reasoning][effort]": "low",
    }


def test_organization_and_project_go_to_openai_alone(api: ImageServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_ORG_ID", "org-1")
    monkeypatch.setenv("OPENAI_PROJECT_ID", "proj-1")
    sent(made(), request())
    sent(made(base_url=api.base_url), request())
    first, second = (item.headers for item in api.requests)
    assert (first["openai-organization"], first["openai-project"]) == ("org-1", "proj-1")
    assert not {"openai-organization", "openai-project"} & set(second)


def test_the_base_url_of_the_terms_wins(api: ImageServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    monkeypatch.setenv("MY_KEY", "sk-canary-other")
    sent(made(base_url=api.base_url, key_env="MY_KEY"), request())
    assert api.requests[0].headers["authorization"] == "Bearer sk-canary-other"


def test_a_deployment_is_asked_for_its_model(api: ImageServer) -> None:
    api.deployments["pictures-eu"] = "gpt-image-2"
    _, _, verdict = sent(made(models=FrozenMap({"gpt-image-2": "pictures-eu"})), request())
    assert verdict.end == End.RECEIVED
    assert api.requests[0].fields["model"] == "pictures-eu"


@pytest.mark.parametrize("key", [None, "", "  ", "sk-canary-kéy", "sk-canary\nX: y"])
def test_without_a_usable_key_both_ways_out_are_named(key: str | None) -> None:
    env = {} if key is None else {"OPENAI_API_KEY": key}
    with pytest.raises(ProviderStop) as caught:
        provider(Terms("openai"), env)
    assert caught.value.exit_code == 7
    assert "OPENAI_API_KEY" in caught.value.hint
    assert "--provider placeholder" in caught.value.hint
    assert "canary" not in str(caught.value) + caught.value.hint


@pytest.mark.parametrize(
    ("name", "value"), [("HTTPS_PROXY", "nonsense://user:pw@x"), ("SSL_CERT_FILE", "/nowhere/at/all.pem")]
)
def test_settings_that_make_no_client_are_said(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ProviderStop) as caught:
        provider(Terms("openai"), {"OPENAI_API_KEY": CANARY})
    assert name in caught.value.hint
    assert "pw" not in str(caught.value)


FAULTS: list[tuple[str, dict[str, Any], int, bool, str, End]] = [
    ("reset_before_headers", {}, 0, False, "reset", End.IN_DOUBT),
    ("close_before_headers", {}, 0, False, "short", End.IN_DOUBT),
    ("reset_in_body", {}, 200, False, "reset", End.IN_DOUBT),
    ("short_body", {}, 200, False, "short", End.IN_DOUBT),
    ("redirect", {"to": "https://example.com/v1"}, 302, True, "", End.REFUSED),
    ("redirect", {"status": 307, "to": "/v1/images/generations"}, 307, True, "", End.REFUSED),
    ("server_error", {}, 500, True, "", End.IN_DOUBT),
    ("timeout", {}, 408, True, "", End.IN_DOUBT),
    ("conflict", {}, 409, True, "", End.IN_DOUBT),
    ("overloaded", {"headers": {"retry-after": "3"}}, 503, True, "", End.IN_DOUBT),
    ("rate_limit", {"headers": {"retry-after-ms": "70"}}, 429, True, "", End.THROTTLED),
    ("quota", {}, 429, True, "", End.REFUSED),
    ("html", {}, 200, True, "", End.RECEIVED),
    ("broken_json", {}, 200, True, "", End.RECEIVED),
    ("status", {"status": 204}, 204, True, "", End.RECEIVED),
]


@pytest.mark.parametrize(("kind", "details", "status", "complete", "fault", "end"), FAULTS)
def test_faults_come_back_as_replies_and_are_never_retried(
    api: ImageServer, kind: str, details: dict[str, Any], status: int, complete: bool, fault: str, end: End
) -> None:
    api.fault(kind, times=None, **details)
    reply, _, verdict = sent(made(), request())
    assert (reply.status, reply.complete, reply.fault.split(":")[0]) == (status, complete, fault)
    assert reply.sent
    assert verdict.end == end
    assert len(api.requests) == 1


@pytest.mark.parametrize("kind", ["never", "slow_loris", "latency"])
def test_one_deadline_ends_everything(api: ImageServer, kind: str) -> None:
    api.fault(kind, **({"latency": 60} if kind == "latency" else {}))
    reply, _, verdict = sent(made(deadline=0.3), request())
    assert reply.fault == "timeout: no whole answer within 0.3 s"
    assert (reply.sent, reply.complete, verdict.end, verdict.retry) == (True, False, End.IN_DOUBT, False)


@pytest.mark.parametrize(
    ("url", "fault"), [("http://127.0.0.1:9/v1", "connect"), ("http://no-such-host.invalid/v1", "dns")]
)
def test_what_was_not_sent_is_known_not_to_be(api: ImageServer, url: str, fault: str) -> None:
    reply, body, verdict = sent(made(base_url=url), request())
    assert (reply.status, reply.sent, reply.fault.split(":")[0], body) == (0, False, fault, b"")
    assert (verdict.end, verdict.retry) == (End.NOT_SENT, True)


def test_a_deadline_before_the_connection_stands_is_not_sent() -> None:
    """A listener that takes connections, but never answers the TLS handshake."""
    with HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler, bind_and_activate=False) as server:
        server.server_bind()
        url = f"https://127.0.0.1:{server.server_address[1]}/v1"
        server.socket.listen(8)
        reply, _, verdict = sent(
            provider(Terms("x", base_url=url, deadline=0.3), {"OPENAI_API_KEY": CANARY}), request()
        )
    assert (reply.sent, verdict.end) == (False, End.NOT_SENT)


class Proxy(BaseHTTPRequestHandler):
    """Refuses every CONNECT."""

    def do_CONNECT(self) -> None:
        self.send_error(407)

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""


def test_a_proxy_that_refuses_has_not_sent_the_request(monkeypatch: pytest.MonkeyPatch) -> None:
    with HTTPServer(("127.0.0.1", 0), Proxy) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        monkeypatch.setenv("HTTPS_PROXY", f"http://user:secret@127.0.0.1:{server.server_address[1]}")
        reply, _, verdict = sent(
            provider(Terms("x", base_url="https://api.example/v1"), {"OPENAI_API_KEY": CANARY}), request()
        )
        server.shutdown()
        thread.join()
    assert (reply.sent, reply.fault.split(":")[0], verdict.end) == (False, "proxy", End.NOT_SENT)
    assert "secret" not in reply.fault


class BoundedSink(MemorySink):
    """Takes a thousand bytes."""

    async def write(self, piece: bytes) -> None:
        await super().write(piece)
        if len(self.body) > 1000:
            raise ImagepipeError("the answer is over its bound of 1000 bytes")


class FullDisk(MemorySink):
    async def write(self, piece: bytes) -> None:
        raise OSError(28, "No space left on device")


def into(sink: MemorySink) -> Reply:
    async def call() -> Reply:
        source = made()
        try:
            return await source.send(request(), (), sink)
        finally:
            await source.close()

    return asyncio.run(call())


@pytest.mark.parametrize("kind", ["oversize", "status"])
def test_a_body_over_its_bound_is_cut_and_in_doubt(api: ImageServer, kind: str) -> None:
    api.fault("oversize", bytes=8 << 20) if kind == "oversize" else api.fault(
        "status", status=200, body=b"x" * 5_000_000
    )
    sink = BoundedSink()
    reply = into(sink)
    assert (reply.complete, reply.fault) == (False, "bound: the answer is over its bound of 1000 bytes")
    assert len(sink.body) < 1 << 20
    assert DIALECT.judge(reply, sink.body, request()).end == End.IN_DOUBT


def test_a_disk_that_fails_is_not_mistaken_for_the_network(api: ImageServer) -> None:
    with pytest.raises(OSError, match="No space left"):
        into(FullDisk())


def test_a_large_answer_arrives_in_large_pieces_byte_for_byte(api: ImageServer) -> None:
    api.bulk = 1_500_000
    sink = MemorySink()
    assert into(sink).complete
    assert len(sink.body) > 1_500_000
    assert len(sink.pieces) <= 12
    assert len(DIALECT.pictures(sink.body, request()).images[0]) > 1_400_000


def test_fifty_at_once(api: ImageServer) -> None:
    async def call() -> list[Reply]:
        source = made()
        tasks = [asyncio.create_task(source.send(request(f"cup {i}"), (), MemorySink())) for i in range(50)]
        await asyncio.to_thread(api.wait_for_held, 50)
        api.release()
        replies = await asyncio.gather(*tasks)
        await source.close()
        return replies

    api.hold()
    assert all(reply.complete for reply in asyncio.run(call()))
    assert (api.peak, api.charged) == (50, 50)


def test_a_cancelled_request_stays_cancelled(api: ImageServer) -> None:
    async def call() -> None:
        source = made()
        task = asyncio.create_task(source.send(request(), (), MemorySink()))
        await asyncio.to_thread(api.wait_for_held, 1)
        task.cancel()
        try:
            await task
        finally:
            await source.close()

    api.hold()
    with pytest.raises(asyncio.CancelledError):
        asyncio.run(call())


def test_the_key_is_in_no_reply_body_log_or_repr(api: ImageServer, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    source = made()
    api.fault("unauthorized")
    reply, body, verdict = sent(source, request())
    assert b"Incorrect API key provided: ***" in body
    said = f"{reply} {body!r} {verdict} {source!r} {vars(source)['_client']!r} {caplog.text}"
    assert CANARY not in said


def test_url_answers_are_fetched_only_where_switched_on_and_from_the_same_host(api: ImageServer) -> None:
    api.fault("url", times=None)
    _, body, _ = sent(made(), request())
    with pytest.raises(ImagepipeError, match="a link instead"):
        DIALECT.pictures(body, request())
    switched = {"switches": FrozenMap({"url": True})}
    _, body, verdict = sent(made(**switched), request())
    assert verdict.end == End.RECEIVED
    assert DIALECT.pictures(body, request()).images[0].startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("host", "said"),
    [("http://127.0.0.1:9", "another host"), ("https://example.com", "another host"), ("http://\x00", "address")],
)
def test_links_to_elsewhere_are_not_followed(api: ImageServer, host: str, said: str) -> None:
    api.fault("url", host=host)
    reply, _, verdict = sent(made(switches=FrozenMap({"url": True})), request())
    assert said in reply.fault
    assert verdict.end == End.IN_DOUBT


def test_a_compatible_server_gets_what_its_switches_say(api: ImageServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY")
    api.compatible = True
    terms = {
        "base_url": api.base_url,
        "switches": FrozenMap({"response_format": "b64_json", "keyless": True, "url": True}),
    }
    _, body, verdict = sent(made(**terms), request())
    assert api.requests[0].fields["response_format"] == "b64_json"
    assert verdict.end == End.RECEIVED
    assert DIALECT.pictures(body, request()).usage == EMPTY


def test_everything_is_closed_behind_a_provider(api: ImageServer) -> None:
    sent(made(), request())
    gc.collect()
    assert api.charged == 1
