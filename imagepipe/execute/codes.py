"""What the codes of build events mean, for `imagepipe explain CODE`."""

from imagepipe.errors import Explanation

CODES = {
    "over-cap": Explanation(
        "The worst price of a request would break a cap; nothing was sent for it. The message names the cap in force.",
        "build --max-cost 0.10, and a request that may cost $0.21",
        "raise the named cap, lower quality, size or n, or build fewer assets at once",
    ),
    "picture-lost": Explanation(
        "The bytes of the picture that the lock names are gone, and a new one was paid for: it is taken instead.",
        "the store was deleted, then `imagepipe build --again mug`",
        "nothing to do; `imagepipe pick` chooses among the pictures that are here",
    ),
    "doubt-let-go": Explanation(
        "`--resend` or `--forget` let go of a request whose end is unknown. It may have been billed, so its worst cost "
        "stays in the ledger, counts against the caps, and is listed by `imagepipe cost`.",
        "build --forget mug",
        "nothing to do",
    ),
    "interrupted": Explanation(
        "Ctrl-C was pressed once: nothing new is sent, what is on its way is waited for and kept.",
        "nothing new is sent; 2 requests are waited for: mug, hat",
        "wait, or press Ctrl-C again: then what is on its way is in doubt",
    ),
    "lock-unwritten": Explanation(
        "The pictures were made and are safe in store and project, but `assets.lock` could not be written.",
        "the lock was not written: cannot write assets.lock: the disk is full",
        "mend what the message names and build again: the receipts are in the store, so it costs nothing",
    ),
    "report-unwritten": Explanation(
        "The report of the run could not be written. The build itself is not harmed.",
        "build --report /read-only/report.json",
        "choose another place for --report, or mend the disk",
    ),
    "max-requests": Explanation(
        "As many requests were sent as --max-requests allows.",
        "build --max-requests 3 with five assets to generate",
        "build again for the rest, or raise --max-requests",
    ),
    "input-changed": Explanation(
        "An input file changed between the plan and the request; nothing was sent.",
        "refs/label.png saved again while the build was running",
        "build again: the new plan sees the new bytes",
    ),
    "answer-rejected": Explanation(
        "The provider's answer was charged, but nothing in it can be published. It is kept in the store.",
        "an answer that is a web page, or a picture of another size than was asked for",
        "--retry-failed asks again, `imagepipe adopt` takes a kept picture as it is",
    ),
    "step-failed": Explanation(
        "A local step could not do its work. Nothing of the asset was written; what was paid is kept.",
        "a step that needs more memory than there is",
        "correct the step's options and build again: it costs nothing",
    ),
    "encode-failed": Explanation(
        "A file could not be written in its format.",
        "a picture of 20000 pixels as webp, which ends at 16383",
        "resize it first, or choose another format",
    ),
    "unknown-format": Explanation(
        "Pictures cannot be written in this format.",
        "output: hero.tiff",
        "use png, jpg, webp or avif",
    ),
    "many-pictures": Explanation(
        "The steps of an output make several pictures, and its path names one file.",
        "a step that cuts a sheet into cells, with output: sheet.png",
        "put {index} into the path",
    ),
    "fewer-pictures": Explanation(
        "The provider sent fewer pictures than were asked for; those that came are kept.",
        "n: 4, and three pictures came",
        "build again: the rest is asked for",
    ),
    "duplicate-pictures": Explanation(
        "The provider sent the same picture more than once; it is kept once and was paid each time.",
        "n: 3, and all three are one picture",
        "raise `take` to ask for something else",
    ),
    "candidate-rejected": Explanation(
        "One of several pictures failed its checks; the others are used.",
        "n: 2, and one of them is broken",
        "nothing needs to be done",
    ),
    "counted-twice": Explanation(
        "A request was answered with a server error and sent again; the first try may have been billed as well.",
        "500, then a picture",
        "nothing needs to be done; compare with the provider's usage page if it matters",
    ),
    "spool-waits": Explanation(
        "An answer of an earlier build is on the disk and could not be taken into the store yet.",
        "the disk is full",
        "see to what the message says and build again: it is not asked for again",
    ),
    "ledger": Explanation(
        "A cost could not be entered into the ledger of daily spending; the receipt has it.",
        "the data folder is read-only",
        "make the data folder writable",
    ),
    "orphans": Explanation(
        "Files that imagepipe made are written by no output any more.",
        "an output that was moved to another path",
        "delete them, or build with --prune",
    ),
    "removed": Explanation(
        "Files that no output writes any more were removed, as `--prune` asks.",
        "an output that was moved to another path",
        "nothing; the store still has what they were made of",
    ),
    "undecided": Explanation(
        "An asset still waits although all its inputs are built.",
        "none is known",
        "build again; if it stays, report it",
    ),
    "unforeseen": Explanation(
        "Something happened that imagepipe did not foresee. Everything in flight was kept.",
        "none is known",
        "report it, with the report file that the message names",
    ),
}
