"""A program that goes the same way on every input -> the straight line that it goes."""

from collections.abc import Iterable, Sequence

from bridge.interpreter import run
from bridge.program import Program
from bridge.spec import Machine

__all__ = ["straighten"]


def straighten(
    program: Program, memories: Iterable[Sequence[int]], machine: Machine
) -> Program | None:
    """What the program executes on all of these starting memories, without jumps, no-ops and
    halts; it may have more lines than the machine. None if two inputs lead along different lines,
    or one to no halt. Raises AssemblyError and SpecError as `bridge.interpreter.run` does."""
    paths: set[tuple[int, ...]] = set()
    for memory in memories:
        path: list[int] = []
        if not run(program, memory, machine, path=path).halted:
            return None
        paths.add(tuple(path))
        if len(paths) > 1:
            return None
    executed = [
        program.instructions[line] for path in paths for line in path if line < len(program)
    ]
    kept = tuple(i for i in executed if i.opcode not in ("jump", "noop", "halt"))
    return Program(kept, preload=program.preload)
