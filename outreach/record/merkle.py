"""A Merkle tree as RFC 9162 §2.1 draws it: its hash, what proves that a leaf is in it, what proves that it only grew."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence

HASH_BYTES = 32
EMPTY = hashlib.sha256().digest()
"""The hash of a tree without a leaf."""

Node = tuple[int, int]
"""A complete subtree: its height (0 is a leaf) and its place among those of that height."""
Range = tuple[int, int]
"""Leaves from the first up to, and without, the second."""


def number(node: Node) -> int:
    """A number of its own for each complete subtree, from left to right: the leaf at `index` is 2 × index, its parent stands between."""
    height, place = node
    return ((2 * place + 1) << height) - 1


def leaf_hash(words: bytes) -> bytes:
    """The hash of a leaf: another than that of any interior node (§2.1.1)."""
    return hashlib.sha256(b"\0" + words).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two subtrees side by side."""
    return hashlib.sha256(b"\1" + left + right).digest()


def folded(hashes: Sequence[bytes]) -> bytes:
    """The hash of complete subtrees that stand side by side, the highest first."""
    if not hashes:
        return EMPTY
    *others, top = hashes
    for one in reversed(others):
        top = node_hash(one, top)
    return top


class Tree:
    """A tree that grows leaf by leaf; it keeps only the complete subtrees at its edge, at most one of each height."""

    def __init__(self, size: int = 0, edge: Sequence[bytes] = ()) -> None:
        """Go on from a tree of `size` leaves whose `edge` are the hashes of `cover((0, size))`."""
        self.size = size
        self._edge = list(edge)

    def append(self, leaf: bytes) -> Iterator[tuple[Node, bytes]]:
        """Take one more leaf's hash; give each subtree that it completes, itself first."""
        place, height, top = self.size, 0, leaf
        yield (0, place), top
        while place & 1:
            top = node_hash(self._edge.pop(), top)
            place, height = place >> 1, height + 1
            yield (height, place), top
        self._edge.append(top)
        self.size += 1

    @property
    def root(self) -> bytes:
        """The hash of the whole tree."""
        return folded(self._edge)


def tree_hash(leaves: Iterable[bytes]) -> bytes:
    """The hash of a tree of these leaves (their hashes)."""
    tree = Tree()
    for leaf in leaves:
        for _node in tree.append(leaf):
            pass
    return tree.root


def cover(leaves: Range) -> list[Node]:
    """The complete subtrees that stand for a subtree of a tree, from left to right."""
    start, end = leaves
    found = []
    while start < end:
        height = (end - start).bit_length() - 1
        found.append((height, start >> height))
        start += 1 << height
    return found


def inclusion(index: int, size: int) -> list[Range]:
    """Which subtrees prove that the leaf at `index` is in a tree of `size` leaves, the nearest first (§2.1.3.1)."""
    if not 0 <= index < size:
        raise ValueError(f"there is no leaf {index} in a tree of {size}")
    start, end, path = 0, size, list[Range]()
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append((middle, end))
            end = middle
        else:
            path.append((start, middle))
            start = middle
    return path[::-1]


def consistency(first: int, second: int) -> list[Range]:
    """Which subtrees prove that a tree of `second` leaves begins with the tree of `first` ones (§2.1.4.1)."""
    if not 0 < first <= second:
        raise ValueError(f"a tree of {second} leaves does not begin with one of {first}")
    start, end, path, whole = 0, second, list[Range](), True
    while first != end:
        middle = start + _split(end - start)
        if first <= middle:
            path.append((middle, end))
            end = middle
        else:
            path.append((start, middle))
            start, whole = middle, False
    return ([] if whole else [(start, end)]) + path[::-1]


def hashes(ranges: Sequence[Range], read: Callable[[set[Node]], dict[Node, bytes]]) -> list[bytes]:
    """The hashes of subtrees; `read` gives the complete ones, all in one go."""
    parts = [cover(one) for one in ranges]
    known = read({node for part in parts for node in part})
    return [folded([known[node] for node in part]) for part in parts]


def proves_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Whether `path` proves that this leaf stands at `index` of the tree of `size` leaves with this root (§2.1.3.2)."""
    if not 0 <= index < size:
        return False
    place, last, top = index, size - 1, leaf
    for one in path:
        if last == 0:
            return False
        if place & 1 or place == last:
            top = node_hash(one, top)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            top = node_hash(top, one)
        place, last = place >> 1, last >> 1
    return last == 0 and top == root


def proves_consistency(first: int, second: int, first_root: bytes, second_root: bytes, path: Sequence[bytes]) -> bool:
    """Whether `path` proves that the tree of `second` leaves begins with the tree of `first` (§2.1.4.2)."""
    if not 0 < first <= second:
        return False
    if first == second:
        return not path and first_root == second_root
    whole = first & (first - 1) == 0  # the first tree is a complete subtree of the second
    steps = [first_root, *path] if whole else list(path)
    if not steps:
        return False
    place, last = first - 1, second - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    old = new = steps[0]
    for one in steps[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            old, new = node_hash(one, old), node_hash(one, new)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            new = node_hash(new, one)
        place, last = place >> 1, last >> 1
    return last == 0 and old == first_root and new == second_root


def _split(size: int) -> int:
    """The largest power of two that is smaller than `size`."""
    return 1 << (size - 1).bit_length() - 1
