"""Where lists lie while a program runs, how long they are, and what makes them end elsewhere."""

from __future__ import annotations

from dataclasses import dataclass

from synth.deduction.shown import Shown

__all__ = ["Memory"]


@dataclass(frozen=True)
class Memory:
    """Lists by their places among the inputs."""

    given: Shown
    marked: bool = False
    """Whether the ends of lists that end with a 0 are found before anything is written: then what
    is written on the way may hold 0."""

    @property
    def counted(self) -> bool:
        """Whether lengths are known before a loop."""
        return self.given.counted or self.marked

    @property
    def spare(self) -> int | None:
        """The place of a copy of the first list, at the top of memory, since behind the list others
        may lie, or be written; None where there are others anyway."""
        return None if self.given.others else 1

    def copied(self) -> str:
        """Statements that make the copy; the last cell is its end."""
        end, behind = f"(assign e {self.end(0)})", "(store q 0)"
        if not self.counted:
            end = f"(assign e {self.start(0)}) (find e (id))"
        elif self.given.counted:
            behind = f"(store (dec c) {self.length(0)})"
        else:
            behind = "(assign m1 q)"
        step = "(store q (load p)) (assign p (inc p)) (assign q (inc q))"
        top = f"(assign c (sub (dec 0) {self.since('e', 0)}))"
        begin = f"{top} (assign p {self.start(0)}) (assign q c)"
        return f"{end} {begin} (while (sub e p) (do {step})) {behind}"

    def start(self, place: int) -> str:
        """The word that is the address of the list's first element."""
        if place == 0:
            return str(self.given.first)
        if place == self.spare:
            return "c"
        cell = f"(load {self.given.others[place - 1]})"
        return f"(inc {cell})" if self.given.counted else cell

    def length(self, place: int) -> str:
        """The word that is the list's length, where that is known."""
        if self.marked:
            return self.since(f"m{place}", place)
        return self.given.length if place == 0 else f"(load {self._head(place)})"

    def end(self, place: int) -> str:
        """The word that is the address behind the list, where its length is known."""
        if self.marked:
            return f"m{place}"
        return self.given.end if place == 0 else f"(add {self.start(place)} {self.length(place)})"

    def since(self, name: str, place: int) -> str:
        """The word that says how many elements a pointer has come to."""
        return self.given.since(name) if place == 0 else f"(sub {name} {self.start(place)})"

    def found(self, places: frozenset[int]) -> str:
        """Statements before all others: what finds the ends of these lists."""
        if not self.marked:
            return ""
        return " ".join(
            f"(assign m{place} {self.start(place)}) (find m{place} (id))"
            for place in sorted(places)
        )

    def closed(self, name: str, place: int) -> str:
        """Statements that make the list end before a pointer."""
        mark = f"(assign m{place} {name})" if self.marked else ""
        if self.given.counted:
            return f"(store {self._head(place)} {self.since(name, place)})"
        return f"(store {name} 0) {mark}"

    def resized(self, name: str, place: int) -> str:
        """Statements that make the list so long, before it is written."""
        if self.given.counted:
            return f"(store {self._head(place)} {name})"
        return f"(assign m{place} (add {self.start(place)} {name}))"

    def sealed(self, place: int) -> str:
        """Statements behind what is written after that."""
        return "" if self.given.counted else f"(store m{place} 0)"

    def _head(self, place: int) -> str:
        if place == self.spare:
            return "(dec c)"
        return str(self.given.first - 1) if place == 0 else f"(load {self.given.others[place - 1]})"
