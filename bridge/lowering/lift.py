"""Assembly -> a term of the language.

`lift_program` takes any program whose loops can be told from its jumps; its term means the same on
every memory. `lift` takes straight lines, and what is known of their inputs: the program is run
with terms instead of words. What is known (a cell that always holds the same word, cells that
always hold the same as each other) holds for the examples, not for every memory: so a term lifted
with it equals the program on inputs like these only. The shipped rewrites, which hold always, know
nothing of it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from bridge.isa import INDEX, lookup_table
from bridge.lowering.flow import flow_of
from bridge.lowering.inline import Style, inline, substitute
from bridge.lowering.lives import register_name, separate, with_few_lives
from bridge.lowering.preloads import without_preload
from bridge.lowering.structure import structure
from bridge.program import Program
from bridge.spec import Example
from bridge.term import Arg, Term

__all__ = ["NOTHING", "Facts", "Style", "common_facts", "lift", "lift_program"]


@dataclass(frozen=True)
class Facts:
    """What all inputs have in common."""

    words: Mapping[int, int] = field(default_factory=dict[int, int])
    """Address -> the word that is always there."""
    equals: Mapping[int, int] = field(default_factory=dict[int, int])
    """Address -> the first address that always holds the same word, where that is another."""


NOTHING = Facts()
"""For inputs that have nothing in common."""


def common_facts(examples: Sequence[Example], words: int) -> Facts:
    """What these examples' starting memories have in common."""
    memories = [(*e.words, *[0] * (words - len(e.memory))) for e in examples]
    columns = list(enumerate(zip(*memories, strict=True)))
    known = {a: column[0] for a, column in columns if len(set(column)) == 1}
    first: dict[tuple[int, ...], int] = {}
    equals = {a: first.setdefault(column, a) for a, column in columns if a not in known}
    return Facts(known, {a: other for a, other in equals.items() if a != other})


def lift_program(
    program: Program, words: int, outputs: Iterable[int] = (), style: Style = Style.QUICK
) -> Term | None:
    """A block that means what the program does, for every memory of so many words: it ends iff the
    program halts, with the same memory. Its variables are the program's registers, r1, r2, …, of
    which the `outputs` end with the same words, too: lower it with `{register_name(n): n}`.

    None if the program has holes; if a loop can be entered in two places; or if code would have to
    be repeated many times, as the language has no jumps. Lowering the term gives code that is
    about as long and quick as the program, in the style QUICK.
    """
    if program.has_hole:
        return None
    kept = frozenset(outputs)
    flow = flow_of(without_preload(program, words), words)
    flow = separate(flow, kept, chains=style is Style.PLAIN)
    raw = structure(flow, words, style)
    if raw is None:
        return None
    return with_few_lives(inline(raw, words, map(register_name, kept), style))


def lift(program: Program, words: int, facts: Facts = NOTHING, *, fold: bool = True) -> Term:
    """A block that leaves the memory that the program leaves, where the facts hold. The program
    must have no jumps, halts or holes (see `bridge.lowering.straighten`).

    With `fold`, what it computes from constants alone is a constant of the term; without, the
    term computes it as the program does, which may take fewer instructions than constants do."""
    lifter = _Lifter(words, facts, fold)
    lifter.registers.update(program.preload)
    for instruction in program.instructions:
        lifter.step(str(instruction.opcode), [o or 0 for o in instruction.operands])
    return Term("do", tuple(_inline(lifter.statements)))


class _Lifter:
    """Every result that is no constant of the term gets a variable of its own."""

    def __init__(self, words: int, facts: Facts, fold: bool) -> None:
        self.words, self.facts, self.fold = words, facts, fold
        self.statements: list[Term] = []
        self.registers: dict[int, Arg] = {}
        self.names: dict[Term, str] = {}
        """The variables of results that no write changes."""
        self.known: dict[Arg, int] = {}
        """The words that variables are known to hold."""
        self.starts: dict[int, str] = {}
        """The variables that hold what was in cells at the start."""
        self.cells: dict[int, Arg] = {}
        """What is in cells that were written, at constant addresses."""
        self.elsewhere = False
        """Whether any cell may have been written since."""

    def step(self, name: str, operands: list[int]) -> None:
        if name == "noop":
            return
        if name == "write":
            self.write(*(self.registers.get(r, 0) for r in operands))
            return
        *inputs, out = operands
        args = [self.registers.get(r, 0) for r in inputs]
        self.registers[out] = self.read(args[0]) if name == "read" else self.compute(name, args)

    def compute(self, name: str, args: list[Arg]) -> Arg:
        if name == "move":
            return args[0]
        words = [self.word(a) for a in args]
        constant = None
        if None not in words:
            a, b = [*words, 0, 0][:2]
            constant = int(lookup_table(self.words)[INDEX[name], a, b])
            if self.fold or name == "zero":
                return constant
        term = Term(name, tuple(args))
        if term not in self.names:
            self.names[term] = self.assign(term)
        if constant is not None:
            self.known[self.names[term]] = constant
        return self.names[term]

    def word(self, term: Arg) -> int | None:
        """The word that it is known to be."""
        return term if isinstance(term, int) else self.known.get(term)

    def read(self, register: Arg) -> Arg:
        address = self.word(register)
        if address is None:
            return self.assign(Term("load", (register,)))
        if address in self.cells:
            return self.cells[address]
        if self.elsewhere:
            self.cells[address] = self.assign(Term("load", (register,)))
            return self.cells[address]
        if address in self.facts.words:
            return self.facts.words[address]
        first = self.facts.equals.get(address, address)
        if first not in self.starts:
            self.starts[first] = self.assign(Term("load", (register,)))
        return self.starts[first]

    def write(self, register: Arg, value: Arg) -> None:
        self.statements.append(Term("store", (register, value)))
        if (address := self.word(register)) is not None:
            self.cells[address] = value
        else:
            self.cells, self.elsewhere = {}, True

    def assign(self, term: Term) -> str:
        name = f"v{len(self.statements)}"
        self.statements.append(Term("assign", (name, term)))
        return name


def _inline(statements: list[Term]) -> Iterable[Term]:
    """Without variables that are used once, if no store comes between, or never."""
    waiting = list(statements)
    for index in reversed(range(len(waiting))):
        statement = waiting[index]
        if statement.op != "assign":
            continue
        name, value = statement.args
        later = range(index + 1, len(waiting))
        users = [i for i in later for subterm in waiting[i].subterms() if subterm == name]
        between = waiting[index + 1 : users[0]] if users else []
        if len(users) > 1 or any(s.op == "store" for s in between):
            continue
        if users:
            user = waiting[users[0]]
            waiting[users[0]] = Term(user.op, tuple(substitute(a, name, value) for a in user.args))
        del waiting[index]
    return waiting
