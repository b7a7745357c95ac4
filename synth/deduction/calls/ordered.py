"""Sorting by keys: an insertion sort, which leaves elements of equal keys as they come."""

from __future__ import annotations

from synth.deduction.calls.call import Call, Function
from synth.deduction.calls.memory import Memory
from synth.deduction.calls.stream import NotStreamedError, Pointer, Stream, applied

__all__ = ["ordered"]


def ordered(memory: Memory, f: Function, place: int, keys: Call) -> str:
    """Statements that sort the list of that place: each element goes down past those whose keys
    come later, by the test. Keys are words of the elements; or a list, which is sorted with them.
    Raises NotStreamedError."""
    rows = [("p", "r", "y", place)]
    if keys.name == "list" and keys.place != place:
        rows.append(("q", "s", "k", keys.place))
        before, key, below = "", "", "(load (dec s))"
    else:
        before, word = _word(memory, place, keys)
        key, below = f"(assign k {word})", word.replace("(load p)", "(load (dec r))")
    begin = " ".join(f"(assign {p} {memory.start(at)})" for p, _, _, at in rows)
    held = " ".join(f"(assign {r} {p}) (assign {y} (load {p}))" for p, r, y, _ in rows)
    down = " ".join(f"(store {r} (load (dec {r}))) (assign {r} (dec {r}))" for _, r, _, _ in rows)
    put = " ".join(f"(store {r} {y}) (assign {p} (inc {p}))" for p, r, y, _ in rows)
    test = f"(min {memory.since('r', place)} {applied(f, 'k', below)})"
    each = f"(do {held} {key} (while {test} (do {down})) {put})"
    if not memory.counted:
        return f"{before} {begin} (while (load p) {each})"
    return f"{before} {begin} (assign e {memory.end(place)}) (while (sub e p) {each})"


def _word(memory: Memory, place: int, keys: Call) -> tuple[str, str]:
    """The word that is the key of the element at p; and statements that make its constants before,
    which take an instruction for each that they are more than 0."""
    begin = ""
    for n in sorted(part.place for part in keys.parts if part.name == "constant"):
        keys = keys.with_(Call("constant", place=n), Call("variable", variable=f"k{n}"))
        begin += f"(assign k{n} {n})"
    stream = Stream(memory, keys)
    if {*stream.pointers} != {Pointer(place)} or stream.round or stream.more or stream.test:
        raise NotStreamedError
    return begin, stream.word
