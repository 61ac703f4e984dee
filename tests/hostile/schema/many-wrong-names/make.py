"""Makes the files of this case, too big or too odd to be kept as files."""


def files() -> dict[str, str | bytes]:
    names = "".join(f"  a-{at}: x\n" for at in range(90_000))
    return {"assets.yaml": 'assets: {a: {prompt: "{{ b }}", output: a.png}}\nvars:\n' + names}
