"""What every command is given: which manifest is meant, and the terminal it talks to."""

from collections.abc import Sequence

import imagepipe
from imagepipe.cli.terminal import Terminal
from imagepipe.errors import Finding
from imagepipe.frozen import frozen
from imagepipe.plugins import resolve
from imagepipe.reports import findingstext
from imagepipe.values import Manifest

KEPT: list[object] = []
"""What a command that ends at once made of a big project: nobody need take it apart before the process ends."""
WRITTEN = "imagepipe.cli.marking:written"
"""Loaded only where a GitHub workflow runs us."""
AHEAD = "imagepipe.pipeline.ahead:hash_ahead"
"""Loaded only where all outputs are looked at."""
VALIDATE, PLAN_JSON = "imagepipe validate", "imagepipe plan --json"
"""What shows all findings of the manifest, and all notes that only a plan makes."""


@frozen
class Session:
    """`file` is `-f` (`-C` has changed the folder already); `json` means that standard output carries data alone,
    `annotates` that a GitHub workflow reads along and marks findings in the pull request."""

    terminal: Terminal
    file: str = ""
    json: bool = False
    annotates: bool = False

    def load(self, profile: str = "", provider: str = "", *, outputs: bool = False) -> Manifest:
        """The manifest; its warnings are said. `outputs` tells that they will all be looked at. Raises
        errors.ManifestError with all that is wrong."""
        if outputs:
            resolve(AHEAD)(".", self.file)
        manifest = imagepipe.load(file=self.file, profile=profile, provider=provider)
        self.tell(manifest.findings)
        return manifest

    def tell(self, findings: Sequence[Finding], shown_by: str = VALIDATE) -> None:
        """Says findings beside what the command is about: a line for each kind, and each one as an annotation."""
        self.terminal.say(findingstext.brief(findings, self.terminal.talk_ink, shown_by))
        self.annotate(findings)

    def annotate(self, findings: Sequence[Finding]) -> None:
        """Marks findings in the pull request, where a GitHub workflow runs us."""
        if self.annotates and findings:
            self.terminal.say(resolve(WRITTEN)(findings, "github", self.file, self.terminal.talk_ink))
