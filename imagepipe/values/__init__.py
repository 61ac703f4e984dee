"""The values that travel the road from manifest to lock: frozen, slotted, compared by content. No I/O, no rules."""

from imagepipe.values.asked import LOCAL, PROFILE, ImageFact, InputFact, Recipe, Request, Words
from imagepipe.values.declared import Asset, Budget, Input, Manifest, Output, Prompt, Role, StepCall
from imagepipe.values.kept import (
    FREE,
    Answer,
    Candidate,
    CandidateStatus,
    Charge,
    Entry,
    FileFact,
    Intent,
    Price,
    Receipt,
    Refusal,
)
from imagepipe.values.maps import EMPTY, FrozenMap, freeze, thaw
from imagepipe.values.plans import Action, Decision, Plan, Reason, Totals

__all__ = [
    "EMPTY",
    "FREE",
    "LOCAL",
    "PROFILE",
    "Action",
    "Answer",
    "Asset",
    "Budget",
    "Candidate",
    "CandidateStatus",
    "Charge",
    "Decision",
    "Entry",
    "FileFact",
    "FrozenMap",
    "ImageFact",
    "Input",
    "InputFact",
    "Intent",
    "Manifest",
    "Output",
    "Plan",
    "Price",
    "Prompt",
    "Reason",
    "Receipt",
    "Recipe",
    "Refusal",
    "Request",
    "Role",
    "StepCall",
    "Totals",
    "Words",
    "freeze",
    "thaw",
]
