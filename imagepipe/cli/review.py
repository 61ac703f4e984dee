"""`imagepipe review`: the page of `report`, served on this machine, with pick, approve and reject as buttons."""

import webbrowser
from collections.abc import Callable
from typing import Any

import click

import imagepipe
from imagepipe.cli import arguments
from imagepipe.cli.choices import SAID, finished_after
from imagepipe.cli.one import asset_of
from imagepipe.cli.report import base, embed
from imagepipe.cli.session import Session
from imagepipe.frozen import frozen
from imagepipe.pipeline.choosing import Chosen, approve, pick, reject
from imagepipe.pipeline.gallery import Wish, dress, furnished, gallery, one
from imagepipe.pipeline.reviewing import Asked, Desk, Review
from imagepipe.pipeline.watching import Follower
from imagepipe.reports.card import card
from imagepipe.reports.gallery import Service
from imagepipe.reports.html import policy, render
from imagepipe.values import Asset, Manifest

_DECIDE: dict[str, Callable[[Manifest, Asset, Asked], Chosen]] = {
    "pick": lambda manifest, asset, asked: pick(manifest, asset, asked.number),
    "approve": lambda manifest, asset, asked: approve(manifest, asset),
    "reject": lambda manifest, asset, asked: reject(manifest, asset, asked.number, asked.why),
}


@click.command(short_help="Pick, approve and reject in the browser.")
@arguments.picked(arguments.select, arguments.exclude, arguments.profile, base, embed)
@click.option("--port", type=click.IntRange(0, 65535), default=0, metavar="N", help="The port. Default: a free one.")
@click.option("--no-browser", is_flag=True, help="Only print the address.")
@click.pass_obj
def command(session: Session, /, profile: str, port: int, no_browser: bool, **wished: Any) -> int:
    """Serve the page of `imagepipe report` on this machine, with buttons to pick, approve and reject. Decisions are
    written into the lock; none of them costs anything. The page follows what is saved and built meanwhile. Ctrl-C ends it.

    It answers to this machine alone, and only to who knows the address that is printed.
    """
    follower = Follower(lambda: imagepipe.load(file=session.file, profile=profile))
    return run(Clerk(session, profile, Wish(**wished), follower), port, not no_browser)


def run(clerk: "Clerk", port: int, browser: bool) -> int:
    """Serves until it is interrupted."""
    furnished(clerk.session.load(clerk.profile), clerk.wish)  # what the page cannot show is told here
    with Review(Desk(clerk.page, clerk.decide, clerk.follower.word), port) as server:
        try:
            clerk.session.terminal.put(f"{server.address}\n")
            clerk.session.terminal.say("Ctrl-C ends the review.\n")
            if browser:
                webbrowser.open(server.address)
            server.serve_forever(poll_interval=0.2)
        except KeyboardInterrupt:
            clerk.session.terminal.say("\n")
    return 0


@frozen
class Clerk:
    """Does what the page asks for, on the project as it is at that moment."""

    session: Session
    profile: str
    wish: Wish
    follower: Follower

    def manifest(self) -> Manifest:
        """The manifest as it is now."""
        return imagepipe.load(file=self.session.file, profile=self.profile)

    def page(self, server: Review) -> tuple[str, str]:
        """The page and its policy."""
        version = self.follower.word()
        look, service = dress(), Service(server.decisions, server.token, version)
        return render(gallery(self.manifest(), self.wish), look, service), policy(look, service)

    def decide(self, server: Review, asked: Asked) -> tuple[str, str]:
        """Carries a decision out; what is said about it, and the asset's new markup."""
        manifest = self.manifest()
        chosen = _DECIDE[asked.verb](manifest, asset_of(manifest, asked.asset), asked)
        finished = finished_after(self.session, self.profile, chosen)
        said = f"{chosen.asset}: candidate {chosen.number} {SAID[chosen.verb]}."
        faults = "".join(f" {fault.message}" for fault in finished.failed)
        fresh = one(self.manifest(), asked.asset, self.wish)
        return said + faults, card(fresh, Service(server.decisions, server.token))
