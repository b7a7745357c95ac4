"""Files of costs: what is wrong with one is said; what is right is used."""

import pytest
from egglog import StringLike
from hypothesis import given
from hypothesis import strategies as st

from synth.costs.costs import Costs
from synth.costs.files import LEAST, CostsError, digest_of, encode_costs, known_names, load_costs
from synth.language import FULL, Stmt, construct, do, inc, load, store, walk

NAMES = known_names()


@st.composite
def some_costs(draw):
    names = draw(st.sets(st.sampled_from(sorted(NAMES)), max_size=8))
    own = {n: draw(st.integers(LEAST.get(NAMES[n], 1), 40)) for n in sorted(names)}
    return Costs(draw(st.integers(1, 16)), own, name="c.json")


@given(some_costs())
def test_they_are_read_as_written(tmp_path_factory, costs):
    path = tmp_path_factory.mktemp("costs") / "c.json"
    path.write_text(encode_costs(costs, 3))
    read = load_costs(path)
    assert (read, digest_of(read)) == (costs, digest_of(costs))


@given(some_costs(), some_costs())
def test_others_have_another_digest(one, other):
    assert (digest_of(one) == digest_of(other)) == (one == other)


def test_all_that_is_enumerated_has_a_cost():
    assert {"map", "add", "plus", "succ", "var", "0", "3"} <= NAMES.keys()
    assert not {"hole", "hole-stmt", "noop", "const", "4"} & NAMES.keys()
    assert all(FULL[name].sort == sort for name, sort in NAMES.items() if name in FULL)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{", "not valid JSON"),
        ("[]", "$: expected an object"),
        ('{"costs": {}}', "$.unit: missing"),
        ('{"unit": 4}', "$.costs: missing"),
        ('{"unit": 0, "costs": {}}', "$.unit: expected an integer from 1 to 16, not 0"),
        ('{"unit": 4, "costs": {}, "term": 1}', "$.term: unknown key: did you mean 'terms'?"),
        ('{"unit": 4, "costs": {"map": 0}}', "$.costs.map: expected an integer from 1 to 255"),
        ('{"unit": 4, "costs": {"map": 1}}', "$.costs.map: expected 2 or more"),
        ('{"unit": 4, "costs": {"mapp": 4}}', "did you mean 'map'?"),
        ('{"unit": 4, "costs": {"noop": 4}}', "$.costs.noop: no construct that is enumerated"),
    ],
)
def test_what_is_wrong_is_said(tmp_path, content, said):
    path = tmp_path / "costs.json"
    path.write_text(content)
    with pytest.raises(CostsError) as error:
        load_costs(path)
    assert str(error.value).startswith(f"{path}: ")
    assert said in str(error.value)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(CostsError, match=r"none\.json: cannot be read: No such file"):
        load_costs(tmp_path / "none.json")


@construct(cost=5)
def slide(p: StringLike) -> Stmt:
    """Each element of the list at p moves to the cell before it."""
    return walk(p, do(store(p, load(inc(p)))))


def test_a_construct_of_ones_own_has_a_cost_in_its_language(tmp_path):
    path = tmp_path / "costs.json"
    path.write_text('{"unit": 1, "costs": {"slide": 3}}')
    costs = load_costs(path, FULL.extended(slide))
    assert costs.of(slide) == 3
    with pytest.raises(CostsError, match="no construct that is enumerated"):
        load_costs(path)
