"""An asset's pictures from a provider that costs nothing: no lock, no journal, no receipt, nothing synced."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from imagepipe.contracts import End
from imagepipe.events import Failed, Sending, Warned
from imagepipe.execute.answers import Reading, fits_any_size, read_answer
from imagepipe.execute.attempt import Obtained, input_files
from imagepipe.execute.run import Ended, Job, Run
from imagepipe.execute.sending import Body, body_bound, send
from imagepipe.execute.shooting import Aim, begun
from imagepipe.execute.work import Route
from imagepipe.values import Charge, Request


def _nothing(request: Request, usage: Mapping[str, Any], received: int) -> Charge:
    return Charge()


async def draw(run: Run, job: Job, route: Route) -> Obtained:
    """The pictures, with a receipt that is never written. Raises Ended where they cannot be used, Stopped."""
    request, asset = job.recipe.request, job.asset.id
    run.halt.check(request.model)
    aim = Aim(job, route, request, await input_files(run, job, request))
    run.emit(Sending(asset, job.recipe.made_from, 1, request.n, 0.0))
    body = Body(run, body_bound(request))
    reply = await send(run, route, request, aim.files, body)
    verdict = route.dialect.judge(reply, body.whole(), request)
    if verdict.end is not End.RECEIVED:
        raise Ended(Failed(asset, verdict.code or "no-picture", verdict.message or reply.fault, verdict.hint))
    reading = Reading(route.dialect, _nothing, fits_any_size(job.asset))
    answer = await run.on_pixels(read_answer, begun(run, aim, run.work.clock.new_id()), body.whole(), reading)
    if answer.receipt.failure:
        raise Ended(Failed(asset, "answer-rejected", answer.receipt.failure))
    for picture in answer.pictures.values():
        await run.on_disk(run.work.store.put_blob, picture, False)
    for code, message in answer.notes:
        run.emit(Warned(code, message, asset))
    receipt = replace(answer.receipt, paid=0)
    return Obtained((receipt,), dict(answer.pictures))
