"""Values for the store's tests: one asset's request, its receipt, and a picture that need not be one."""

from imagepipe.digest import digest_bytes, key_of
from imagepipe.values import Candidate, Charge, FrozenMap, InputFact, Intent, Receipt, Refusal, freeze

PICTURE = bytes(range(256)) * 40
PICTURE_DIGEST = digest_bytes(PICTURE)


def key(name: str = "mug") -> str:
    """A request key; one for each name."""
    return key_of("made_from", {"prompt": name})


def receipt(name: str = "mug", ident: str = "r1", made_at: str = "2026-03-01T10:00:00Z", **changes: object) -> Receipt:
    """A receipt with something in every field."""
    fields: dict[str, object] = {
        "id": ident,
        "key": key(name),
        "asset": name,
        "provider": "openai",
        "model": "gpt-image-2",
        "parts": FrozenMap({"prompt": digest_bytes(b"p"), "options.size": "1024x1024", "take": 1}),
        "prompt": ("Subject: a mug", "Lighting: soft — très doux"),
        "options": freeze({"n": 2, "size": "1024x1024", "svg": {"model": "x"}}),
        "inputs": (InputFact("reference", "brand.png", digest_bytes(b"brand")),),
        "candidates": (Candidate(PICTURE_DIGEST, 1024, 768, "png", "picked"),),
        "paid": 2,
        "charge": Charge(0.042, freeze({"output_tokens": 1056}), False),
        "resolved_model": "gpt-image-2-2026",
        "request_id": "req_1",
        "echoed": FrozenMap({"quality": "medium"}),
        "made_at": made_at,
    }
    return Receipt(**{**fields, **changes})  # type: ignore[arg-type]


def intent(name: str = "mug", ident: str = "i1", worst: float | None = 0.25) -> Intent:
    """An intent whose receipt will have its id."""
    return Intent(ident, key(name), name, worst, "openai", receipt(name, ident), "2026-03-01T10:00:00Z", 4711)


def refusal(name: str = "mug") -> Refusal:
    """A remembered refusal."""
    return Refusal(key(name), name, "moderation_blocked", "Your request was rejected.", "req_9", "2026-03-01")
