"""Makes the files of this case, too big or too odd to be kept as files."""


def files() -> dict[str, str | bytes]:
    line = "  item-{0:05d}: {{prompt: x, output: a{0}.png, extends: itme-{0:05d}}}\n"
    return {"assets.yaml": "assets:\n" + "".join(line.format(at) for at in range(3000))}
