"""What every decision of one plan is made from, and one asset's share of it."""

from dataclasses import replace

from imagepipe.frozen import frozen
from imagepipe.planning.holdings import Held, Holdings
from imagepipe.planning.rules import Rules
from imagepipe.recipe import PLACEHOLDER
from imagepipe.values import Action, Asset, Candidate, Decision, Entry, FrozenMap, Price, Reason, Recipe
from imagepipe.values.dollars import usd as dollars


@frozen
class World:
    """Lock and store as look-ups, and the rules of this run."""

    holdings: Holdings
    rules: Rules


@frozen
class Case:
    """One asset to decide: its recipe in force, what that has brought, its entry in the lock and why it changed."""

    asset: Asset
    recipe: Recipe
    held: Held
    entry: Entry | None
    world: World
    reasons: tuple[Reason, ...] = ()

    @property
    def rules(self) -> Rules:
        """The rules of this run."""
        return self.world.rules

    @property
    def holdings(self) -> Holdings:
        """The look-ups of this run."""
        return self.world.holdings

    @property
    def stands_in(self) -> bool:
        """Whether a placeholder is asked for."""
        return stands_in(self.asset, self.rules)

    def price(self, ask: int) -> Price:
        """What asking for `ask` pictures costs."""
        return Price() if self.stands_in else self.rules.price_of(self.recipe, ask)

    def decision(self, action: Action, note: str = "") -> Decision:
        """A decision of this case."""
        return Decision(
            self.asset.id, action, self.reasons, note=note, recipe=self.recipe, candidates=self.held.candidates
        )

    def finished(self, picked: Candidate, key: str, parts: FrozenMap) -> Decision:
        """KEEP, with what the files are made of."""
        return Decision(
            self.asset.id,
            Action.KEEP,
            self.reasons,
            recipe=self.recipe,
            picked=picked,
            candidates=self.held.candidates,
            finished_by=key,
            finish_parts=parts,
        )

    def block(self, code: str, note: str, hint: str = "") -> Decision:
        """A decision that a person must take."""
        return replace(self.decision(Action.BLOCK, note), code=code, hint=hint)


def stands_in(asset: Asset, rules: Rules) -> bool:
    """Whether a placeholder is asked for this asset."""
    return not asset.local and (rules.placeholder or asset.provider == PLACEHOLDER)


def money(usd: float | None) -> str:
    """USD for a sentence."""
    return "an unknown price" if usd is None else f"${usd:.2f}" if usd >= 0.1 else dollars(usd)
