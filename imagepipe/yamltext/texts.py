"""The text below a key that ends in `|` or `>`, where it is written in the usual way."""

import re

from imagepipe.yamltext.lines import Odd, shown

_FOLDS = re.compile("\n+")


def below(lines: list[str], at: int, column: int, header: str) -> tuple[str, int]:
    """The text below line `at`, whose key stands at `column` and ends in `header` (`|`, `|-`, `>` or `>-`), and how many
    lines it takes. Raises Odd where blank lines hold spaces, a folded line begins with one, or the text ends the file."""
    first = line = lines[at + 1] if at + 1 < len(lines) else ""
    indent = len(first) - len(first.lstrip(" "))
    if indent <= column or indent == len(first):
        raise Odd
    lead, body = first[:indent], [first[indent:]]
    for end in range(at + 2, len(lines)):
        line = lines[end]
        if line and not line.startswith(lead):
            break
        body.append(line[indent:])
    taken = len(body)
    while not body[-1]:
        body.pop()
    spaces = any(line[:1] == " " and (header[0] == ">" or not line.strip(" ")) for line in body)
    blank = line and not line.strip(" ")
    if spaces or blank or at + 1 + len(body) >= len(lines) or not shown("".join(body)):
        raise Odd
    text = "\n".join(body)
    if header[0] == ">":
        text = _FOLDS.sub(lambda found: "\n" * (len(found[0]) - 1) or " ", text)
    return text if header[1:] else text + "\n", taken
