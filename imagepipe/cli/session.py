"""What every command is given: which manifest is meant, and the terminal it talks to."""

from dataclasses import dataclass

import imagepipe
from imagepipe.cli.terminal import Terminal
from imagepipe.reports import findingstext
from imagepipe.values import Manifest


@dataclass(frozen=True, slots=True)
class Session:
    """`file` is `-f` (`-C` has changed the folder already); `json` means that standard output carries data alone."""

    terminal: Terminal
    file: str = ""
    json: bool = False

    def load(self, profile: str = "", provider: str = "") -> Manifest:
        """The manifest; its warnings are said. Raises errors.ManifestError with all that is wrong."""
        manifest = imagepipe.load(file=self.file, profile=profile, provider=provider)
        self.terminal.say(findingstext.brief(manifest.findings, self.terminal.talk_ink))
        return manifest
