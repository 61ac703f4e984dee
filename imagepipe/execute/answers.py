"""A received body as what is kept of it: pictures, verdicts on each, and the receipt. Pure but for the decoding.

Shared by fresh answers and by spools that an earlier build left behind, so that both are judged alike.
"""

from collections.abc import Mapping
from dataclasses import field, replace

from imagepipe.contracts import ChargeOf, Dialect, Pictures
from imagepipe.digest import digest_bytes
from imagepipe.errors import ImagepipeError
from imagepipe.frozen import frozen
from imagepipe.pictures import FORMATS, alone, check, measure
from imagepipe.values import EMPTY, Asset, Candidate, Charge, Receipt, Request

FITTING = frozenset({"resize", "fit", "crop"})
_SIZE = ("options", "size")


@frozen
class Reading:
    """How a body is read: the provider's dialect, the prices, and whether a step makes any size fit."""

    dialect: Dialect
    charge: ChargeOf
    any_size: bool = False


@frozen
class Answer:
    """What is kept: the receipt, the pictures by digest, the body too where it holds no picture, and what to tell.
    `hint` is what the dialect says can be done where there is none."""

    receipt: Receipt
    pictures: Mapping[str, bytes] = field(default_factory=dict)
    raw_body: bytes = b""
    notes: tuple[tuple[str, str], ...] = ()
    hint: str = ""


def request_of(receipt: Receipt) -> Request:
    """The request that a receipt, finished or not, was made for."""
    return Request(receipt.provider, receipt.model, "\n".join(receipt.prompt), receipt.options, receipt.inputs)


def read_answer(begun: Receipt, body: bytes, reading: Reading) -> Answer:
    """Completes a receipt from a body. Never raises for what is in the body: what cannot be used is a failure."""
    request = request_of(begun)
    try:
        pictures = reading.dialect.pictures(body, request)
    except ImagepipeError as error:
        charge = reading.charge(request, EMPTY, request.n)
        return replace(_unusable(begun, body, request, charge, error.message), hint=error.hint)
    if not pictures.images:
        charge = reading.charge(request, pictures.usage, request.n)
        return _unusable(begun, body, request, charge, "the answer holds no picture")
    return _used(begun, body, request, pictures, reading)


def _unusable(begun: Receipt, body: bytes, request: Request, charge: Charge, why: str) -> Answer:
    receipt = replace(begun, paid=request.n, charge=charge, failure=why, raw_body=digest_bytes(body))
    return Answer(receipt, raw_body=body)


def _used(begun: Receipt, body: bytes, request: Request, pictures: Pictures, reading: Reading) -> Answer:
    kept = {digest_bytes(image): image for image in pictures.images}
    judged = [judge(digest, image, request, reading) for digest, image in kept.items()]
    faults = [fault for _, fault in judged if fault]
    failure = faults[0] if len(faults) == len(judged) else ""
    whole = all(candidate.format for candidate, _ in judged)
    receipt = replace(
        begun,
        candidates=tuple(candidate for candidate, _ in judged),
        paid=len(pictures.images),
        charge=reading.charge(request, pictures.usage, len(pictures.images)),
        resolved_model=pictures.resolved_model,
        echoed=pictures.echoed,
        failure=failure,
        raw_body="" if whole else digest_bytes(body),
    )
    notes = tuple(_notes(len(pictures.images), len(kept), request.n))
    notes += tuple(("candidate-rejected", fault) for fault in faults if not failure)
    return Answer(receipt, kept, b"" if whole else body, notes)


def _notes(came: int, different: int, asked: int) -> list[tuple[str, str]]:
    told = []
    if came < asked:
        told.append(("fewer-pictures", f"{came} of {asked} pictures came; the next build asks for the rest"))
    if different < came:
        told.append(("duplicate-pictures", f"{came - different} of {came} pictures were duplicates; all were paid"))
    return told


def judge(digest: str, image: bytes, request: Request, reading: Reading) -> tuple[Candidate, str]:
    """One picture measured and checked against its request, with the reason where it is rejected."""
    asked = str(request.options.get("output_format", "png"))
    try:
        measured = measure(image, tuple({*FORMATS, asked}), sha256=digest)
    except ImagepipeError as error:
        known = _followed(digest, image) if error.code == "picture-trailing" else None
        return known or Candidate(digest, 0, 0, "", "rejected"), error.message
    faults = (fault for fault in check(measured, request, EMPTY, image) if fault.severity == "error")
    wrong = next((fault for fault in faults if not (reading.any_size and fault.path == _SIZE)), None)
    return replace(measured, status="rejected" if wrong else "kept"), wrong.message if wrong else ""


def _followed(digest: str, image: bytes) -> Candidate | None:
    """A good picture with other data behind it: a person may take it, without that."""
    try:
        return replace(measure(alone(image), sha256=digest), status="rejected")
    except ImagepipeError:
        return None


def fits_any_size(asset: Asset | None) -> bool:
    """Whether every output has a step that brings any picture to size, so that a wrong size does no harm."""
    if asset is None or not asset.outputs:
        return False
    return all(any(call.name in FITTING for call in output.steps) for output in asset.outputs)
