"""Jobs on a cluster of two nodes, of which one is killed while they run: nothing is lost."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from benchmarks.environment import describe, fingerprint
from benchmarks.executors import ExecutorError, RayExecutor
from benchmarks.jobs import Limits, draw_up
from benchmarks.suites import load_suite

ray = pytest.importorskip("ray")
pytestmark = pytest.mark.filterwarnings("ignore")  # Ray's own


@pytest.fixture
def cluster(monkeypatch):
    # Its address is this machine's own, which conftest.py takes for another's.
    monkeypatch.setattr("synth.scale.connect.check_address", lambda address: None)
    from ray.cluster_utils import Cluster

    found = Cluster(initialize_head=True, head_node_args={"num_cpus": 1})
    yield found
    ray.shutdown()
    found.shutdown()


def jobs():
    limits = Limits(seconds=1_000, grace=60, memory=4, cores=1, terms=1_500)
    return list(draw_up([load_suite("table1")], ["enumeration"], [0], limits))


def all_nodes_work():
    limit = time.monotonic() + 60
    while ray.available_resources().get("CPU", 0):
        assert time.monotonic() < limit
        time.sleep(0.05)


def test_a_node_dies(cluster, monkeypatch):
    monkeypatch.setenv("RAY_ENABLE_UV_RUN_RUNTIME_ENV", "0")
    wanted = jobs()
    running = RayExecutor(cluster.address).run(wanted)
    # It is connected through the head: of several nodes on a machine Ray takes any, and that one
    # must not die.
    records = [next(running)]
    doomed = cluster.add_node(num_cpus=1)
    cluster.wait_for_nodes()
    all_nodes_work()
    cluster.remove_node(doomed, allow_graceful=False)
    records += running
    here = fingerprint(describe())
    assert sorted(r["key"] for r in records) == sorted(job.key(here) for job in wanted)
    solved = {r["task"] for r in records if r["result"] == "verified"}
    assert solved >= {"inc", "map_inc"}
    assert {r["state"] for r in records} == {"finished"}


def test_no_cluster():
    with pytest.raises(ExecutorError, match="no Ray cluster"):
        next(RayExecutor("127.0.0.1:1").run(jobs()))


def test_code_travels_with_the_jobs(cluster, tmp_path: Path, monkeypatch):
    """Nodes need not have this checkout: they start elsewhere."""
    monkeypatch.chdir(tmp_path)
    record = next(RayExecutor(cluster.address).run(jobs()[:1]))
    assert record["environment"]["source"] == describe()["source"]
    assert os.getcwd() == str(tmp_path)
