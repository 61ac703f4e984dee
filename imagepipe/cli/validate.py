"""`imagepipe validate`: the manifest alone. Every mistake at once, with its place; no key, no network, no lock."""

import click

import imagepipe
from imagepipe.cli import arguments
from imagepipe.cli.marking import written
from imagepipe.cli.session import Session
from imagepipe.errors import Finding, ManifestError
from imagepipe.reports import FINDINGS

WRONG = 2


@click.command(short_help="Check the manifest.")
@arguments.profile
@click.option("--format", "form", type=click.Choice(list(FINDINGS)), default="text", help="How to write the findings.")
@arguments.as_json
@click.pass_obj
def command(session: Session, profile: str, form: str, as_json: bool) -> int:
    """Check the manifest: fields, models, options, paths, templates. Needs no key and no network."""
    return run(session, profile, "json" if as_json else form)


def run(session: Session, profile: str, form: str) -> int:
    """Writes all findings; 2 where one of them is an error."""
    findings, told = _findings(session, profile)
    terminal = session.terminal
    terminal.put(written(findings, form, session.file, terminal.ink))
    if form == "text":
        session.annotate(findings)
    if told:
        (terminal.put if form == "text" else terminal.say)(told)
    return WRONG if any(finding.severity == "error" for finding in findings) else 0


def _findings(session: Session, profile: str) -> tuple[tuple[Finding, ...], str]:
    try:
        manifest = imagepipe.load(file=session.file, profile=profile)
    except ManifestError as error:
        return error.findings, ""
    count = len(manifest.assets)
    return manifest.findings, f"{manifest.file} is valid: {count} asset{'' if count == 1 else 's'}.\n"
