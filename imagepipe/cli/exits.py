"""The exit codes, in one place: what each promises."""

EXITS = {
    0: "Done.",
    1: "Some assets failed or are blocked and the rest was built, or `check` found drift.",
    2: "The command line or the manifest is wrong. No file was touched, no request sent.",
    3: "Changes are pending (`plan --exit-code`).",
    4: "Refused as a whole before anything was sent: a cap, no `--yes`, a stale plan, a pull request.",
    5: "Another build holds what is needed.",
    6: "The lock or the store is damaged.",
    7: "The provider cannot be used: no key, account, quota.",
    70: "Something unexpected, a fault of imagepipe; the message names a report file.",
    130: "Interrupted (Ctrl-C).",
    143: "Terminated.",
}


def table() -> str:
    """The table of docs/exit-codes.md, as Markdown."""
    return "\n".join(["| code | meaning |", "|---|---|", *(f"| {code} | {text} |" for code, text in EXITS.items())])
