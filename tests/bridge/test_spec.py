"""Specs: what loads, and that what does not says where, what and how to mend it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.errors import SpecError
from bridge.loading import decode_spec, load_spec, spec_schema
from bridge.spec import Example, Expect, Machine, Spec
from synth.search import main
from tests.bridge.bad_specs import BAD_SPECS, write_bad_spec
from tests.cases import TABLE1

MINIMAL = '{"machine": {"words": 8}, "examples": [{"memory": [1], "expect": {"memory": [2]}}]}'
FULL = """
{
  "name": "map_inc",
  "machine": {"words": 12, "registers": 4, "lines": 16, "steps": 96, "halt": false},
  "examples": [{"memory": [3, 1, 0], "expect": {"memory": [4, null, 0], "registers": [0, null]}}],
  "holdout":  [{"memory": [2, 6, 0], "expect": {"memory": [3, 7, 0]}}],
  "search": {"seconds": 7.5, "seed": 3, "terms": 10, "restarts": 0},
  "oracle": "loop: jump 3 loop",
  "sketch": "(do (store 0 (hole)))",
  "start": "inc 4 4",
  "objective": "steps",
  "rulesets": ["mine"]
}
"""
LISTS = """
{
  "machine": {"words": 16},
  "examples": [{"input": [3, 0], "output": [4, 1]}, {"inputs": [[2]], "output": [3]}],
  "holdout": [{"input": [-2], "output": [-1]}],
  "layout": "prefixed",
  "signed": true
}
"""


def test_defaults(tmp_path: Path):
    path = tmp_path / "my spec!.v2.json"
    path.write_text(MINIMAL)
    spec = load_spec(path)
    assert spec.name == "my_spec_.v2"
    assert spec.machine == Machine(words=8, registers=6, lines=16, steps=128, halt=True)
    assert spec.examples == (Example(memory=(1,), expect=Expect(memory=(2,))),)
    assert spec.holdout == ()
    assert (spec.search.seconds, spec.search.seed) == (60, 0)
    assert spec.objective == "correct"
    assert {spec.oracle, spec.sketch, spec.start} == {msgspec.UNSET}
    assert load_spec(str(path)) == spec


def test_every_field():
    spec = decode_spec(FULL)
    assert spec.machine == Machine(words=12, registers=4, lines=16, steps=96, halt=False)
    assert spec.examples[0].expect == Expect(memory=(4, None, 0), registers=(0, None))
    assert list(spec.examples[0].cells()) == [
        ("memory", 0, 4),
        ("memory", 2, 0),
        ("registers", 0, 0),
    ]
    assert spec.search.seconds == 7.5
    assert (spec.oracle, spec.start) == ("loop: jump 3 loop", "inc 4 4")
    assert spec.rulesets == ("mine",)
    assert decode_spec(FULL.encode()) == spec


@pytest.mark.parametrize("name", TABLE1)
def test_specs_written_out_load_again(name: str):
    spec = TABLE1[name].spec
    assert decode_spec(msgspec.json.encode(spec)) == spec


@pytest.mark.parametrize(
    "sketch",
    [
        "(do (store 0 (hole)))",
        "; a term\n  (do (store 0 (hole)))",
        "read 1 2\n?\nwrite ? 2",
        "; assembly (\nread 1 2\n?\nwrite ? 2",
    ],
)
def test_sketches_are_terms_or_assembly(sketch: str):
    assert decode_spec(json.dumps({**json.loads(MINIMAL), "sketch": sketch})).sketch == sketch


@pytest.mark.parametrize("stem", ["", "...", "ü/", "x" * 200, "a\nb"])
def test_any_file_name_gives_a_name(stem: str):
    assert re.fullmatch(r"[A-Za-z0-9_.\-]{1,80}", decode_spec(MINIMAL, name=stem).name)


def test_what_editors_add_is_accepted(tmp_path: Path):
    path = tmp_path / "spec.json"
    schema = {"$schema": "https://example.org/spec.json", **json.loads(MINIMAL)}
    path.write_bytes(json.dumps(schema).encode("utf-8-sig"))
    spec = load_spec(path)
    assert spec.examples == decode_spec(MINIMAL).examples
    assert decode_spec(msgspec.json.encode(spec)) == spec
    assert "$schema" in spec_schema()["$defs"]["Spec"]["properties"]


def test_a_long_spec_that_is_wrong_is_explained_in_good_time():
    example = {"memory": [1], "expect": {"memory": [2]}}
    raw = {"machine": {"words": 8}, "examples": [example] * 40_000}
    began = time.process_time()
    for key, value, message in (
        ("memory", [1, "x"], "$.examples[40000].memory[1]: expected 'int | object', got 'str'"),
        ("memory", [9], "$.examples[40000].memory[0]: 9 is no word of the machine: give 0 to 7, "
                        "or raise machine.words (now 8)"),
        ("more", 1, "$.examples[40000]: object contains unknown field 'more'"),
    ):  # fmt: skip
        examples = [*raw["examples"], {**example, key: value}]
        with pytest.raises(SpecError) as error:
            decode_spec(json.dumps({**raw, "examples": examples}))
        assert str(error.value) == message
    assert time.process_time() - began < 30  # not in the square of its length


def test_the_same_example_twice_is_no_contradiction():
    raw = json.loads(MINIMAL)
    raw["examples"].append({"memory": [1, 0, 0], "expect": {"memory": [2, 5]}})
    raw["holdout"] = raw["examples"]
    assert len(decode_spec(json.dumps(raw)).holdout) == 2


# ---------------------------------------------------------------- bad specs


@pytest.mark.parametrize("name", BAD_SPECS)
def test_a_bad_spec_names_file_path_and_reason(name: str, tmp_path: Path):
    path = write_bad_spec(name, tmp_path)
    with pytest.raises(SpecError) as error:
        load_spec(path)
    message = str(error.value)
    assert message == f"{path}: {BAD_SPECS[name][1]}"
    assert len(message) < 400 + len(str(path))


def test_there_are_enough_bad_specs():
    assert len(BAD_SPECS) >= 35


def test_a_path_that_is_no_path():
    with pytest.raises(SpecError, match="cannot be read: embedded null byte"):
        load_spec("a\0b")


def test_an_endless_file():
    with pytest.raises(SpecError, match="/dev/zero: larger than 64 MiB: give fewer examples"):
        load_spec("/dev/zero")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda v: st.lists(v, max_size=3) | st.dictionaries(st.text(max_size=5), v, max_size=3),
    max_leaves=6,
)


def places(value: Any, at: tuple = ()):
    """The path of everything in a JSON value, the root too."""
    yield at
    if isinstance(value, dict | list):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from places(item, (*at, key))


@pytest.mark.parametrize("text", [FULL, LISTS], ids=["memory", "lists"])
@given(data=st.data(), value=json_values, add=st.booleans())
def test_any_damage_gives_a_spec_or_a_spec_error(text: str, data, value, add: bool):
    """One place of a good spec is replaced, or gets one thing more."""
    raw = {"": json.loads(text)}
    *path, last = ("", *data.draw(st.sampled_from(list(places(raw[""])))))
    target: Any = raw
    for key in path:
        target = target[key]
    there = target[last]
    if add and isinstance(there, list):
        there.append(value)
    elif add and isinstance(there, dict):
        there[data.draw(st.text(max_size=5))] = value
    else:
        target[last] = value
    try:
        spec = decode_spec(json.dumps(raw[""]))
    except SpecError as error:
        message = str(error)
    else:
        assert isinstance(spec, Spec)
        return
    assert re.match(r"\$|not valid JSON: ", message)
    assert "\n" not in message


@given(st.binary(max_size=40) | st.text('{}[]":,0123456789.eE-+ntruefalsNI \\u', max_size=40))
def test_any_other_data_is_a_spec_error(data: bytes | str):
    with pytest.raises(SpecError):
        decode_spec(data)


# ---------------------------------------------------------------- the command


@pytest.mark.parametrize("name", BAD_SPECS)
def test_the_command_explains_a_bad_spec(name: str, tmp_path: Path, capfd):
    path = write_bad_spec(name, tmp_path)
    assert main([str(path), "--out", str(tmp_path / "run")]) == 2
    out, err = capfd.readouterr()
    assert out == ""
    assert err == f"error: {path}: {BAD_SPECS[name][1]}\n"
    assert not (tmp_path / "run").exists()


def test_the_command_reads_stdin():
    done = subprocess.run(
        [sys.executable, "-m", "synth.search", "-"], input='{"machine": 3}',
        capture_output=True, text=True, timeout=600,
    )  # fmt: skip
    assert done.returncode == 2
    assert done.stderr == "error: -: $.examples: missing: add it\n"


@pytest.mark.parametrize("name", ["a missing file", "a list at the top", "deep nesting"])
def test_the_command_as_a_process(name: str, tmp_path: Path):
    path = write_bad_spec(name, tmp_path)
    done = subprocess.run(
        [sys.executable, "-m", "synth.search", str(path)],
        capture_output=True, text=True, timeout=600,
    )  # fmt: skip
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr == f"error: {path}: {BAD_SPECS[name][1]}\n"


# ---------------------------------------------------------------- the schema


def test_the_schema_explains_every_field():
    schema = spec_schema()
    structs = schema["$defs"]
    assert set(structs) == {
        "Spec", "Machine", "Example", "ListExample", "Expect", "ImageFile", "Search",
    }  # fmt: skip
    for name, struct in structs.items():
        assert struct["additionalProperties"] is False
        assert struct["description"], name
        for key, field in struct["properties"].items():
            assert "description" in field or "$ref" in json.dumps(field), f"{name}.{key}"


def test_the_schema_has_the_limits():
    structs = spec_schema()["$defs"]
    assert structs["Spec"]["required"] == ["examples"]
    assert structs["Spec"]["properties"]["examples"]["minItems"] == 1
    words = structs["Machine"]["properties"]["words"]
    assert (words["minimum"], words["maximum"]) == (2, 256)
    json.dumps(spec_schema(), allow_nan=False)
