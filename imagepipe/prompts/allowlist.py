"""Which Jinja a template may use, checked on the parsed tree before anything is compiled."""

from collections.abc import Iterator

from jinja2 import nodes

from imagepipe.prompts.faults import Fault, meant
from imagepipe.prompts.filters import FILTERS

MAX_NODES = 5_000
MAX_DEPTH = 30
MAX_LOOPS = 2
LOOP_NAMES = frozenset({"index", "index0", "revindex", "revindex0", "first", "last", "length"})
"""What may be asked of `loop`."""

_TESTS = frozenset({"defined", "undefined"})
_VALUES = (nodes.Name, nodes.Const, nodes.Getattr, nodes.Getitem, nodes.List, nodes.Tuple)
_LOGIC = (nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not, nodes.Test, nodes.Filter, nodes.CondExpr)
_TEXT = (nodes.Template, nodes.Output, nodes.TemplateData, nodes.If, nodes.For)
_FILES = (nodes.Include, nodes.Extends, nodes.Block)
_FIELD = (*_TEXT, *_VALUES, *_LOGIC, nodes.Keyword)

_REFUSED: dict[type[nodes.Node], tuple[str, str]] = {
    nodes.Call: ("calls are not allowed in templates", "use a filter, as in {{ name | upper }}, or fill a block"),
    nodes.BinExpr: ("arithmetic is not allowed in templates", "put the result under `vars`"),
    nodes.UnaryExpr: ("arithmetic is not allowed in templates", "put the result under `vars`"),
    nodes.Concat: ("`~` is not allowed in templates", "write the pieces one after another: {{ a }}{{ b }}"),
    nodes.Slice: ("slices are not allowed in templates", "name one item, as in {{ list[0] }}"),
    nodes.Dict: ("maps cannot be written in templates", "put the map under `vars`"),
    nodes.Assign: ("`set` is not allowed in templates", "put the value under `vars`"),
    nodes.AssignBlock: ("`set` is not allowed in templates", "put the value under `vars`"),
    nodes.Macro: ("`macro` is not allowed in templates", "put the text into a file of its own and `include` it"),
    nodes.Import: ("`import` is not allowed in templates", "use `include` or `extends`"),
    nodes.FromImport: ("`import` is not allowed in templates", "use `include` or `extends`"),
    nodes.Include: ("`include` is not allowed in a field", "use it in a template, under templates/"),
    nodes.Extends: ("`extends` is not allowed in a field", "use it in a template, under templates/"),
    nodes.Block: ("`block` is not allowed in a field", "use it in a template, under templates/"),
}


class Forbidden(Fault):
    """A construct that templates may not use, with its line."""

    def __init__(self, line: int, message: str, hint: str = "") -> None:
        super().__init__("template-forbidden", message, hint)
        self.line = line


def check(tree: nodes.Template, *, files: bool) -> None:
    """Raises Forbidden for the first thing in `tree` that is not allowed; `files` allows include, extends and block."""
    allowed = (*_FIELD, *_FILES) if files else _FIELD
    for count, (node, depth, loops) in enumerate(_walk(tree)):
        if count > MAX_NODES or depth > MAX_DEPTH:
            how = "deeply nested" if depth > MAX_DEPTH else "large"
            raise Forbidden(node.lineno, f"this template is too {how} to be checked", "make it simpler")
        if not isinstance(node, allowed):
            raise Forbidden(node.lineno, *_refusal(node))
        if loops > MAX_LOOPS:
            raise Forbidden(node.lineno, "loops may be two deep, no deeper", "flatten the data under `vars`")
        _check_node(node)
    if files:
        _check_shape(tree)


def _walk(tree: nodes.Node) -> Iterator[tuple[nodes.Node, int, int]]:
    """Every node in reading order with its depth and the number of loops around it (itself included), no recursion."""
    stack = [(tree, 0, 0)]
    while stack:
        node, depth, loops = stack.pop()
        loops += isinstance(node, nodes.For)
        yield node, depth, loops
        stack += [(child, depth + 1, loops) for child in reversed(list(node.iter_child_nodes()))]


def _refusal(node: nodes.Node) -> tuple[str, str]:
    for kind, words in _REFUSED.items():
        if isinstance(node, kind):
            return words
    return (
        f"`{type(node).__name__.lower()}` is not allowed in templates",
        "templates have output, if, for, include, extends, block, raw",
    )


def _check_node(node: nodes.Node) -> None:
    fault: tuple[str, str] | None = None
    if isinstance(node, nodes.Name):
        fault = _name_fault(node.name)
    elif isinstance(node, nodes.Getattr):
        fault = _name_fault(node.attr, attribute=True)
    elif isinstance(node, nodes.Getitem):
        fault = _name_fault(node.arg.value, attribute=True) if isinstance(node.arg, nodes.Const) else None
    elif isinstance(node, nodes.Filter):
        fault = _filter_fault(node)
    elif isinstance(node, nodes.Test):
        fault = None if node.name in _TESTS else (f"the test `is {node.name}` is not allowed", "there is `is defined`")
    else:
        fault = _statement_fault(node)
    if fault:
        raise Forbidden(node.lineno, *fault)


def _name_fault(name: object, attribute: bool = False) -> tuple[str, str] | None:
    if isinstance(name, str) and name.startswith("_"):
        return f"names with a leading underscore are not allowed: `{name[:40]}`", "rename it"
    if not attribute and name in ("self", "super", "caller"):
        return f"`{name!s}` is not allowed in templates", "fill a block instead"
    return None


def _filter_fault(node: nodes.Filter) -> tuple[str, str] | None:
    if node.name not in FILTERS:
        return f"there is no filter `{node.name}`", meant(node.name, FILTERS) or "filters: " + ", ".join(FILTERS)
    if node.node is None or node.dyn_args is not None or node.dyn_kwargs is not None:
        return "this form of filter is not allowed in templates", "write {{ name | filter }}"
    return None


def _statement_fault(node: nodes.Node) -> tuple[str, str] | None:
    if isinstance(node, nodes.CondExpr) and node.expr2 is None:
        return "an inline `if` needs an `else` here", 'as in {{ "dark" if night else "light" }}'
    if isinstance(node, nodes.For) and node.recursive:
        return "recursive loops are not allowed", "write two loops"
    if isinstance(node, nodes.Include | nodes.Extends) and not _file_of(node):
        return "the file name must be written out in quotes", 'as in {% include "camera.j2" %}'
    if isinstance(node, nodes.Include) and (node.ignore_missing or not node.with_context):
        return "`include` takes a file name and nothing else", 'write {% include "camera.j2" %}'
    return None


def _file_of(node: nodes.Include | nodes.Extends) -> str:
    name = node.template
    return name.value if isinstance(name, nodes.Const) and isinstance(name.value, str) else ""


def references(tree: nodes.Template) -> list[tuple[str, int, int]]:
    """The files a checked tree names: (name, line, loops around it), in order."""
    found = ((node, loops) for node, _, loops in _walk(tree))
    return [(_file_of(n), n.lineno, loops) for n, loops in found if isinstance(n, nodes.Include | nodes.Extends)]


def parent_of(tree: nodes.Template) -> str:
    """The file a checked tree extends, or ""."""
    return next((_file_of(node) for node in tree.body if isinstance(node, nodes.Extends)), "")


def depth_of_loops(tree: nodes.Template) -> int:
    """How deep the loops of a tree are nested."""
    return max(loops for _, _, loops in _walk(tree))


def blocks_of(tree: nodes.Template) -> dict[str, int]:
    """The blocks of a tree: name → line."""
    return {node.name: node.lineno for node, _, _ in _walk(tree) if isinstance(node, nodes.Block)}


def _check_shape(tree: nodes.Template) -> None:
    """A child template starts with `extends` and holds blocks only: Jinja would drop the rest without a word."""
    body = [node for node in tree.body if not _is_blank(node)]
    nested = [node for node, depth, _ in _walk(tree) if isinstance(node, nodes.Extends) and node not in tree.body]
    here = [at for at, node in enumerate(body) if isinstance(node, nodes.Extends)]
    if nested or here not in ([], [0]):
        node = nested[0] if nested else body[here[-1]]
        raise Forbidden(node.lineno, "`extends` must come first, once", "move it to the first line")
    for node in body[1:] if here else ():
        if not isinstance(node, nodes.Block):
            raise Forbidden(
                node.lineno,
                "text outside blocks is never printed in a template that extends another",
                "put it into a block",
            )


def _is_blank(node: nodes.Node) -> bool:
    if not isinstance(node, nodes.Output):
        return False
    return all(isinstance(part, nodes.TemplateData) and not part.data.strip() for part in node.nodes)
