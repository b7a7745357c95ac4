"""What is said where a search cannot be spread; no cluster is needed for that."""

from __future__ import annotations

import builtins
import json
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread
from types import SimpleNamespace

import pytest

import synth
from bridge import SpecError
from synth.scale import ExecutorError, RayCluster, cluster
from synth.scale.cluster import RayCrew
from synth.scale.connect import check_address, connected
from synth.search import main
from tests.cases import TABLE1

with suppress(ImportError):
    # Its import closes the handlers of logging, and that of absl, if JAX has loaded it, closes what
    # was standard error then: pytest's own, if a test first imports it that has another one.
    import ray  # noqa: F401

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


@pytest.mark.parametrize("address", ["", "x:y", "::", ":6379", "head", f"{'x' * 300}:6379"])
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


def fake_ray(init, *, began=False):
    """As much of Ray as a connection needs, and what was called."""
    calls = []

    def noted(**given):
        calls.append("init")
        init()

    return calls, SimpleNamespace(
        is_initialized=lambda: began, init=noted, shutdown=lambda: calls.append("shutdown")
    )


def nothing():
    pass


@pytest.mark.parametrize(
    ("began", "calls"), [(False, ["init", "shutdown"]), (True, [])], ids=["own", "another's"]
)
def test_a_connection_ends_where_it_began(began: bool, calls: list[str]):
    """Whatever comes in between; that of whoever calls is left alone."""
    called, ray = fake_ray(nothing, began=began)
    with suppress(ZeroDivisionError), connected(ray, None, ()):
        assert called == calls[:1]
        raise ZeroDivisionError
    assert called == calls


def test_workers_that_do_not_go_are_not_waited_for(unchecked_shapes, monkeypatch):
    """Ray is asked for a cluster, and says nothing."""
    asked, answered = Event(), Event()

    def init():
        asked.set()
        answered.wait()

    called, ray = fake_ray(init)
    ray.remote = lambda **given: pytest.fail("a worker is hired when all is over")
    monkeypatch.setattr(cluster, "load_ray", lambda: ray)
    monkeypatch.setattr(cluster, "PARTING", 0.1)
    crew = RayCluster().hire(None, 0)
    assert isinstance(crew, RayCrew)
    crew.follow(None, None, None)
    assert asked.wait(60)
    closing = Thread(target=crew.close, daemon=True)
    closing.start()
    closing.join(60)
    assert not closing.is_alive()
    answered.set()
    assert crew._thread is not None
    crew._thread.join(60)
    assert called == ["init", "shutdown"]
