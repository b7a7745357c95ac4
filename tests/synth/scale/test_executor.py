"""What is said where a search cannot be spread; no cluster is needed for that."""

from __future__ import annotations

import builtins
import json
from pathlib import Path

import pytest

import synth
from bridge import SpecError
from synth.scale import ExecutorError, RayCluster
from synth.scale.connect import check_address
from synth.search import main
from tests.cases import TABLE1

SPEC = {
    "machine": {"words": 8},
    "examples": [{"memory": [1], "expect": {"memory": [2]}}],
    "sketch": "(do (store 0 (hole)))",
}


def said(arguments: list[str], tmp_path: Path, capsys) -> str:
    path = tmp_path / "spec.json"
    path.write_text(json.dumps(SPEC))
    assert main([str(path), *arguments, "--out", "none"]) == 2
    return capsys.readouterr().err


def test_an_address_is_a_clusters(tmp_path, capsys):
    why = said(["--address", "127.0.0.1:1"], tmp_path, capsys)
    assert why.startswith("error: --address is a Ray cluster's: add --executor ray")


@pytest.mark.parametrize("address", ["", f"{'x' * 300}:6379"])
def test_an_address_that_is_none_is_refused(address: str):
    with pytest.raises(ExecutorError, match="--address"):
        check_address(address)


def test_without_ray_the_extra_is_named(tmp_path, capsys, monkeypatch):
    load = builtins.__import__

    def without_ray(name, *rest, **more):
        if name == "ray":
            raise ImportError(name)
        return load(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without_ray)
    why = said(["--executor", "ray"], tmp_path, capsys)
    assert "Ray is not installed: pip install 'skeletune[ray]'" in why


def test_where_nothing_is_enumerated_it_is_refused(tmp_path, capsys):
    """Of a sketch only holes are filled; other engines enumerate nothing."""
    pytest.importorskip("ray")
    assert r"no effect with $.sketch in the spec" in said(["--executor", "ray"], tmp_path, capsys)
    with pytest.raises(SpecError, match=r"executor: no effect with the engine mcmc: leave it out"):
        synth.solve(TABLE1["inc"].spec, engine="mcmc", executor=RayCluster())
