"""Names the model behind a picture where the answer does not: by the registry's snapshot, marked as assumed."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from imagepipe.contracts import Dialect, Pictures, Reply, Verdict
from imagepipe.frozen import frozen
from imagepipe.models.registry import Registry
from imagepipe.values import Request

ASSUMED = " (assumed)"


def snapshot_of(known: Registry, id: str) -> str:
    """The dated id that a model stands for today, marked; "" for a model of which the registry knows none."""
    model = known.find(id).model
    return f"{model.snapshot}{ASSUMED}" if model and model.snapshots else ""


@frozen
class Assuming:
    """A dialect whose pictures always say which model made them, as far as that is known."""

    dialect: Dialect
    known: Registry

    def judge(self, reply: Reply, body: bytes, request: Request) -> Verdict:
        """As the dialect judges."""
        return self.dialect.judge(reply, body, request)

    def pictures(self, body: bytes, request: Request) -> Pictures:
        """As the dialect reads them; a model that the answer does not name is the registry's."""
        found = self.dialect.pictures(body, request)
        return found if found.resolved_model else replace(found, resolved_model=snapshot_of(self.known, request.model))

    def usage(self, edges: bytes) -> Mapping[str, Any]:
        """As the dialect finds it."""
        return self.dialect.usage(edges)
