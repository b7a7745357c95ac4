"""One search on a Ray cluster of two nodes: the same as here, a worker that is lost or not."""

from __future__ import annotations

import pytest

from bridge import Example, Machine
from bridge.spec import Expect
from synth.enumeration import layers, spread
from synth.enumeration.search import Enumeration
from synth.scale import RayCluster

ray = pytest.importorskip("ray")
pytestmark = pytest.mark.filterwarnings("ignore")  # Ray's own

MACHINE = Machine(words=12, registers=4, steps=80)
HARD = tuple(
    Example(memory=m, expect=Expect(memory=e))
    for m, e in [((3, 1, 4), (5, 9, 2)), ((7, 2), (1, 8, 3)), ((2, 2, 9, 8), (11, 3, 3, 7))]
)
TERMS = 40_000


@pytest.fixture
def cluster(monkeypatch):
    # Its address is this machine's own, which conftest.py takes for another's.
    monkeypatch.setattr("synth.scale.connect.check_address", lambda address: None)
    monkeypatch.setenv("RAY_ENABLE_UV_RUN_RUNTIME_ENV", "0")
    monkeypatch.setattr(layers, "_CHUNK", 2_000)  # so that a layer has many chunks
    monkeypatch.setattr(spread, "BATCH", 4_000)
    from ray.cluster_utils import Cluster

    found = Cluster(initialize_head=True, head_node_args={"num_cpus": 1})
    found.add_node(num_cpus=1)
    found.wait_for_nodes()
    yield RayCluster(found.address)
    ray.shutdown()
    found.shutdown()


class Waiting:
    """As the cluster, but the search waits until all workers are there."""

    def __init__(self, cluster: RayCluster, *, kills: bool) -> None:
        self.cluster, self.kills, self.taken = cluster, kills, 0

    def hire(self, tests, may_fail):
        self.crew = crew = self.cluster.hire(tests, may_fail)
        follow, take = crew.follow, crew.take

        def follow_and_wait(*told):
            follow(*told)
            crew._connected.wait()
            for member in crew._members:
                ray.get(member.ready)

        def count(number):
            self.taken += 1
            if self.kills and self.taken == 3:
                ray.kill(crew._members[0].actor)
            return take(number)

        crew.follow, crew.take = follow_and_wait, count
        return crew


def test_the_search_is_the_same(cluster, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # nodes need not have this checkout: it travels
    alone = Enumeration(HARD, MACHINE, TERMS)
    wanted = [str(term) for term in alone.programs()]
    for kills in (False, True):
        waiting = Waiting(cluster, kills=kills)
        spread = Enumeration(HARD, MACHINE, TERMS, executor=waiting)
        assert [str(term) for term in spread.programs()] == wanted
        assert (spread.terms, spread.states) == (alone.terms, alone.states)
        assert spread.near_misses(20) == alone.near_misses(20)
        assert waiting.taken > 5
        assert len(waiting.crew._members) == 2 - kills
        assert any("was lost" in note for note in spread.notes()) == kills
        spread.close()
