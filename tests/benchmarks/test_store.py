"""Results survive kills, and runs of different versions or machines don't mix unasked."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.store import Store, StoreError, read_records

HERE = {"source": "a", "cpu": "x"}


def record(key: str, environment: dict[str, str] = HERE) -> dict:
    return {
        "key": key, "suite": "s", "task": "t", "engine": "e", "seed": 0, "result": "verified",
        "environment": environment,
    }  # fmt: skip


def test_what_was_added_is_there(tmp_path: Path):
    path = tmp_path / "new" / "results.jsonl"
    with Store(path, HERE) as store:
        store.append(record("one"))
        store.append(record("two"))
    with Store(path, HERE) as store:
        assert store.keys == {"one", "two"}
    assert [r["key"] for r in read_records(path)] == ["one", "two"]


def test_a_kill_at_any_byte_loses_one_record(tmp_path: Path):
    path = tmp_path / "results.jsonl"
    with Store(path, HERE) as store:
        store.append(record("one"))
        whole = path.stat().st_size
        store.append(record("two"))
    data = path.read_bytes()
    for size in range(whole, len(data)):
        path.write_bytes(data[:size])
        with Store(path, HERE) as store:
            kept = {"one", "two"} if size == len(data) - 1 else {"one"}
            assert store.keys == kept, size
            store.append(record("three"))
        assert {r["key"] for r in read_records(path)} == {*kept, "three"}


def test_another_environment_is_refused(tmp_path: Path):
    path = tmp_path / "results.jsonl"
    with Store(path, HERE) as store:
        store.append(record("one"))
    other = HERE | {"source": "b"}
    with pytest.raises(StoreError, match=r"another version or machine \(source: a, b\).*--mix"):
        Store(path, other)
    with Store(path, other, mix=True) as store:
        store.append(record("two", other))
    with pytest.raises(StoreError, match="--mix"):
        Store(path, HERE)


def test_another_version_of_an_engine_is_refused(tmp_path: Path):
    path = tmp_path / "results.jsonl"
    with Store(path, HERE) as store:
        store.append(record("1") | {"engine": "mine.py:E", "engine_source": "a"})
    for engines in ({"mine.py:E": "a"}, {"both": None}):
        with Store(path, HERE, engines=engines) as store:
            assert store.keys == {"1"}
    with pytest.raises(StoreError, match=r"another version of the engine mine\.py:E.*--mix"):
        Store(path, HERE, engines={"mine.py:E": "b"})
    with Store(path, HERE, engines={"mine.py:E": "b"}, mix=True) as store:
        assert store.keys == {"1"}


def test_only_one_process_adds(tmp_path: Path):
    with (
        Store(tmp_path / "r.jsonl", HERE),
        pytest.raises(StoreError, match="another process"),
    ):
        Store(tmp_path / "r.jsonl", HERE)


@pytest.mark.parametrize("text", ["no json\n", json.dumps({"a": 1}) + "\n", "[1]\n"])
def test_other_files_are_refused(tmp_path: Path, text: str):
    path = tmp_path / "other.jsonl"
    path.write_text(text)
    with pytest.raises(StoreError, match=r"other\.jsonl.*name a file of results"):
        read_records(path)
    with pytest.raises(StoreError, match="name a file of results"):
        Store(path, HERE)
    assert path.read_text() == text


def test_a_missing_file(tmp_path: Path):
    with pytest.raises(StoreError, match="cannot be read"):
        read_records(tmp_path / "none.jsonl")
