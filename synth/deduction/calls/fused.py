"""One loop for calls that are streamed: over lists in memory, to one in memory or to a number."""

from __future__ import annotations

from collections.abc import Sequence

from synth.deduction.calls.call import Call
from synth.deduction.calls.memory import Memory
from synth.deduction.calls.stream import (
    NotStreamedError,
    Pointer,
    Stream,
    applied,
    number_word,
)

__all__ = ["folded", "sorted_in_place", "written"]


def written(memory: Memory, call: Call, place: int) -> str:
    """Statements that write what the call makes where the list of that place is."""
    stream = Stream(memory, call)
    out = Pointer(place, kept=stream.test is not None)
    if Pointer(place, down=True) in stream.pointers:
        return _mirrored(stream, place)
    if any(p.place == place and p.down for p in stream.pointers):
        raise NotStreamedError
    name = stream.pointer(out)
    ends = stream.test is None and memory.counted
    same = stream.word == f"(load {name})" and not stream.round
    count = stream.count() if ends else ""
    own = memory.counted and count == memory.length(place)
    if ends and same:
        return "" if own else f"{memory.resized(f'{count}', place)} {memory.sealed(place)}"
    if ends and not own:
        size, before = f"(assign n {count})", memory.resized("n", place)
        close, count = memory.sealed(place), "n"
    else:
        whole = own or [*_ends(stream)] == [f"(load {name})"]
        if same and whole and stream.test is None:
            return ""
        size = before = ""
        close = "" if whole and stream.test is None else memory.closed(name, place)
    loop = _loop(stream, f"(store {name} {stream.word})", count, out, before)
    return f"{size} {loop} {close}"


def folded(memory: Memory, call: Call, name: str) -> str:
    """Statements that make the variable the number that the call makes."""
    of, f = call.name, call.function
    if of in ("of", "number", "constant", "variable"):
        return f"(assign {name} {number_word(call)})"
    source = call.args[0]
    if of == "length":
        stream = Stream(memory, source)
        if memory.counted and stream.test is None:
            return f"(assign {name} {stream.count()})"
        return _all(stream, f"(assign {name} (inc {name}))", f"(assign {name} 0)")
    if of in ("head", "access"):
        at = source if of == "head" else Call("skip", (source, call.args[1]))
        stream = Stream(memory, at)
        if stream.test is not None or stream.round:
            raise NotStreamedError
        return f"{_set(stream)} {' '.join(stream.begin)} (assign {name} {stream.word})"
    if of == "last":
        try:
            return folded(memory, Call("head", (Call("reverse", (source,)),)), name)
        except NotStreamedError:
            stream = Stream(memory, source)
            return _all(stream, f"(assign {name} {stream.word})", "")
    if of in ("index", "seek"):
        x = number_word(call.args[1])
        return _sought(Stream(memory, source), x, name, certain=of == "index")
    stream = Stream(memory, source)
    word, first = stream.word, "0"
    if of == "count":
        assert f is not None
        word = applied(f, word, *map(number_word, call.args[1:]))
        word = word if f.is_truth else f"(min {word} 1)"
        word = f"(sub 1 {word})" if f.opposite else word
    if of == "least":
        first = "(dec 0)"
    op = {"greatest": "max", "least": "min"}.get(of, "add")
    return _all(stream, f"(assign {name} ({op} {name} {word}))", f"(assign {name} {first})")


def _sought(stream: Stream, x: str, name: str, *, certain: bool) -> str:
    """Statements that make the variable the place of the first element that is x; where that isn't
    `certain`, the length if none is."""
    if stream.round or stream.moves or stream.test is not None:
        raise NotStreamedError
    step = " ".join((f"(assign {name} (inc {name}))", *_steps(stream, kept=False)))
    condition, end = f"(sub 1 (eq {stream.word} {x}))", ""
    if not certain and stream.memory.counted:
        end = f"(assign e {stream.count()})"
        condition = f"(min (sub e {name}) {condition})"
    elif not certain:
        for word in _ends(stream):
            condition = f"(min {word} {condition})"
    begin = f"{_set(stream)} {' '.join(stream.begin)} {end}"
    return f"(assign {name} 0) {begin} (while {condition} (do {step}))"


def _all(stream: Stream, body: str, first: str) -> str:
    """The statement for every element."""
    ends = stream.memory.counted and stream.test is None
    ahead = [p for p in stream.pointers if not p.down and not p.kept]
    if not ahead:
        raise NotStreamedError
    size = stream.count() if ends else ""
    return f"{first} {_loop(stream, body, size, ahead[0], '')}"


def _loop(stream: Stream, body: str, count: str, leads: Pointer, before: str) -> str:
    """The loop, with what leads to it. Where lists are counted and nothing is filtered, so many
    rounds, by the pointer that leads."""
    memory = stream.memory
    if not memory.counted:
        more, ends = [*_ends(stream)], ""
    elif stream.test is None:
        name = stream.pointers[leads]
        more, ends = [f"(sub e {name})"], f"(assign e (add {name} {count}))"
    else:
        ahead = [p for p in stream.pointers if not p.down and not p.kept]
        if not ahead or any(
            p.kept and p != Pointer(leads.place, kept=True) for p in stream.pointers
        ):
            raise NotStreamedError
        name = stream.pointers[ahead[0]]
        more, ends = [f"(sub e {name})"], f"(assign e (add {name} {stream.tested()}))"
    round_ = (*stream.round, body, *stream.moves, *_steps(stream, kept=stream.test is not None))
    inner = " ".join(round_)
    if stream.test is not None:
        word, opposite = stream.test
        bodies = f"(do {inner}) (do)" if opposite else f"(do) (do {inner})"
        rest = " ".join(_steps(stream, kept=False))
        inner = f"{' '.join(stream.early)} (if-zero {word} {bodies}) {rest}"
    condition = more[-1]
    for word in more[-2::-1]:
        condition = f"(min {word} {condition})"
    begin = " ".join(stream.begin)
    return f"{_set(stream)} {begin} {ends} {before} {_while(condition, inner)}"


def _while(condition: str, inner: str) -> str:
    """The loop; a pointer that goes on to the end of its list walks."""
    pointer = condition.removeprefix("(load ").removesuffix(")")
    step = f" (assign {pointer} (inc {pointer}))"
    if condition == f"(load {pointer})" and inner.endswith(step):
        return f"(walk {pointer} (do {inner.removesuffix(step)}))"
    return f"(while {condition} (do {inner}))"


def _ends(stream: Stream) -> Sequence[str]:
    """What is not 0 while there are elements, where lists end with a 0."""
    more = list(stream.more)
    reads = [p for p in stream.pointers if p in stream.read]
    for pointer in reads:
        name = stream.pointers[pointer]
        others = [p for p in reads if p.place == pointer.place and p != pointer]
        if pointer.down:
            if not any(not p.down for p in others):
                more.append(f"(sub {name} {stream.memory.start(pointer.place)})")
        elif pointer.skipped or not any(p.skipped or pointer.kept for p in others):
            more.append(f"(load {name})")
    return more


def _set(stream: Stream) -> str:
    """What makes pointers stand at the first element."""
    memory, text = stream.memory, list[str]()
    for pointer, name in stream.pointers.items():
        start = memory.start(pointer.place)
        if pointer.down:
            behind = f"(assign {name} {memory.end(pointer.place)})"
            text.append(behind if memory.counted else f"(assign {name} {start}) (find {name} (id))")
        elif pointer.skipped and not memory.counted and not stream.certain:
            text.append(f"(assign {name} {start}) (assign j {pointer.skipped}) (skip {name} j)")
        elif pointer.skipped:
            text.append(f"(assign {name} (add {start} {pointer.skipped}))")
        else:
            text.append(f"(assign {name} {start})")
    return " ".join(text)


def _steps(stream: Stream, *, kept: bool) -> Sequence[str]:
    return [
        f"(assign {name} ({'dec' if pointer.down else 'inc'} {name}))"
        for pointer, name in stream.pointers.items()
        if pointer.kept == kept
    ]


def _mirrored(stream: Stream, place: int) -> str:
    """A list and itself from its end on: both ends are written at once, until they meet."""
    memory = stream.memory
    allowed = {Pointer(place), Pointer(place, down=True)}
    if stream.round or stream.test is not None or stream.more or {*stream.pointers} - allowed:
        raise NotStreamedError
    if memory.counted and stream.count() != memory.length(place):
        raise NotStreamedError
    p, r = stream.pointer(Pointer(place)), stream.pointer(Pointer(place, down=True))
    there, back = f"(load {p})", f"(load (dec {r}))"
    mark = stream.word.replace(back, "\0")
    one = mark.replace(there, "x").replace("\0", "y")
    other = mark.replace(there, "y").replace("\0", "x")
    return (
        f"{_set(stream)} (while (sub {r} (min {p} {r})) (do (assign {r} (dec {r})) "
        f"(assign x (load {p})) (assign y (load {r})) (store {p} {one}) (store {r} {other}) "
        f"(assign {p} (inc {p}))))"
    )


def sorted_in_place(memory: Memory, place: int, *, down: bool) -> str:
    """Statements that sort the list of that place."""
    start, one, other = memory.start(place), "(load p)", "(load q)"
    above, below = (other, one) if down else (one, other)
    if "less" in memory.given.language:
        test = f"(less {below} {above})"
    else:
        test = f"(sub {above} (min {below} {above}))"
    exchange = f"(if-zero {test} (do) (do (swap p q)))"
    if not memory.counted:
        return f"(assign p {start}) (pairs p q (do {exchange}))"
    inner = f"(while (sub e q) (do {exchange} (assign q (inc q))))"
    end = f"(assign e {memory.end(place)})"
    outer = f"(while (sub e p) (do (assign q (inc p)) {inner} (assign p (inc p))))"
    return f"(assign p {start}) {end} {outer}"
