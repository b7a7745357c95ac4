"""What the inputs of each task look like, and what is right: one function a task.

A layout draws, for a machine with `words` words, memory of a given size (the length of its list,
where it has one) and gives the cells afterwards, None where anything is right.
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from benchmarks.suites.inputs import Cells, Expected, integer, several

Memories = tuple[Cells, Expected]
"""Before and after."""


def shuffled(random: Random, count: int) -> Cells:
    """The numbers 0 … count − 1 in a random order (Fisher-Yates)."""
    order = list(range(count))
    for i in range(count - 1, 0, -1):
        j = integer(random, 0, i)
        order[i], order[j] = order[j], order[i]
    return order


def at(address: int, values: Sequence[int]) -> Expected:
    """Expected cells: these values from that address on."""
    return [*[None] * address, *values]


# ---------------------------------------------------------------- arrays


def access(random: Random, words: int, size: int) -> Memories:
    """k, then the array A to the end of memory -> A[k]."""
    return accessed(random, words, integer(random, 0, words - 2))


def access_third(random: Random, words: int, size: int) -> Memories:
    """`access` with k = 3."""
    return accessed(random, words, 3)


def accessed(random: Random, words: int, k: int) -> Memories:
    memory = [k, *several(random, words - 1, 0, words - 1)]
    return memory, [memory[1 + k]]


def increment(random: Random, words: int, size: int) -> Memories:
    """Zero-terminated list -> every element + 1, and the terminator. No element wraps."""
    items = several(random, size, 1, words - 2)
    return [*items, 0], [*(x + 1 for x in items), 0]


def increment_equal(random: Random, words: int, size: int) -> Memories:
    """`increment` of a list of equal elements that leaves room for nothing but its end."""
    items = [integer(random, 1, words - 2)] * size
    return [*items, 0], [*(x + 1 for x in items), 0]


def swap(random: Random, words: int, size: int) -> Memories:
    """p, q, then the list A -> A[p] and A[q] exchanged."""
    return swapped(random, words, size, *several(random, 2, 0, size - 1))


def swap_ends(random: Random, words: int, size: int) -> Memories:
    """`swap` with p = 0, q = 2."""
    return swapped(random, words, size, 0, 2)


def swapped(random: Random, words: int, size: int, p: int, q: int) -> Memories:
    items = several(random, size, 1, words - 1)
    after: list[int | None] = [None] * (2 + max(p, q) + 1)
    after[2 + p], after[2 + q] = items[q], items[p]
    return [p, q, *items], after


def addition(random: Random, words: int, size: int) -> Memories:
    """a, b, which is at most `size` -> a + b, which is a word."""
    b = integer(random, 0, size)
    a = integer(random, 0, words - 1 - b)
    return [a, b], [a + b]


def addition_any(random: Random, words: int, size: int) -> Memories:
    """`addition` as ANC draws it: a, then b, both as large as leaves the sum a word."""
    a = integer(random, 0, words - 3)
    b = integer(random, 0, words - 2 - a)
    return [a, b], [a + b]


def bubble_sort(random: Random, words: int, size: int) -> Memories:
    """Zero-terminated list -> the list in ascending order."""
    items = several(random, size, 1, words - 1)
    return items, [*sorted(items)]


def bubble_sort_first(random: Random, words: int, size: int) -> Memories:
    """`bubble_sort` of a list in which only the first two elements may be out of order."""
    first = several(random, 2, 1, words // 2)
    items = [*first, *sorted(several(random, size - 2, max(first), words - 1))]
    return items, [*sorted(items)]


def copy(random: Random, words: int, size: int) -> Memories:
    """An address, then a zero-terminated list -> the list's elements at that address, too."""
    items = several(random, size, 1, words - 1)
    where = integer(random, size + 2, words - size)
    return [where, *items], at(where, items)


def reverse(random: Random, words: int, size: int) -> Memories:
    """The address of its end, then a zero-terminated list -> behind it, the list reversed, in
    place of the terminator."""
    items = several(random, size, 1, words - 1)
    return [size + 1, *items], at(size + 1, items[::-1])


def permutation(random: Random, words: int, size: int) -> Memories:
    """A permutation of 1 … n, 0, then an array of n words -> cell i holds the array's element
    that entry i of the permutation names."""
    order = [1 + i for i in shuffled(random, size)]
    items = several(random, size, 1, words - 1)
    return [*order, 0, *items], [items[i - 1] for i in order]


def merge(random: Random, words: int, size: int) -> Memories:
    """Three addresses, of two zero-terminated descending lists (`size` elements together) and of
    free cells -> there, one descending list of all elements, and 0."""
    length = integer(random, 1, size - 1)
    one = sorted(several(random, length, 1, words - 1), reverse=True)
    other = sorted(several(random, size - length, 1, words - 1), reverse=True)
    out = 3 + size + 2
    return [3, 4 + length, out, *one, 0, *other], at(
        out, [*sorted([*one, *other], reverse=True), 0]
    )


# ---------------------------------------------------------------- linked lists, trees, graphs

NODES = 3
"""Where the nodes of linked lists begin."""


def linked(items: Cells, places: Cells) -> tuple[int, Cells]:
    """A linked list in memory: a node is a pointer to the next (0 at the end) and a value; node
    i is at the address `NODES` + 2 places[i]. The first node's address, and cells from `NODES`."""
    nodes = [NODES + 2 * place for place in places]
    cells = [0] * (2 * (max(places) + 1))
    for here, onward, item in zip(nodes, [*nodes[1:], 0], items, strict=True):
        cells[here - NODES : here - NODES + 2] = [onward, item]
    return nodes[0], cells


def list_k(random: Random, words: int, size: int) -> Memories:
    """The address of a linked list's first node, k from 1, the address 2 -> there, the value of
    the k-th node."""
    items = several(random, size, 1, words - 1)
    places = shuffled(random, (words - NODES) // 2)[:size]
    return kth(items, places, integer(random, 1, size))


def list_k_contiguous(random: Random, words: int, size: int) -> Memories:
    """`list_k` of a list whose nodes lie in memory in order; its last node points on, too, and is
    not asked for."""
    items = several(random, size, 1, words - 1)
    k = integer(random, 1, size - 1)
    memory, after = kth(items, list(range(size)), k)
    memory[NODES + 2 * (size - 1)] = NODES + 2 * size
    return memory, after


def kth(items: Cells, places: Cells, k: int) -> Memories:
    head, cells = linked(items, places)
    return [head, k, 2, *cells], at(2, [items[k - 1]])


def list_search(random: Random, words: int, size: int) -> Memories:
    """The address of a linked list's first node, one of its values, the address 2 -> there, the
    address of the first node with this value."""
    items = several(random, size, 1, words - 1)
    places = shuffled(random, (words - NODES) // 2)[:size]
    head, cells = linked(items, places)
    value = items[integer(random, 0, size - 1)]
    return [head, value, 2, *cells], at(2, [NODES + 2 * places[items.index(value)]])


TREE = 6
"""Where the nodes of trees begin."""


def tree_walk(random: Random, words: int, size: int) -> Memories:
    """The root's address, the address 1, up to three directions (1 left, 2 right), 0 -> at the
    address 1, the value of the node that they lead to. Nodes of the balanced binary search tree
    are a value and the addresses of the left and the right one (0 if there is none)."""
    values = sorted(several(random, size, 1, words - 1))
    places = shuffled(random, (words - TREE) // 3)
    memory = [0] * words

    def plant(low: int, high: int) -> int:
        """The address of a tree of values[low:high]; 0 if that is empty."""
        if low == high:
            return 0
        middle = (low + high) // 2
        node = TREE + 3 * places[middle]
        memory[node : node + 3] = [values[middle], plant(low, middle), plant(middle + 1, high)]
        return node

    memory[:2] = [plant(0, size), 1]
    here, low, high, target = memory[0], 0, size, integer(random, 0, size - 1)
    for step in range(2, TREE):
        middle = (low + high) // 2
        if middle == target:
            break
        direction = 1 if target < middle else 2
        low, high = (low, middle) if direction == 1 else (middle + 1, high)
        memory[step] = direction
        here = memory[here + direction]
    return memory, at(1, [memory[here]])


def dijkstra(random: Random, words: int, size: int) -> Memories:
    """The address of free cells, the addresses of the adjacency lists of the nodes 1 … n, 0, then
    these lists (neighbour, weight, …, 0) -> from the free cells on, two for each node, the first
    of which holds its distance from node 1. Every node can be reached."""
    order = [0, *(1 + i for i in shuffled(random, size - 1))]
    edges = {(order[integer(random, 0, i - 1)], order[i]) for i in range(1, size)}
    for _ in range(size):
        one, other = several(random, 2, 0, size - 1)
        if one != other:
            edges.add((one, other))
    weights = {edge: integer(random, 1, 9) for edge in sorted(edges)}
    cells: Cells = []
    starts = []
    for node in range(size):
        starts.append(1 + size + 1 + len(cells))
        cells += [x for (a, b), w in weights.items() if a == node for x in (b + 1, w)] + [0]
    out = 1 + size + 1 + len(cells)
    after: list[int | None] = [None] * out
    for distance in distances(weights, size):
        after += [distance, None]
    return [out, *starts, 0, *cells], after


def distances(weights: dict[tuple[int, int], int], size: int) -> Cells:
    """The distances from node 0, by relaxing every edge as often as may be needed (Bellman-Ford:
    not the algorithm that the task is about)."""
    far = sum(weights.values()) + 1
    found = [0, *[far] * (size - 1)]
    for _ in range(size):
        for (a, b), weight in weights.items():
            found[b] = min(found[b], found[a] + weight)
    return found
