"""Makes the files of this case, too big or too odd to be kept as files."""


def files() -> dict[str, str | bytes]:
    return {"assets.yaml": "".join(f"k{at}: 1\n" for at in range(1_000_000))}
