"""What a person asks of a run, apart from the manifest: values that the command line and the library both make."""

from imagepipe.frozen import frozen


@frozen
class PlanOptions:
    """The wishes of a plan. `again`, `resend` and `forget` take SELECT patterns; `retry_failed` asks again for what was
    refused or failed its checks, `force` writes over files edited by hand, `frozen` never pays, `prune` removes files that
    no output writes any more, `no_outputs` takes the output files for what the lock says they are, `affected` (a git
    revision) chooses what a change since then touches."""

    again: tuple[str, ...] = ()
    resend: tuple[str, ...] = ()
    forget: tuple[str, ...] = ()
    retry_failed: bool = False
    force: bool = False
    frozen: bool = False
    prune: bool = False
    no_outputs: bool = False
    allow_unknown_price: bool = False
    affected: str = ""


@frozen
class BuildOptions(PlanOptions):
    """The wishes of a build. Caps in USD at worst price; `jobs` requests at once (None: the user's settings); `plan_file`
    a saved plan to do exactly; `report` a file for what was done; `lock_timeout` in seconds. `store` is the folder of the
    store ("": the project's own), `attempts` how often one request may be tried (None: as the money rules say)."""

    max_cost: float | None = None
    max_requests: int | None = None
    jobs: int | None = None
    yes: bool = False
    fail_fast: bool = False
    report: str = ""
    lock_timeout: float = 60.0
    plan_file: str = ""
    allow_pull_request: bool = False
    store: str = ""
    attempts: int | None = None
