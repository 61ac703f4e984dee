"""Makes the files of this case, too big or too odd to be kept as files."""


def files() -> dict[str, str | bytes]:
    return {"assets.yaml": b"version: 1\nproject: a\x00b\n"}
