"""Enumeration goes on from where it was: the same programs, states and near misses."""

from __future__ import annotations

import json

import msgspec
import numpy as np
import pytest

import synth
from bridge import Example, Machine, Spec
from bridge.spec import Budget, Expect
from synth.engines import Checkpoint, Note, Starts
from synth.engines.enumeration import EnumerationEngine
from synth.enumeration import layers
from synth.enumeration.saved import SavedLayers, check_arrays
from synth.enumeration.search import Enumeration
from synth.problem import resolve
from synth.runs.arrays import pack, unpack
from synth.runs.files import RunFolderError

MACHINE = Machine(words=16, registers=4)
HARD = tuple(
    Example(memory=m, expect=Expect(memory=e))
    for m, e in [((3, 1, 4), (5, 9, 2)), ((7, 2), (1, 12, 3)), ((2, 2, 9, 8), (11, 3, 3, 7))]
)


def restored(state: dict, terms: int) -> Enumeration:
    arrays: dict[str, np.ndarray] = {}
    plain = json.loads(json.dumps(pack(state, arrays)))
    saved = msgspec.convert(unpack(plain, arrays)["layers"], SavedLayers)
    enumeration = Enumeration(HARD, MACHINE, terms)
    assert not any(enumeration.restore(saved))
    return enumeration


@pytest.mark.parametrize("after", [2, 9, 40])
def test_it_goes_on_as_if_nothing_had_been(after):
    """From any moment, in the middle of a layer, too."""
    terms = 150_000
    whole, cut = (Enumeration(HARD, MACHINE, terms) for _ in range(2))
    for number, term in enumerate(cut.programs()):
        if term is None and number >= after and cut.terms > 0:
            break
    again = restored(cut.save(), terms)
    assert again.terms == cut.terms < terms
    for enumeration in (whole, again):
        assert not any(enumeration.programs())
    assert (again.terms, again.states) == (whole.terms, whole.states) == (terms, whole.states)
    assert again.near_misses(20) == whole.near_misses(20)
    assert again.best() == whole.best()


@pytest.mark.parametrize("place", [(5, 0, 99), (5, 1, 10**6), (5, 2, -1), (5, 3, 10**6)])
def test_states_that_no_statement_leads_to_are_refused(place):
    """Compiled code trusts them."""
    cut = Enumeration(HARD, MACHINE, 30_000)
    assert not any(cut.programs())
    *where, value = place
    state = cut.save()
    state["layers"]["made"][tuple(where)] = value
    with pytest.raises(ValueError, match="holds a state that no statement leads to"):
        restored(state, 30_000)
    for key, wrong, why in [
        ("terms", cut.save()["layers"]["terms"][:-1], "are needed"),
        ("layers", cut.save()["layers"]["layers"][1:], "not its turn"),
    ]:
        state = cut.save()
        state["layers"][key] = wrong
        with pytest.raises(ValueError, match=why):
            restored(state, 30_000)


def test_arrays_of_another_kind_are_refused():
    ints, score = np.zeros((2, 4), np.int32), np.zeros(2, np.int32)
    good = {"made": ints, "score": score, "hashes": np.ones(1, np.uint64)}
    rest = {"terms": [], "layers": [], "at_work": None, "boxes": 0, "place": 0, "low": 0}
    assert check_arrays(SavedLayers(**good, **rest), 1, 1) == ""
    for name, other in [("made", ints[:1]), ("score", [0, 0]), ("hashes", np.ones(1, np.int64))]:
        assert check_arrays(SavedLayers(**good | {name: other}, **rest), 1, 1)


def test_a_killed_enumeration_goes_on_from_its_states(tmp_path):
    """Cut by its time again and again, it comes as far as a run that is not."""
    spec = Spec(machine=MACHINE, examples=HARD)
    seen = []

    class Watched(EnumerationEngine):
        def __call__(self, problem, budget, seed):
            saved = problem.saved
            seen.append(sum(saved["layers"]["terms"]) if saved else 0)
            for event in super().__call__(problem, budget, seed):
                yield event
                if isinstance(event, Checkpoint):
                    return

    terms, some = 80_000, Watched(save=20_000)
    synth.solve(spec, engine=some, terms=terms, seconds=1_000, out=tmp_path)
    assert len(list(tmp_path.glob("checkpoint.*.npz"))) == 1
    synth.resume(tmp_path, engine=some, seconds=1_000)
    _, again = synth.resume(tmp_path, engine=EnumerationEngine(), seconds=1_000)
    assert seen[0] == 0 < seen[1]
    whole = synth.solve(spec, engine="enumeration", terms=terms, seconds=1_000)
    assert again.program == whole.program
    assert again.stats.terms == whole.stats.terms == terms
    assert again.stats.states == whole.stats.states


def test_a_damaged_file_of_arrays_is_said(tmp_path):
    spec = Spec(machine=MACHINE, examples=HARD)

    def engine(problem, budget, seed):
        yield Checkpoint({"here": np.arange(3)})

    synth.solve(spec, engine=engine, out=tmp_path)
    (file,) = tmp_path.glob("checkpoint.*.npz")
    file.write_bytes(b"PK nothing")
    with pytest.raises(RunFolderError, match=r"checkpoint.json: \$\.arrays: checkpoint"):
        synth.resume(tmp_path, engine=engine)


def test_where_it_keeps_no_more_states_it_ends_and_says_so(monkeypatch):
    monkeypatch.setattr(layers, "_MAX_STATES", 2_000)
    problem = resolve(Spec(machine=MACHINE, examples=HARD))
    events = list(EnumerationEngine()(problem, Budget(seconds=1_000), 0))
    (note,) = (event.text for event in events if isinstance(event, Note))
    assert note.startswith("enumeration ended before its budget of terms: it has found 2,")
    assert isinstance(events[-1], Starts)
    assert events[-1].found
