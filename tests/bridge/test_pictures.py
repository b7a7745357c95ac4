"""Specs with pictures: what loads, what engines may see of it, and how errors say what to mend."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from bridge import SpecError, load_spec
from bridge.loading import encode_spec
from bridge.pictures import disguised_labels
from synth.problem import resolve

ONE = {"file": "digits.npz", "words": [1, 2, 3]}
GOOD: dict[str, Any] = {
    "machine": {"words": 8, "registers": 3, "lines": 4},
    "examples": [
        {"memory": [{"image": 5}, {"image": 2}, 0], "expect": {"memory": [3, None, 1]}},
        {"memory": [7, {"image": 2}], "expect": {"registers": [None, 4]}},
    ],
    "holdout": [{"memory": [{"image": 0}], "expect": {"memory": [1]}}],
    "images": ONE,
}
PIXELS = np.arange(48, dtype=np.uint8).reshape(6, 4, 2)


def write(place: Path, arrays: dict[str, Any] | bytes | None = None, **changes: Any) -> Path:
    """The good spec with those keys changed, and its pictures."""
    path = place / "spec.json"
    path.write_text(json.dumps({**GOOD, **changes}))
    images = place / "digits.npz"
    if isinstance(arrays, bytes):
        images.write_bytes(arrays)
    else:
        np.savez(images, **(arrays or {"images": PIXELS, "labels": [1, 2, 3, 1, 2, 3]}))
    return path


def test_engines_see_the_examples_pictures_alone(tmp_path: Path):
    spec = load_spec(write(tmp_path))
    problem = resolve(spec)
    (images,) = problem.images
    assert (images.name, images.words, images.shape, images.labels) == (
        "image", (1, 2, 3), (4, 2), None,
    )  # fmt: skip
    np.testing.assert_allclose(images.pixels, PIXELS[[2, 5]] / 47)
    np.testing.assert_array_equal(images.scale(PIXELS[[5, 2]]), images.pixels[[1, 0]])
    tests = problem.pictures
    assert tests.which[:, :3].tolist() == [[0, 0, -1], [-1, 0, -1]]
    assert tests.index[:, :2].tolist() == [[1, 0], [0, 0]]
    assert tests.memory[:, :2].tolist() == [[0, 0], [7, 0]]
    assert np.argwhere(tests.checked).tolist() == [[0, 0], [0, 2], [1, 9]]
    assert tests.expect[tests.checked].tolist() == [3, 1, 4]
    assert tests.filled([np.array([4, 6])])[:, :3].tolist() == [[6, 4, 0], [7, 4, 0]]
    assert problem.accuracy == 0.9
    assert spec.examples[1].words == (7, 0)
    assert disguised_labels(spec.examples) == [1]


def test_several_sets_have_names(tmp_path: Path):
    cell = {"operators": 1}
    path = write(
        tmp_path,
        images={"digits": ONE, "operators": {"file": "digits.npz", "words": [5, 6]}},
        examples=[{"memory": [{"digits": 0}, cell], "expect": {"memory": [1]}}],
        holdout=[], accuracy=0.5,
    )  # fmt: skip
    with pytest.raises(SpecError, match=r"labels\[0\]: 1 is none of the words that a picture may"):
        load_spec(path)
    problem = resolve(
        load_spec(write(tmp_path, {"images": PIXELS}, **json.loads(path.read_text())))
    )
    assert [images.name for images in problem.images] == ["digits", "operators"]
    assert problem.pictures.which[0, :3].tolist() == [0, 1, -1]
    assert problem.accuracy == 0.5


def test_a_spec_written_out_loads_again(tmp_path: Path):
    spec = load_spec(write(tmp_path))
    (tmp_path / "spec.json").write_bytes(encode_spec(spec))
    assert load_spec(tmp_path / "spec.json") == spec


def cells(*memory: Any) -> dict[str, Any]:
    return {"memory": list(memory), "expect": {"memory": [1]}}


BAD: dict[str, tuple[dict[str, Any], str]] = {
    "a missing file": (
        {"images": ONE | {"file": "x.npz"}},
        "$.images.file: 'x.npz': there is no such file in {folder}",
    ),
    "a file above": (
        {"images": ONE | {"file": "../digits.npz"}},
        "$.images.file: '../digits.npz': name a file in the spec's own folder, without '..'",
    ),
    "an absolute file": (
        {"images": ONE | {"file": "/digits.npz"}},
        "$.images.file: '/digits.npz': name a file in the spec's own folder, without '..'",
    ),
    "a link out of the folder": (
        {"images": ONE | {"file": "link/hostname"}},
        "$.images.file: 'link/hostname': leads out of the spec's folder: put the file there",
    ),
    "no file": ({"images": {"words": [1, 2]}}, "$.images.file: missing: add it"),
    "one word": (
        {"images": ONE | {"words": [1]}},
        "$.images.words: expected an array of 2 to 256 entries, not [1]",
    ),
    "a word twice": (
        {"images": ONE | {"words": [1, 1]}},
        "$.images.words: a word is given twice: remove one",
    ),
    "a word that is too large": (
        {"images": ONE | {"words": [1, 8]}},
        "$.images.words: 8 is no word of the machine: give 0 to 7, or raise machine.words (now 8)",
    ),
    "an unknown key": (
        {"images": ONE | {"pixels": 3}},
        "$.images.pixels: unknown key: there are file, words",
    ),
    "an unknown set": (
        {"examples": [cells({"digits": 0})]},
        "$.examples[0].memory[0]: no pictures 'digits': there are image",
    ),
    "pictures without a file": (
        {"images": {}},
        "$.examples[0].memory[0]: no pictures 'image': name their file in $.images",
    ),
    "no pictures in the examples": (
        {"examples": [cells(3)]},
        '$.examples: none holds a picture: write {{"image": 0}} for a word',
    ),
    "an index out of range": (
        {"examples": [cells({"image": 6})]},
        "$.examples[0].memory[0].image: no picture 6: the file has 6, counted from 0",
    ),
    "a held-out index out of range": (
        {"holdout": [cells(0, {"image": 9})]},
        "$.holdout[0].memory[1].image: no picture 9: the file has 6, counted from 0",
    ),
    "a picture that is in both": (
        {"holdout": [cells({"image": 0}), cells({"image": 1}, {"image": 2})]},
        "$.holdout[1].memory[1].image: picture 2 is in $.examples[0], too: hold out pictures that "
        "no example has",
    ),
    "an oracle": ({"oracle": "halt"}, "$.oracle: not with $.images, which no program reads: "
                  "leave it out"),
    "few steps": (
        {"objective": "steps"},
        "$.objective: 'steps' is not for $.images: leave it out",
    ),
    "preload": (
        {"machine": {"words": 10, "preload": True}},
        "$.machine.preload: not with $.images, which preload nothing: leave it out",
    ),
    "accuracy 0": ({"accuracy": 0}, "$.accuracy: expected a number > 0 and <= 1, not 0"),
    "a folder": (
        {"folder": "/"},
        "$.folder: unknown key: there are machine, examples, name, holdout, images, accuracy, "
        "layout, signed, search, oracle, sketch, start, objective, rulesets, $schema",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_a_bad_spec_names_file_path_and_reason(name: str, tmp_path: Path):
    changes, message = BAD[name]
    (tmp_path / "link").symlink_to("/etc")
    path = write(tmp_path, **changes)
    with pytest.raises(SpecError) as error:
        load_spec(path)
    assert str(error.value) == f"{path}: {message.format(folder=tmp_path)}"


NO_ARRAYS = "cannot be read: write it with numpy.savez(file, images=…), numbers only"
BAD_FILES: dict[str, tuple[Any, str]] = {
    "no archive": (b"PK\3\4 nothing", NO_ARRAYS),
    "no images": ({"pixels": PIXELS}, NO_ARRAYS),
    "more arrays": ({"images": PIXELS, "more": PIXELS}, NO_ARRAYS),
    "objects": (
        {"images": np.array([{}, {}], object)},
        "holds objects, not numbers: write it with numpy.savez(file, images=…), numbers only",
    ),
    "text": ({"images": np.array(["a"])}, "images: <U1 are no numbers: store integers or floats"),
    "flat": (
        {"images": np.zeros(9)},
        "images: shape (9,): give (pictures, height, width), with channels behind or not, or "
        "(pictures, numbers)",
    ),
    "none at all": (
        {"images": np.zeros((0, 8, 8))},
        "images: shape (0, 8, 8): give (pictures, height, width), with channels behind or not, or "
        "(pictures, numbers)",
    ),
    "NaN": (
        {"images": np.where(PIXELS == 20, np.nan, PIXELS)},
        "images[2]: NaN or infinite: replace or remove it",
    ),
    "too large for 32 bits": (
        {"images": PIXELS * 1e300},
        "images[0]: NaN or infinite: replace or remove it",
    ),
    "labels that are no words": (
        {"images": PIXELS, "labels": [1, 2, 3, 1, 2, 9]},
        "labels[5]: 9 is none of the words that a picture may show",
    ),
    "too few labels": (
        {"images": PIXELS, "labels": [1, 2]},
        "labels: int64 of shape (2,): give 6 integers, or none",
    ),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_bad_file_of_pictures_is_explained(name: str, tmp_path: Path):
    arrays, message = BAD_FILES[name]
    path = write(tmp_path, arrays)
    with pytest.raises(SpecError) as error:
        load_spec(path)
    assert str(error.value) == f"{path}: $.images.file: digits.npz: {message}"


def test_a_file_that_unpacks_to_too_much_is_not_unpacked(tmp_path: Path, monkeypatch):
    monkeypatch.setattr("bridge.images.MAX_NUMBERS", 40)
    with pytest.raises(SpecError, match="more than 40 numbers: give fewer or smaller pictures"):
        load_spec(write(tmp_path))
    monkeypatch.setattr("bridge.images.MAX_NUMBERS", -500)
    with pytest.raises(SpecError, match="cannot be read"):
        load_spec(write(tmp_path))


def test_many_examples_load_quickly(tmp_path: Path):
    """100,000 in a second where nothing else runs: here by the process's own time, with room."""
    draw = np.random.default_rng(0).integers(0, 6, (100_000, 3)).tolist()
    examples = [{"memory": [{"image": i} for i in row], "expect": {"memory": [1]}} for row in draw]
    path = write(tmp_path, examples=examples, holdout=[])
    began = time.process_time()
    spec = load_spec(path)
    assert time.process_time() - began < 10
    assert len(spec.examples) == 100_000
    assert msgspec.to_builtins(spec.examples[7]) == {
        "memory": tuple(examples[7]["memory"]),
        "expect": {"memory": (1,), "registers": ()},
    }


def test_pictures_in_inputs_lie_where_words_would(tmp_path: Path):
    rows = [{"input": [{"image": 5}, {"image": 2}], "output": 3}, {"input": [2], "output": 2}]
    path = write(tmp_path, examples=rows, holdout=[], machine={"words": 8})
    spec = load_spec(path)
    assert [e.memory for e in spec.examples] == [({"image": 5}, {"image": 2}, 0), (2, 0)]
    assert [e.expect.memory for e in spec.examples] == [(3,), (2,)]
    path.write_bytes(encode_spec(spec))  # as examples of memory
    assert load_spec(path) == spec


def test_where_a_picture_may_show_0_a_list_begins_with_its_length(tmp_path: Path):
    rows = [{"inputs": [{"image": 1}, [4, {"image": 2}], [{"image": 0}]], "output": [7]}]
    files = {"file": "digits.npz", "words": [0, 12]}
    arrays = {"images": PIXELS}
    spec = load_spec(write(tmp_path, arrays, examples=rows, holdout=[], machine={}, images=files))
    assert spec.machine.words == 16
    (example,) = spec.examples
    assert example.memory == ({"image": 1}, 5, 2, 4, {"image": 2}, 1, {"image": 0})
    assert example.expect.memory == (None, None, 1, 7)


@pytest.mark.parametrize(
    ("input_", "said"),
    [
        ([1, {"image": "x"}], '[1]: expected a picture, {"image": 17}'),
        ([{"digit": 1}], "[0]: no pictures 'digit': there are image"),
        ([1, 2, {"image": 99}], "[2].image: no picture 99: the file has 6"),
        ([[{"image": 1}]], "[0]: a list within a list"),
    ],
)
def test_what_is_wrong_with_a_picture_in_an_input(input_: Any, said: str, tmp_path: Path):
    rows = [{"input": input_, "output": 1}]
    with pytest.raises(SpecError) as error:
        load_spec(write(tmp_path, examples=rows, holdout=[]))
    assert f"$.examples[0].input{said}" in str(error.value)


def test_a_0_would_end_a_list_in_which_a_picture_may_show_it(tmp_path: Path):
    rows = [{"input": [{"image": 1}], "output": 1}]
    images = {"file": "digits.npz", "words": [0, 1]}
    with pytest.raises(SpecError, match=r"\$\.layout: a picture in a list may show 0.*'prefixed'"):
        load_spec(write(tmp_path, examples=rows, images=images, layout="terminated"))
