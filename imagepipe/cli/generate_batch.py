"""`imagepipe generate-batch`: many requests from a file of lines; all are judged before any is sent."""

import os
from dataclasses import replace
from pathlib import PurePath
from typing import Any

import click

from imagepipe.cli import oneoff
from imagepipe.cli.session import Session
from imagepipe.errors import Finding, ImagepipeError, ManifestError, UsageError
from imagepipe.oneoff import jobs, naming
from imagepipe.oneoff.errands import Errand
from imagepipe.oneoff.jobs import Job
from imagepipe.oneoff.naming import Copies
from imagepipe.oneoff.wishes import Wish
from imagepipe.paths import FORMATS, suffix_of


@click.command(short_help="Many pictures from a file of prompts.")
@click.option(
    "--input", "file", required=True, metavar="FILE", help="JSONL: a prompt or a JSON object a line; - is stdin."
)
@oneoff.wish
@click.option("--out-dir", default="", metavar="DIR", help="Where the pictures go. Default: output/imagegen.")
@click.option("--out", default="", metavar="DIR", help="The same; --out-dir beats it.")
@click.option("--concurrency", type=click.IntRange(1, 25), default=5, metavar="N", help="Requests at once. Default: 5.")
@click.option("--max-attempts", type=click.IntRange(1, 10), default=3, metavar="N", help="Tries a job. Default: 3.")
@click.option("--fail-fast", is_flag=True, help="After a failure send nothing new.")
@oneoff.manner
@click.pass_obj
def command(session: Session, /, **given: Any) -> int:
    """Make pictures from a file of jobs, without a manifest. One failed job never costs another.

    A line is a prompt, or a job in JSON: {"prompt": "a mug", "subject": "…", "size": "1024x1024", "out": "mug.png"}.
    """
    given["attempts"], given["jobs"] = given.pop("max_attempts"), given.pop("concurrency")
    how = oneoff.manner_of(given)
    errands = errands_of(given["file"], folder_of(given["out_dir"], given["out"]), oneoff.wish_of(given), how.copies)
    oneoff.require_single(errands)
    oneoff.warn(session, (errand.wish for errand in errands))
    if how.dry_run:
        return oneoff.show(session, oneoff.payloads(errands))
    return oneoff.do(session, errands, how)


def folder_of(out_dir: str, out: str) -> str:
    """Where a batch's pictures go. Raises UsageError for an `--out` that names a file."""
    if not out_dir and suffix_of(out) in FORMATS:
        raise UsageError(f"--out {out} names a file", hint="a batch takes --out-dir DIR", code="usage")
    return out_dir or out or naming.DEFAULT_FOLDER


def errands_of(file: str, folder: str, given: Wish, copies: Copies) -> list[Errand]:
    """All jobs of a file as errands. Raises ManifestError with everything that is wrong with any of them."""
    shown = "standard input" if file == "-" else file
    batch = jobs.read(oneoff.read_text(file), shown, given)
    errands: list[Errand] = []
    findings = list(batch.findings)
    for job in batch.jobs:
        try:
            errands.append(_errand(job, folder, copies))
        except ImagepipeError as error:
            findings += [replace(finding, place=finding.place or job.at) for finding in error.findings]
    if findings:
        raise ManifestError(sorted(findings, key=_row))
    return errands


def _row(finding: Finding) -> int:
    return finding.place.line if finding.place else 0


def _errand(job: Job, folder: str, copies: Copies) -> Errand:
    wish = job.wish
    out = f"{job.out}/" if job.out and os.path.isdir(PurePath(folder) / job.out) else job.out
    named = naming.job_outputs(job.number, wish.prompt, out, wish.format, wish.n)
    outputs = tuple(str(PurePath(folder) / name) for name in named)
    return oneoff.errand_of(f"{job.number:03}-{naming.slug(wish.prompt)}", wish, outputs, copies, job.at)
