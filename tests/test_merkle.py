"""The tree is that of RFC 9162: its own example, the vectors of certificate transparency, and pymerkle agree; nothing else proves."""

from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymerkle import InmemoryTree, verify_consistency

from outreach.record import merkle
from outreach.record.merkle import EMPTY, Node, Tree, leaf_hash, node_hash, tree_hash

# the leaves and roots that certificate transparency's own implementations test with
INPUTS = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
WORDS = [bytes([number]) * (number % 5) for number in range(70)]
LEAVES = [leaf_hash(one) for one in WORDS]


def test_the_roots_are_those_that_everybody_computes() -> None:
    assert tree_hash([]) == EMPTY
    assert EMPTY.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    leaves = [leaf_hash(bytes.fromhex(one)) for one in INPUTS]
    assert [tree_hash(leaves[:size]).hex() for size in range(1, 9)] == ROOTS


def test_the_example_of_the_rfc() -> None:
    """§2.1.5: a tree of seven leaves, its proofs named by the letters of the drawing."""
    a, b, c, d, e, f, j = LEAVES[:7]
    g, h, i = node_hash(a, b), node_hash(c, d), node_hash(e, f)
    k, l = node_hash(g, h), node_hash(i, j)  # noqa: E741 - the letters of the RFC
    assert tree_hash(LEAVES[:7]) == node_hash(k, l)
    read = reader(LEAVES[:7])
    paths = {index: merkle.hashes(merkle.inclusion(index, 7), read) for index in (0, 3, 4, 6)}
    assert paths == {0: [b, h, l], 3: [c, g, l], 4: [f, j, k], 6: [i, k]}
    proofs = {first: merkle.hashes(merkle.consistency(first, 7), read) for first in (3, 4, 6)}
    assert proofs == {3: [c, d, g, l], 4: [l], 6: [i, j, k]}


def reader(leaves: list[bytes]) -> Callable[[set[Node]], dict[Node, bytes]]:
    """Interior nodes as the database keeps them: only those of complete subtrees."""
    tree = Tree()
    nodes = dict(pair for leaf in leaves for pair in tree.append(leaf))
    return lambda wanted: {node: nodes[node] for node in wanted}


def test_a_tree_goes_on_from_its_edge() -> None:
    read = reader(LEAVES)
    for size in range(len(LEAVES)):
        edge = [read({node})[node] for node in merkle.cover((0, size))]
        tree = Tree(size, edge)
        assert tree.root == tree_hash(LEAVES[:size])
        list(tree.append(LEAVES[size]))
        assert (tree.size, tree.root) == (size + 1, tree_hash(LEAVES[: size + 1]))


def test_pymerkle_finds_the_same_roots_and_the_same_paths() -> None:
    oracle = InmemoryTree(algorithm="sha256")
    for word in WORDS:
        oracle.append_entry(word)
    read = reader(LEAVES)
    for size in range(1, len(WORDS) + 1):
        assert oracle.get_root(size) == tree_hash(LEAVES[:size])
        for index in range(size):  # their path begins with the leaf itself
            assert oracle.prove_inclusion(index + 1, size).path == [LEAVES[index], *merkle.hashes(merkle.inclusion(index, size), read)]
        for first in range(1, size):  # their proof has another form: each side's proof holds for the other side's roots
            ours = merkle.hashes(merkle.consistency(first, size), read)
            assert merkle.proves_consistency(first, size, oracle.get_root(first), oracle.get_root(size), ours)
            verify_consistency(tree_hash(LEAVES[:first]), tree_hash(LEAVES[:size]), oracle.prove_consistency(first, size))


def test_every_leaf_of_every_size_is_proven_and_every_growth() -> None:
    read = reader(LEAVES)
    roots = [tree_hash(LEAVES[:size]) for size in range(len(LEAVES) + 1)]
    for size in range(1, len(LEAVES) + 1):
        for index in range(size):
            path = merkle.hashes(merkle.inclusion(index, size), read)
            assert merkle.proves_inclusion(LEAVES[index], index, size, path, roots[size])
        for first in range(1, size + 1):
            path = merkle.hashes(merkle.consistency(first, size), read)
            assert merkle.proves_consistency(first, size, roots[first], roots[size], path)


@given(st.integers(1, 70), st.data())
def test_nothing_else_is_a_proof(size: int, data: st.DataObject) -> None:
    index, first = data.draw(st.integers(0, size - 1)), data.draw(st.integers(1, size))
    read, root = reader(LEAVES), tree_hash(LEAVES[:size])
    path = merkle.hashes(merkle.inclusion(index, size), read)
    other = leaf_hash(b"never said")
    assert not merkle.proves_inclusion(other, index, size, path, root)
    assert not merkle.proves_inclusion(LEAVES[index], index, size, [*path, other], root)
    for place in range(len(path)):
        assert not merkle.proves_inclusion(LEAVES[index], index, size, [*path[:place], other, *path[place + 1 :]], root)
        assert not merkle.proves_inclusion(LEAVES[index], index, size, path[:place] + path[place + 1 :], root)
    for wrong in {size - 1, index + 1} - {index}:
        if size > 1:
            assert not merkle.proves_inclusion(LEAVES[index], wrong, size, path, root)
    grown = merkle.hashes(merkle.consistency(first, size), read)
    assert not merkle.proves_consistency(first, size, other, root, grown)
    assert not merkle.proves_consistency(first, size, tree_hash(LEAVES[:first]), other, grown)
    assert not merkle.proves_consistency(first, size, tree_hash(LEAVES[:first]), root, [*grown, other])
    for place in range(len(grown)):
        assert not merkle.proves_consistency(first, size, tree_hash(LEAVES[:first]), root, grown[:place] + grown[place + 1 :])


def test_what_is_not_there_can_not_be_asked_for() -> None:
    for index, size in ((-1, 3), (3, 3), (0, 0)):
        with pytest.raises(ValueError, match="no leaf"):
            merkle.inclusion(index, size)
        assert not merkle.proves_inclusion(LEAVES[0], index, size, [], EMPTY)
    for first, second in ((0, 3), (4, 3), (-1, 3)):
        with pytest.raises(ValueError, match="does not begin"):
            merkle.consistency(first, second)
        assert not merkle.proves_consistency(first, second, EMPTY, EMPTY, [])


def test_a_proof_is_short_in_a_tall_tree() -> None:
    assert max(len(merkle.inclusion(index, 100_000)) for index in range(0, 100_000, 777)) <= 17
    assert all(len(merkle.consistency(first, 100_000)) <= 18 for first in range(1, 100_000, 777))
    assert all(one < two for one, two in pairwise(merkle.cover((0, 100_000))[::-1]))


def test_every_subtree_has_a_number_of_its_own() -> None:
    nodes = [node for leaf in LEAVES for node, _hash in [*Tree().append(leaf)]]
    assert merkle.number(nodes[0]) == 0
    tree = Tree()
    numbers = [merkle.number(node) for leaf in LEAVES for node, _hash in tree.append(leaf)]
    assert len(set(numbers)) == len(numbers)
    assert [merkle.number((0, index)) for index in range(3)] == [0, 2, 4]
