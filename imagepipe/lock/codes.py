"""What the codes of this room mean, for `imagepipe explain CODE`."""

from imagepipe.errors import Explanation

CODES: dict[str, Explanation] = {
    "lock-conflict": Explanation(
        "Git could not merge two changes of assets.lock and left its markers in it.",
        "<<<<<<< HEAD in assets.lock",
        "`imagepipe lock merge` takes both sides, asset by asset, and costs nothing.",
    ),
    "lock-empty": Explanation(
        "assets.lock is there but empty. An empty lock is never written; something cut it off.",
        "a full disk, or `> assets.lock`",
        "`git checkout -- assets.lock`, or `imagepipe lock rebuild`, which makes it from the receipts at no cost.",
    ),
    "lock-form": Explanation(
        "assets.lock cannot be read as one: broken JSON, a missing field, a value of the wrong type.",
        '"made_from": 3',
        "`git checkout -- assets.lock`, or `imagepipe lock rebuild`.",
    ),
    "lock-newer": Explanation(
        "A newer imagepipe wrote assets.lock. This one does not touch it, since it would lose what it cannot read.",
        '"version": 2',
        "Upgrade imagepipe.",
    ),
}
