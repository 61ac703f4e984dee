"""No secret passes the two streams."""

import pytest

from imagepipe.cli.secrets import redacted, secrets_of
from tests.cli.sessions import Kept, session


@pytest.mark.parametrize(
    "name",
    [
        "OPENAI_API_KEY",
        "AZURE_OPENAI_KEY",
        "GITHUB_TOKEN",
        "DB_PASSWORD",
        "my_secret",
        "AWS_SECRET_ACCESS_KEY",
        "APIKEY",
        "GH_PAT",
    ],
)
def test_key_like_names_hold_secrets(name: str) -> None:
    assert redacted("before hunter2-hunter2 after", secrets_of({name: "hunter2-hunter2"})) == f"before [{name}] after"


@pytest.mark.parametrize(
    ("name", "value"), [("PATH", "/usr/bin:/bin"), ("KEYBOARD", "qwerty-layout"), ("API_KEY", "short")]
)
def test_other_values_stay(name: str, value: str) -> None:
    assert redacted(f"x {value} y", secrets_of({name: value})) == f"x {value} y"


@pytest.mark.parametrize("text", ["key sk-proj-abcdefghijklmnop is bad", "at https://me:s3cr3t-word@proxy.example/x"])
def test_what_looks_like_a_secret_goes_too(text: str) -> None:
    shown = redacted(text, {})
    assert "[redacted]" in shown
    assert "abcdef" not in shown
    assert "s3cr3t" not in shown


def test_the_longest_secret_goes_first() -> None:
    found = secrets_of({"A_KEY": "abcdefgh", "B_KEY": "abcdefgh-and-more"})
    assert redacted("abcdefgh-and-more", found) == "[B_KEY]"


def test_both_streams_redact() -> None:
    kept = Kept()
    terminal = session(kept, environ={"OPENAI_API_KEY": "canary-canary"}).terminal
    terminal.put("canary-canary")
    terminal.say("canary-canary")
    assert kept.out.getvalue() == kept.err.getvalue() == "[OPENAI_API_KEY]"
