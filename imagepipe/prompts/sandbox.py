"""Jinja behind bars: parse, check against the allowlist, compile, render within bounds. Loaded when a text needs it.

Templates see maps, lists, texts and numbers, never Python objects, so nothing depends on a memory address, a clock or
the machine. Every fault in a file is raised with the line it lies on.
"""

from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from types import TracebackType
from typing import Any

from jinja2 import BaseLoader, Environment, Template, TemplateError, nodes

from imagepipe.errors import Place
from imagepipe.prompts import allowlist
from imagepipe.prompts.environment import TICK, WEIGH, Bars
from imagepipe.prompts.faults import MAX_TEXT, Fault, Unknown, meant, too_long
from imagepipe.prompts.sources import MAX_SOURCE, Sources
from imagepipe.prompts.syntax import told

_MAX_FILES_DEEP = 8
_MAX_CACHED = 1_000
_FIELD = "<field>"


class _Loader(BaseLoader):
    """Gives Jinja only what the sandbox has checked and compiled."""

    def __init__(self, sandbox: "Sandbox") -> None:
        self.sandbox = sandbox

    def load(self, environment: Environment, name: str, globals: MutableMapping[str, Any] | None = None) -> Template:
        """The compiled template; raises Fault."""
        return self.sandbox.compiled(name)


class Sandbox:
    """Renders fields and templates. One for each Renderer; not for two threads at once."""

    def __init__(self, sources: Sources) -> None:
        self.sources = sources
        self.bars = Bars(_Loader(self))
        self.trees: dict[str, nodes.Template] = {}
        self.templates: dict[str, Template] = {}
        self.fields: dict[tuple[str, str], Template] = {}
        self.texts: dict[str, str] = {}

    def field(self, text: str, scope: Mapping[str, Any], file: str = _FIELD) -> str:
        """A field's text rendered. Raises Fault; `file` is where a `file:` prompt came from."""
        if (text, file) not in self.fields:
            if len(self.fields) >= _MAX_CACHED:
                self.fields.clear()
            self.fields[text, file] = self._made(self._parsed(text, file, files=False), file)
        return "".join(self._pieces(self.fields[text, file], scope))

    def template(self, name: str, scope: Mapping[str, Any]) -> list[str]:
        """A template's output in pieces, those of a field marked. Raises Fault with the place in the file."""
        return self._pieces(self.compiled(name), scope)

    def names(self, text: str) -> list[str]:
        """The variables that a field names, sorted. Raises Fault."""
        tree = self._parsed(text, _FIELD, files=False)
        return sorted({node.name for node in tree.find_all(nodes.Name) if node.ctx == "load"})

    def compiled(self, name: str) -> Template:
        """A template of the project or the package, checked with all it refers to."""
        if name not in self.templates:
            self.templates[name] = self._made(self._tree(name, ()), self.sources.file(name))
        return self.templates[name]

    def _tree(self, name: str, road: tuple[str, ...]) -> nodes.Template:
        if name in road or len(road) >= _MAX_FILES_DEEP:
            raise _circle([self.sources.file(step) for step in (*road, name)])
        if name not in self.trees:
            file = self.sources.file(name)
            tree = self._parsed(self.sources.text(name), file, files=True)
            for reference in allowlist.references(tree):
                with self._placed(file, reference[1]):
                    self._refer(reference, (*road, name))
            self._check_blocks(file, tree)
            self.trees[name] = tree
        return self.trees[name]

    def _refer(self, reference: tuple[str, int, int], road: tuple[str, ...]) -> None:
        other, line, loops = reference
        if loops + allowlist.depth_of_loops(self._tree(other, road)) > allowlist.MAX_LOOPS:
            raise allowlist.Forbidden(line, "loops may be two deep, no deeper, includes counted")

    def _check_blocks(self, file: str, tree: nodes.Template) -> None:
        """A block that its parent does not have would never be printed."""
        inherited: set[str] = set()
        parent = allowlist.parent_of(tree)
        if not parent:
            return
        while parent:
            inherited |= set(allowlist.blocks_of(self.trees[parent]))
            parent = allowlist.parent_of(self.trees[parent])
        for block in tree.body:
            if isinstance(block, nodes.Block) and block.name not in inherited:
                hint = meant(block.name, inherited) or "blocks: " + ", ".join(sorted(inherited))
                with self._placed(file, block.lineno):
                    raise allowlist.Forbidden(block.lineno, f"there is no block `{block.name}` to fill", hint)

    def _parsed(self, text: str, file: str, *, files: bool) -> nodes.Template:
        self.texts[file] = text
        if len(text) > MAX_SOURCE:
            raise Fault("template-limit", f"a template may have {MAX_SOURCE:,} characters, not more", "make it shorter")
        with self._placed(file):
            tree = self.bars.parse(text, file)
            allowlist.check(tree, files=files)
        return tree

    def _made(self, tree: nodes.Template, file: str) -> Template:
        _put_meters(tree)
        tree.set_environment(self.bars)
        with self._placed(file):
            code = self.bars.compile(tree, file, file)
        return self.bars.template_class.from_code(self.bars, code, {})

    @contextmanager
    def _placed(self, file: str, line: int = 1) -> Iterator[None]:
        """Turns whatever goes wrong inside into a Fault with a place in `file`."""
        try:
            yield
        except Fault as fault:
            fault.place = fault.place or self._place(file, getattr(fault, "line", None) or line)
            raise
        except TemplateError as error:
            words = (getattr(error, "message", None) or str(error)).split(" object at ")[0][:200]
            place = self._place(file, getattr(error, "lineno", None) or line)
            message, hint = told(words)
            raise Fault("template-syntax", message, hint, place) from None
        except (RecursionError, ValueError, SyntaxError, MemoryError):
            words = "this template is too large or too deeply nested to be read"
            raise Fault("template-syntax", words, "make it simpler", self._place(file, line)) from None

    def _pieces(self, template: Template, scope: Mapping[str, Any]) -> list[str]:
        self.bars.meter.reset()
        try:
            return self._bounded(template.root_render_func(template.new_context(dict(scope))))
        except Fault as fault:
            found = fault.within(scope) if isinstance(fault, Unknown) else fault
            found.place = found.place or self._running(fault.__traceback__)
            raise found from None
        except (TypeError, ValueError, LookupError, RecursionError, TemplateError) as error:
            words = str(error).split(" object at ")[0][:200]
            raise Fault("template-failed", words, place=self._running(error.__traceback__)) from None

    def _bounded(self, pieces: Iterable[str]) -> list[str]:
        done, size = [], 0
        for piece in pieces:
            size += len(piece)
            self.bars.meter.spend(1)
            if size > MAX_TEXT:
                raise too_long(size)
            done.append(piece)
        return done

    def _running(self, trace: TracebackType | None) -> Place | None:
        """The innermost template line of a traceback."""
        place = None
        while trace is not None:
            template = trace.tb_frame.f_globals.get("__jinja_template__")
            if template is not None:
                place = self._place(template.name, template.get_corresponding_lineno(trace.tb_lineno))
            trace = trace.tb_next
        return place

    def _place(self, file: str, line: int) -> Place | None:
        if file == _FIELD:
            return None
        lines = self.texts.get(file, "").split("\n")
        source = lines[line - 1] if 0 < line <= len(lines) else ""
        return Place(file, line, len(source) - len(source.lstrip()) + 1, max(1, len(source.strip())), source)


def _circle(files: list[str]) -> Fault:
    how = "in a circle" if files[-1] in files[:-1] else "too deeply"
    return Fault("template-cycle", f"templates refer to each other {how}: {' → '.join(files[-4:])}", "break the chain")


def _put_meters(tree: nodes.Template) -> None:
    """Makes every loop and comparison pay: a filter of our own around what they take."""
    for loop in list(tree.find_all(nodes.For)):
        weight = nodes.Const(sum(1 for _ in loop.find_all(nodes.Node)), lineno=loop.lineno)
        loop.iter = nodes.Filter(loop.iter, TICK, [weight], [], None, None, lineno=loop.lineno)
    sides: list[nodes.Compare | nodes.Operand] = [*tree.find_all(nodes.Compare), *tree.find_all(nodes.Operand)]
    for side in sides:
        side.expr = nodes.Filter(side.expr, WEIGH, [], [], None, None, lineno=side.lineno)
