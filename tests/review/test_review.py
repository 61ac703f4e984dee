"""The review server in a real browser and from a hostile one: decisions reach the lock, strangers reach nothing."""

import http.client
import json
import signal
import socket
import struct
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.gitproject import GitProject
from tests.review.pages import Opened, serve
from tests.server import ImageServer

Visit = Callable[..., Opened]


@pytest.fixture
def address(shop: GitProject) -> Iterator[str]:
    with serve(shop) as running:
        assert running.stdout
        yield running.stdout.readline().strip()
        running.send_signal(signal.SIGINT)
        assert running.wait(20) == 0
        assert "Traceback" not in (running.stderr.read() if running.stderr else "")


def test_what_cannot_be_shown_is_told_before_anything_is_served(shop: GitProject) -> None:
    ran = shop.run("review", "--no-browser", "--base", "nope")
    assert (ran.code, ran.out) == (2, "")
    assert "git knows no revision `nope`" in ran.err


@pytest.mark.browser
def test_pick_approve_and_reject_write_the_lock(shop: GitProject, address: str, visit: Visit, api: ImageServer) -> None:
    asked = len(api.requests)
    page = visit(address)
    view = page.open("hero")
    view.locator("button.pick[data-number='2']").click()
    page.page.wait_for_selector("#said:has-text('is its picture now')")
    assert [item["status"] for item in shop.lock["assets"]["hero"]["candidates"]] == ["kept", "picked", "kept"]
    assert view.locator(".variants li[data-status=picked] figcaption").inner_text().startswith("2")
    view.locator(".decisions .approve").click()
    page.page.wait_for_selector("#said:has-text('is approved')")
    assert shop.lock["assets"]["hero"]["approved"] is True
    view.locator(".why").fill("too dark")
    view.locator(".decisions .reject").click()
    page.page.wait_for_selector("#said:has-text('is rejected')")
    entry = shop.lock["assets"]["hero"]
    assert [(item["status"], item.get("why")) for item in entry["candidates"]] == [
        ("picked", None),
        ("rejected", "too dark"),
        ("kept", None),
    ]
    page.page.reload()
    assert "rejected" in page.card("hero").locator("> .badges").inner_text()
    assert page.complaints == []
    assert {url.split("/")[2] for url in page.asked if url.startswith("http")} == {urlsplit(address).netloc}
    assert len(api.requests) == asked


SEEN = """(() => {
  const { left, top, width, height } = said.getBoundingClientRect();
  return document.elementFromPoint(left + width / 2, top + height / 2) === said;
})()"""


@pytest.mark.browser
def test_what_cannot_be_decided_is_said_on_the_page(shop: GitProject, address: str, visit: Visit) -> None:
    page = visit(address)
    view = page.open("logo")
    view.locator(".decisions .approve").click()
    page.page.wait_for_selector("#said:has-text('not what the manifest asks for')")
    page.until(SEEN)
    assert "approved" not in shop.lock["assets"]["logo"]
    page.page.keyboard.press("ArrowRight")
    assert page.page.locator("#said").inner_text() == ""


@pytest.mark.browser
def test_the_page_stays_while_a_decision_is_under_way(shop: GitProject, address: str, visit: Visit) -> None:
    page = visit(address)
    page.page.clock.install()
    page.page.reload()
    page.page.evaluate("document.body.dataset.mark = 'stayed'")
    held: list[Any] = []
    page.page.route("**/decide", lambda route: held.append(route))
    view = page.open("hero")
    with page.page.expect_request("**/decide"):
        view.locator(".decisions .approve").click()
    page.page.route("**/version", lambda route: route.fulfill(body="another word"))
    for _ in range(3):
        page.page.clock.run_for(1000)
    held[0].continue_()
    page.page.wait_for_selector("#said:has-text('is approved')")
    assert page.page.evaluate("document.body.dataset.mark") == "stayed"


@pytest.mark.browser
def test_a_page_that_cannot_be_made_comes_once_it_can(shop: GitProject, address: str, visit: Visit) -> None:
    page = visit(address)
    page.open("hero")
    shop.edit("project: Fernhill", "projekt: Fernhill")
    page.page.reload()
    page.page.get_by_text("did you mean `project`").wait_for()
    shop.edit("projekt: Fernhill", "project: Fernhill")
    page.page.wait_for_selector("#view:has-text('shiny')")


def ask(address: str, method: str = "POST", path: str = "", body: str = "", **headers: str) -> http.client.HTTPResponse:
    """A request as our own page makes it, but for what is given otherwise ("": left out)."""
    place = urlsplit(address)
    ours = {
        "Host": place.netloc,
        "Origin": f"http://{place.netloc}",
        "X_Imagepipe_Token": place.path.strip("/"),
        "Content_Type": "application/json",
        "Content_Length": str(len(body)),
    }
    connection = http.client.HTTPConnection(place.hostname or "", place.port or 0, timeout=20)
    connection.putrequest(method, path or f"{place.path}decide", skip_host=True, skip_accept_encoding=True)
    for name, value in {**ours, **headers}.items():
        if value:
            connection.putheader(name.replace("_", "-"), value)
    connection.endheaders(body.encode())
    return connection.getresponse()


APPROVE = json.dumps({"verb": "approve", "asset": "icon"})


STRANGERS: list[tuple[int, dict[str, str]]] = [
    (421, {"Host": "evil.example"}),
    (421, {"Host": "evil.example:80", "Origin": "http://evil.example:80"}),
    (421, {"Host": ""}),
    (403, {"Origin": "http://evil.example"}),
    (403, {"Origin": "null"}),
    (403, {"Origin": ""}),
    (403, {"Sec_Fetch_Site": "cross-site"}),
    (403, {"X_Imagepipe_Token": "guess"}),
    (403, {"X_Imagepipe_Token": ""}),
    (404, {"path": "/decide"}),
    (404, {"path": "/../../etc/passwd"}),
    (400, {"Content_Type": "text/plain"}),
    (400, {"body": "[]"}),
    (400, {"body": "{" * 9000}),
    (400, {"body": json.dumps({"verb": "build", "asset": "icon"})}),
    (400, {"body": json.dumps({"verb": "pick", "asset": ["icon"]})}),
    (400, {"body": json.dumps({"verb": "pick", "asset": "icon", "number": True})}),
    (400, {"Content_Length": "99999999"}),
    (400, {"Content_Length": "-1"}),
    (409, {"body": json.dumps({"verb": "approve", "asset": "../icon"})}),
    (409, {"body": json.dumps({"verb": "pick", "asset": "icon", "number": 7})}),
    (501, {"method": "PUT"}),
]
PAGES: list[tuple[int, str, dict[str, str]]] = [
    (404, "/", {}),
    (404, "/wrong-token/", {}),
    (404, "/assets.lock", {}),
    (404, "/%2e%2e/assets.lock", {}),
    (421, "", {"Host": "evil.example"}),
    (403, "", {"Sec_Fetch_Site": "cross-site"}),
]


def test_strangers_are_refused_and_change_nothing(shop: GitProject, address: str) -> None:
    before = shop.lock
    for status, asked in STRANGERS:
        answer = ask(address, **{"body": APPROVE, **asked})
        assert answer.status == status, (asked, answer.read())
        assert shop.lock == before, asked
    for status, path, headers in PAGES:
        answer = ask(address, "GET", path or urlsplit(address).path, **{"Origin": "", **headers})
        assert answer.status == status, (path, headers)
        assert b"public/" not in answer.read(), (path, headers)


def test_who_hangs_up_is_not_spoken_of(shop: GitProject, address: str) -> None:
    place = urlsplit(address)
    for _ in range(3):
        with socket.create_connection((place.hostname or "", place.port or 0), timeout=20) as link:
            link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # ends with a reset
            link.sendall(f"GET {place.path} HTTP/1.1\r\nHost: {place.netloc}\r\n\r\n".encode())
    assert ask(address, "GET", place.path, Origin="").status == 200, (
        "after the others, and the fixture reads what is said"
    )


def test_the_page_carries_its_policy_and_may_not_be_framed(shop: GitProject, address: str) -> None:
    answer = ask(address, "GET", urlsplit(address).path, Origin="")
    assert answer.status == 200
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert b"sk-canary" not in answer.read()
    done = ask(address, body=APPROVE)
    assert (done.status, shop.lock["assets"]["icon"]["approved"]) == (200, True)
