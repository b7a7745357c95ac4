"""Programs on pictures: judged by what they make of what the reader reads, and told as that."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

import synth
from backend.perception.reader import NetReader
from bridge import load_spec, parse_program
from bridge.spec import Spec
from synth.engines import Candidate, NoCandidate, Note, Spent
from synth.engines.reader import Contender, Race
from synth.runs.files import RunFolderError
from synth.search import main
from synth.sources import PluginError

WORDS = (2, 3, 5)
ADD = parse_program("inc 1 2\nread 1 3\nread 2 4\nadd 3 4 3\nzero 1\nwrite 1 3\nhalt")
FIRST = parse_program("halt")


class Look(eqx.Module):
    """Sees which pixel is brightest."""

    sharpness: jax.Array

    def __call__(self, picture: Any) -> jax.Array:
        return self.sharpness * jnp.ravel(jnp.asarray(picture))


def make_look(key: Any, shape: tuple[int, ...], classes: int) -> Look:
    return Look(jnp.asarray(20.0))


def write_spec(folder: Path, wrong: int = 0, held: int = 40, **changes: Any) -> Path:
    """Sums of two pictures; a picture of the word of number i is bright at pixel i. Of the held-out
    ones so many look like another word."""
    rng = np.random.default_rng(0)
    shown = rng.integers(0, 3, 3 * held)
    images = rng.integers(0, 90, (len(shown), 3, 1))
    seen = shown.copy()
    seen[held : held + wrong] = (seen[held : held + wrong] + 1) % 3
    images[np.arange(len(shown)), seen, 0] = 200
    labels = np.array(WORDS)[shown]
    np.savez(folder / "looks.npz", images=images, labels=labels)

    def example(i: int, j: int) -> dict[str, Any]:
        total = int(labels[i] + labels[j])
        return {"memory": [{"image": i}, {"image": j}], "expect": {"memory": [total]}}

    spec = {
        "machine": {"words": 12, "registers": 4, "lines": 8},
        "examples": [example(i, i + 1) for i in range(0, held, 2)],
        "holdout": [example(held + i, 2 * held + i) for i in range(held)],
        "images": {"file": "looks.npz", "words": WORDS},
        **changes,
    }
    path = folder / "looks.json"
    path.write_text(json.dumps(spec))
    return path


@pytest.fixture
def spec(tmp_path: Path) -> Spec:
    return load_spec(write_spec(tmp_path))


def reader() -> NetReader:
    return NetReader({"image": make_look(None, (3, 1), 3)}, {"image": WORDS})


RACE = Race(
    tuple(Contender(p, None, i, 0.1 + i, 0.02, 50, "table") for i, p in enumerate((ADD, FIRST))),
    pool=9, reachable=2,
)  # fmt: skip


class Knows:
    """Yields programs with the reader above."""

    name, pictures = "knows", True

    def __init__(self, *programs: Any) -> None:
        self.programs = programs

    def __call__(self, problem, budget, seed):
        for program in self.programs:
            yield Spent("knows")
            yield Candidate(program, reader=reader(), race=RACE)


def test_the_answer_generalises(spec: Spec, tmp_path: Path):
    out = tmp_path / "run"
    solution = synth.solve(spec, engine=Knows(FIRST, ADD), out=out)
    assert solution.result is synth.Result.GENERALISES
    assert (solution.program, solution.found_by, solution.solved) == (ADD, "knows", True)
    assert (solution.holdout.passed, solution.holdout.total) == (40, 40)
    told = json.loads((out / "solution.json").read_text())
    assert told["holdout"]["interval"] == [0.9124, 1.0]
    assert told["perception"]["race"]["runner_up"] == str(FIRST)
    assert told["perception"]["images"]["image"]["read"] == {"right": 80, "total": 80}
    assert json.loads((out / "race.json").read_text())["contenders"][0]["program"] == str(ADD)
    assert (out / "pictures.png").read_bytes().startswith(b"\x89PNG")
    other = NetReader({"image": Look(jnp.asarray(0.0))}, {"image": WORDS}).load(out / "nets.eqx")
    assert other.nets["image"].sharpness == 20
    assert load_spec(out / "spec.json").examples == spec.examples  # with its pictures


def test_an_answer_is_loaded_with_its_nets(spec: Spec, tmp_path: Path):
    out = tmp_path / "run"
    solution = synth.solve(spec, engine=Knows(ADD), net=make_look, out=out)
    loaded = synth.load_solution(out, net=make_look)
    assert loaded.to_json() == solution.to_json()
    assert loaded.perception is not None
    assert loaded.perception.race == RACE
    pictures = np.eye(3, dtype=np.float32)[:, :, None]
    assert loaded.perceive(pictures).tolist() == solution.perceive(pictures).tolist()
    with pytest.raises(RunFolderError, match="the net make_look: give it, with net="):
        synth.load_solution(out)
    race = json.loads((out / "race.json").read_text())
    (out / "race.json").write_text(json.dumps(race | {"aliases": [7]}))
    with pytest.raises(RunFolderError, match=r"race\.json: \$\.aliases"):
        synth.load_solution(out, net=make_look)
    (out / "race.json").unlink()
    (out / "nets.eqx").write_bytes(b"damaged")
    with pytest.raises(RunFolderError, match=r"nets\.eqx: cannot be read"):
        synth.load_solution(out, net=make_look)


def test_later_candidates_are_better(spec: Spec):
    """An engine keeps examples back to judge by; the driver only executes."""
    solution = synth.solve(spec, engine=Knows(ADD, FIRST))
    assert (solution.result, solution.program) == (synth.Result.BUDGET_EXHAUSTED, FIRST)
    assert solution.found_by is None


def test_perception_is_told_from_the_program(tmp_path: Path):
    """Four of eighty pictures look like another word: examples fail, and it isn't the program."""
    solution = synth.solve(load_spec(write_spec(tmp_path, wrong=4)), engine=Knows(ADD))
    assert solution.result is synth.Result.BUDGET_EXHAUSTED  # 36 of 40 may be 77 %
    assert solution.holdout.passed == 36
    perception = solution.perception
    assert perception is not None
    assert perception.labelled is not None
    assert perception.labelled.passed == 40
    reading = perception.readings["image"]
    assert (reading.right, reading.total) == (76, 80)
    again = synth.solve(load_spec(write_spec(tmp_path, 4, accuracy=0.75)), engine=Knows(ADD))
    assert again.result is synth.Result.GENERALISES


def test_pictures_are_read_and_run(spec: Spec, tmp_path: Path):
    solution = synth.solve(spec, engine=Knows(ADD))
    with np.load(tmp_path / "looks.npz") as arrays:
        images, labels = arrays["images"], arrays["labels"]
    np.testing.assert_array_equal(solution.perceive(images), labels)
    np.testing.assert_array_equal(solution.perceive(images[:0]), [])
    assert solution.run(images[:2]).memory[0] == labels[:2].sum()
    assert solution.run([{"image": images[3]}, 4]).memory[0] == labels[3] + 4
    with pytest.raises(ValueError, match=r"pictures of shape \(1, 3\): those of 'image' have"):
        solution.perceive(images[:, :, 0][:, None])
    with pytest.raises(ValueError, match="no finite number"):
        solution.perceive(images * np.nan)
    for cell in (1.5, "1", None):
        with pytest.raises(ValueError, match="no word: give a whole number, or a picture"):
            solution.run([cell])
    with pytest.raises(ValueError, match="which pictures"):
        solution.perceive(images, "digits")
    with pytest.raises(ValueError, match="nothing was trained"):
        replace(solution, perception=None).perceive(images)


def test_the_model_takes_pictures(spec: Spec, tmp_path: Path):
    solution = synth.solve(spec, engine=Knows(ADD))
    model: Any = solution.model()
    with np.load(tmp_path / "looks.npz") as arrays:
        images, labels = arrays["images"].astype(np.float32), arrays["labels"]
    pairs, totals = images[:8].reshape(4, 2, 3, 1), labels[:8].reshape(4, 2).sum(1)
    batched = eqx.filter_jit(lambda model, some: jax.vmap(lambda p: model(p).memory)(some))
    memory = batched(model, pairs)
    assert memory[:, 0].argmax(1).tolist() == totals.tolist()
    np.testing.assert_allclose(memory.sum(-1), 1, atol=1e-4)
    np.testing.assert_allclose(model([pairs[0, 0], 4]).memory[0].argmax(), labels[0] + 4)

    def loss(model: Any) -> jax.Array:
        return -jnp.log(batched(model, pairs)[jnp.arange(4), 0, totals]).mean()

    slope = eqx.filter_grad(loss)(model)
    assert np.isfinite(slope.nets["image"].sharpness)
    assert slope.nets["image"].sharpness < 0  # surer of it is better
    eqx.tree_serialise_leaves(tmp_path / "model.eqx", model)
    other = eqx.tree_at(lambda m: m.nets["image"].sharpness, model, jnp.asarray(0.0))
    back = eqx.tree_deserialise_leaves(tmp_path / "model.eqx", other)
    np.testing.assert_array_equal(batched(back, pairs), memory)


def test_engines_of_words_say_that_they_cannot(spec: Spec):
    for engine in ("enumeration", "sat", "mcmc"):
        solution = synth.solve(spec, engine=engine)
        assert solution.result is synth.Result.BUDGET_EXHAUSTED
        assert any(note.startswith(f"{engine} can't: it executes words") for note in solution.notes)


def test_no_candidate_can(capsys, tmp_path: Path):
    engine = tmp_path / "engine.py"
    engine.write_text(
        "from synth.engines import NoCandidate\n"
        "def gives_up(problem, budget, seed):\n"
        "    assert problem.net is not None\n"
        "    yield NoCandidate('9 were tried')\n"
        "gives_up.pictures = True\n"
    )
    net = tmp_path / "net.py"
    net.write_text(
        "from equinox.nn import MLP\n"
        "def make(key, shape, classes):\n"
        "    return MLP(shape[0], classes, 4, 1, key=key) if len(shape) == 1 else (\n"
        "        lambda picture: MLP(3, classes, 4, 1, key=key)(picture[:, 0]))\n"
    )
    out = tmp_path / "run"
    argv = [
        str(write_spec(tmp_path)),
        "--engine",
        str(engine),
        "--net",
        str(net),
        "--out",
        str(out),
    ]
    assert main([*argv, "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert (told["result"], told["program"]) == ("no_candidate", None)
    assert "9 were tried" in told["notes"]
    assert main(["--resume", str(out), "--engine", str(engine)]) == 2
    assert "give the same again, with --net" in capsys.readouterr().err
    assert main(["--resume", str(out), *argv[1:5], "--quiet"]) == 1


def test_a_label_in_disguise_is_told(tmp_path: Path):
    single = {"memory": [{"image": 0}], "expect": {"memory": [5]}}
    solution = synth.solve(load_spec(write_spec(tmp_path, examples=[single])), engine=Knows(ADD))
    assert any("the first is $.examples[0]" in note for note in solution.notes)


@pytest.mark.parametrize(
    ("net", "message"),
    [
        ("no.py:net", "no.py: no such file"),
        (lambda key, shape: None, "fails for pictures 'image' of shape"),
        (lambda key, shape, classes: eqx.nn.Linear(2, 3, key=key), "fails for pictures 'image'"),
        (lambda key, shape, classes: lambda p: p.ravel()[:2], r"gives \(2,\) for a picture"),
        (3, "give an eqx.Module, or make"),
    ],
)
def test_a_bad_net_is_refused(net: Any, message: str, spec: Spec):
    with pytest.raises(PluginError, match=message):
        synth.solve(spec, engine=Knows(ADD), net=net)


def test_a_candidate_that_cannot_read_is_none(spec: Spec):
    def blind(problem, budget, seed):
        yield Note("hm")
        yield Candidate(ADD)
        yield NoCandidate("none")

    blind.pictures = True  # pyright: ignore[reportFunctionMemberAccess]
    solution = synth.solve(spec, engine=blind)
    assert (solution.result, solution.program) == (synth.Result.NO_CANDIDATE, None)
    assert solution.notes[:2] == ("hm", "blind yielded a program without what reads pictures")
