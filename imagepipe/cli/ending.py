"""How a command ends when it does not end well: one clear message, one exit code, never a traceback."""

import platform
import sys
import traceback
from collections.abc import Sequence
from typing import Any

import click

from imagepipe import __version__
from imagepipe.cli import COMMANDS
from imagepipe.cli.secrets import redacted
from imagepipe.cli.session import Session
from imagepipe.errors import ImagepipeError, ManifestError, Question, UsageError
from imagepipe.plugins import resolve
from imagepipe.reports import findingsjson, findingstext, money
from imagepipe.reports.grid import table
from imagepipe.reports.ink import Ink
from imagepipe.reports.safetext import block, data, line

_BILLED = 20


def code_of(error: BaseException, session: Session, args: Sequence[str] = ()) -> int:
    """Says what `error` means and returns its exit code."""
    if isinstance(error, SystemExit):
        return error.code if isinstance(error.code, int) else 1
    if isinstance(error, click.Abort | KeyboardInterrupt):
        session.terminal.say("Interrupted.\n")
        return 130
    if isinstance(error, click.ClickException):
        return _tell(_usage(error, args), session)
    return _tell(error if isinstance(error, ImagepipeError) else _unexpected(error, session, args), session)


def _usage(error: click.ClickException, args: Sequence[str]) -> UsageError:
    message = error.format_message().rstrip(".")
    named = next((f"imagepipe {word}" for word in args if word in COMMANDS), "imagepipe")
    command = error.ctx.command_path if isinstance(error, click.UsageError) and error.ctx else named
    return UsageError(message[:1].lower() + message[1:], hint=f"{command} --help shows how", code="usage")


def _tell(error: ImagepipeError, session: Session) -> int:
    ink, question = session.terminal.talk_ink, getattr(error, "question", None)
    if isinstance(error, ManifestError):
        session.terminal.say(findingstext.render(error.findings, ink))
        session.annotate(error.findings)
    else:
        session.terminal.say("".join(findingstext.one(finding, ink) for finding in error.findings))
    if bill := getattr(error, "bill", ()):
        session.terminal.say(_bill(bill, ink))
    if question and not error.hint:
        session.terminal.say(f"    choose: {' · '.join(map(line, question.choices))}\n")
    if session.json:
        session.terminal.put(data(error_data(error, question)) + "\n")
    return error.exit_code


def _bill(bill: Sequence[tuple[str, float | None]], ink: Ink) -> str:
    """What costs what, at worst; the dearest twenty."""
    rows = [(f"    {name}", money.usd(usd)) for name, usd in bill[:_BILLED]]
    more = f"    and {len(bill) - _BILLED} more; imagepipe plan shows them\n" if len(bill) > _BILLED else ""
    return table(("    asset", "at worst"), rows, ink, frozenset({1})) + more


def error_data(error: ImagepipeError, question: Question | None) -> dict[str, Any]:
    """An error as `--json` gives it; `question` is there where a person must choose."""
    found: dict[str, Any] = {"code": error.code, "message": error.message, "exit_code": error.exit_code}
    if error.hint:
        found["hint"] = error.hint
    found["findings"] = [findingsjson.as_data(finding) for finding in error.findings]
    if bill := getattr(error, "bill", ()):
        found["bill"] = [{"asset": name, "worst": usd} for name, usd in bill]
    if question:
        found["question"] = {"id": question.id, "choices": list(question.choices)}
    return {"version": 1, "error": found}


class _Unexpected(ImagepipeError):
    """What nobody foresaw. Exit 70."""


def _unexpected(error: BaseException, session: Session, args: Sequence[str]) -> ImagepipeError:
    what = line(str(error))[:200] or type(error).__name__
    if isinstance(error, OSError) and error.strerror:
        where = f": {line(str(error.filename))}" if error.filename else ""
        what = f"{error.strerror}{where}"
    return _Unexpected(f"unexpected: {what}", hint=_report(error, session, args), code="unexpected")


def _report(error: BaseException, session: Session, args: Sequence[str]) -> str:
    trace = "".join(traceback.format_exception(error))
    head = f"imagepipe {__version__}, Python {sys.version.split()[0]}, {platform.platform()}\n"
    text = redacted(f"{head}arguments: {list(args)}\n\n{block(trace)}", session.terminal.secrets)
    try:
        with resolve("tempfile").NamedTemporaryFile(
            "w", prefix="imagepipe-", suffix=".txt", delete=False, encoding="utf-8"
        ) as file:
            file.write(text)
    except OSError:
        return "no report could be written, since the temporary folder cannot be written to"
    return f"what happened is written down in {file.name}, without keys; please send it with what you did"
