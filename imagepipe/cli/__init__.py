"""The command line: one module a command, loaded when called; what it prints is drawn by reports and console."""

from typing import NamedTuple


class Listed(NamedTuple):
    """A command in the registry: its dotted module (which has `command`), and what `--help` says without loading it."""

    module: str
    section: str
    summary: str


COMMANDS = {
    "init": Listed("imagepipe.cli.init", "Write", "Start a project: manifest, templates, editor schema."),
    "validate": Listed("imagepipe.cli.validate", "Write", "Check the manifest. Needs no key and no network."),
    "show": Listed("imagepipe.cli.show", "Write", "Show one asset: its prompt, its request, its price."),
    "plan": Listed("imagepipe.cli.plan", "Build", "Show what a build would do, why, and for how much."),
    "build": Listed("imagepipe.cli.build", "Build", "Make what is missing or changed; pay for nothing twice."),
    "watch": Listed("imagepipe.cli.watch", "Build", "Build on every save: stand-ins, or up to --max-cost."),
    "check": Listed("imagepipe.cli.check", "Build", "Fail unless everything is built and unchanged (for CI)."),
    "adopt": Listed("imagepipe.cli.adopt", "Build", "Take a picture as the answer to the present recipe, free."),
    "pick": Listed("imagepipe.cli.pick", "Review", "Choose another candidate, free."),
    "approve": Listed("imagepipe.cli.approve", "Review", "Mark a picture as approved."),
    "reject": Listed("imagepipe.cli.reject", "Review", "Turn a candidate down; the next plan asks for another."),
    "restore": Listed("imagepipe.cli.restore", "Review", "Bring an earlier picture back, free."),
    "sheet": Listed("imagepipe.cli.sheet", "Review", "A contact sheet: pictures or candidates side by side."),
    "report": Listed("imagepipe.cli.report", "Review", "One HTML page: every picture, before and after."),
    "review": Listed("imagepipe.cli.review", "Review", "The same page in the browser, to pick, approve and reject."),
    "diff": Listed("imagepipe.cli.diff", "Look", "What changed since the lock or a git revision, word by word."),
    "status": Listed("imagepipe.cli.status", "Look", "Where each asset stands, and what it has cost."),
    "log": Listed("imagepipe.cli.log", "Look", "One asset's pictures through git's history."),
    "why": Listed("imagepipe.cli.why", "Look", "One asset's decision in full."),
    "cost": Listed("imagepipe.cli.cost", "Look", "What the pictures have cost, against what was estimated."),
    "gc": Listed("imagepipe.cli.gc", "Keep", "List what the store could do without; --delete removes it."),
    "verify": Listed("imagepipe.cli.verify", "Keep", "Read store and outputs in full, and say what is not right."),
    "lock": Listed("imagepipe.cli.lock", "Keep", "Repair the lock: merge two versions, or make it again."),
    "migrate-model": Listed(
        "imagepipe.cli.migrate_model", "Keep", "Move assets to another model; finished pictures stay."
    ),
    "generate": Listed("imagepipe.cli.generate", "One-off", "Make pictures from a prompt, without a manifest."),
    "edit": Listed("imagepipe.cli.edit", "One-off", "Change or combine images by a prompt."),
    "generate-batch": Listed("imagepipe.cli.generate_batch", "One-off", "Make pictures from a file of prompts."),
    "cutout": Listed("imagepipe.cli.cutout", "One-off", "Remove a flat key colour and leave real transparency."),
    "import": Listed("imagepipe.cli.import_", "One-off", "Turn jobs.jsonl, or pictures that exist, into assets."),
    "codegen": Listed(
        "imagepipe.cli.codegen", "Know", "The pictures as a typed map for TypeScript, Python, JSON, CSS."
    ),
    "models": Listed("imagepipe.cli.models", "Know", "The models: status, sizes, qualities, prices."),
    "use-cases": Listed(
        "imagepipe.cli.use_cases", "Know", "The use cases a prompt can have, and the fields they want."
    ),
    "explain": Listed("imagepipe.cli.explain", "Know", "What a diagnostic code means and how to fix it."),
    "schema": Listed("imagepipe.cli.schema", "Know", "Print a JSON Schema: of the manifest, the lock, the plan."),
    "skill": Listed("imagepipe.cli.skill", "Know", "Teach a coding agent to work with imagepipe."),
    "doctor": Listed("imagepipe.cli.doctor", "Know", "Check this machine: packages, key, network, disk, store."),
}
"""Every command by name. To add one: a module with `command`, a line here, a test."""
