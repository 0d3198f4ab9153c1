"""The Merkle tree of RFC 6962, section 2.1: hashes, growth, proofs and their verification.

Pure: hashes in, hashes out. A hash is 32 bytes of SHA-256. A node is addressed by `(level, index)`: the root
of the leaves `[index << level, (index + 1) << level)`. A complete node has all its leaves and never changes
again.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import TypeAlias

from audit.errors import ProofRefused

HASH_SIZE = 32
EMPTY_ROOT = sha256(b"").digest()
_LEAF = sha256(b"\x00")
_NODE = sha256(b"\x01")
"""Hashes that have taken their prefix; a copy takes the rest sooner than a new one takes both."""

Levels: TypeAlias = list[dict[int, bytes]]
ReadNode: TypeAlias = Callable[[int, int], bytes]


def leaf_hash(leaf: bytes) -> bytes:
    """Return the hash of a leaf: SHA-256 of 0x00 and the bytes."""
    return sha256(b"\x00" + leaf).digest()


def leaf_hashes(leaves: Iterable[bytes]) -> list[bytes]:
    """Return the hashes of many leaves."""
    hashes = []
    for leaf in leaves:
        hash_ = _LEAF.copy()
        hash_.update(leaf)
        hashes.append(hash_.digest())
    return hashes


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node: SHA-256 of 0x01 and the two children."""
    return sha256(b"\x01" + left + right).digest()


def subtree_root(hashes: Sequence[bytes]) -> bytes:
    """Return the root over `hashes`, whatever their number; of none it is the hash of nothing."""
    if not hashes:
        return EMPTY_ROOT
    row = list(hashes)
    while len(row) > 1:
        paired = []
        for left, right in zip(row[::2], row[1::2], strict=False):
            hash_ = _NODE.copy()
            hash_.update(left + right)
            paired.append(hash_.digest())
        row = paired + row[len(row) - (len(row) & 1) :]
    return row[0]


@dataclass(frozen=True, slots=True)
class Growth:
    """What adding leaves gave: the new frontier, its root, one inclusion proof per new leaf against it."""

    frontier: "Frontier"
    root: bytes
    proofs: list[list[bytes]]


@dataclass(frozen=True, slots=True)
class Frontier:
    """The complete nodes that cover a tree of `size` leaves, largest first: all that growth remembers."""

    size: int = 0
    nodes: tuple[bytes, ...] = ()

    def root(self) -> bytes:
        """Return the root hash of the tree."""
        if not self.nodes:
            return EMPTY_ROOT
        root = self.nodes[-1]
        for left in reversed(self.nodes[:-1]):
            root = node_hash(left, root)
        return root

    def append(self, hashes: Iterable[bytes]) -> "Frontier":
        """Return the frontier after more leaf hashes."""
        nodes, size = list(self.nodes), self.size
        for leaf in hashes:
            node, place = leaf, size
            while place & 1:
                node = sha256(b"\x01" + nodes.pop() + node).digest()
                place >>= 1
            nodes.append(node)
            size += 1
        return Frontier(size, tuple(nodes))

    def extend(self, hashes: Sequence[bytes]) -> Growth:
        """Return what more leaf hashes give; the frontier itself stays, so nothing needs undoing."""
        if len(hashes) == 1:
            grown = self.append(hashes)
            return Growth(grown, grown.root(), [list(self.nodes[::-1])])
        levels, size = self._levels(), self.size
        for leaf in hashes:
            _add(levels, size, leaf)
            size += 1
        if size == self.size:
            return Growth(self, self.root(), [])
        nodes = [levels[level][index] for level, index in _places(size)]
        frontier = Frontier(size, tuple(nodes))
        root = _close(levels, size)
        return Growth(frontier, root, [_path(levels, index, size) for index in range(self.size, size)])

    def _levels(self) -> Levels:
        levels: Levels = [{} for _ in range(self.size.bit_length() + 1)]
        for (level, index), node in zip(_places(self.size), self.nodes, strict=True):
            levels[level][index] = node
        return levels


def _places(size: int) -> list[tuple[int, int]]:
    """Return `(level, index)` of each complete node that covers a tree, largest first."""
    places, start = [], 0
    for level in reversed(range(size.bit_length())):
        if size >> level & 1:
            places.append((level, start >> level))
            start += 1 << level
    return places


def _add(levels: Levels, index: int, node: bytes) -> None:
    """Put leaf `index` into the levels, and every node that it completes."""
    level = 0
    levels[0][index] = node
    while index & 1:
        node = sha256(b"\x01" + levels[level][index - 1] + node).digest()
        index >>= 1
        level += 1
        if level == len(levels):
            levels.append({})
        levels[level][index] = node


def _close(levels: Levels, size: int) -> bytes:
    """Put the nodes of the ragged right edge into the levels and return the root."""
    last = size - 1
    node = levels[0][last]
    for level in range(last.bit_length()):
        if last & 1:
            node = sha256(b"\x01" + levels[level][last - 1] + node).digest()
        last >>= 1
        if level + 1 == len(levels):
            levels.append({})
        levels[level + 1][last] = node
    return node


def _path(levels: Levels, index: int, size: int) -> list[bytes]:
    """Return the siblings from the leaf up, out of levels that hold them all."""
    path = []
    last = size - 1
    level = 0
    while last:
        sibling = index ^ 1
        if sibling <= last:
            path.append(levels[level][sibling])
        index >>= 1
        last >>= 1
        level += 1
    return path


def range_root(read: ReadNode, start: int, end: int) -> bytes:
    """Return the root of the leaves `[start, end)`, which start at a multiple of their power of two.

    `read(level, index)` gives complete nodes only.
    """
    nodes = []
    while start < end:
        level = (end - start).bit_length() - 1
        nodes.append(read(level, start >> level))
        start += 1 << level
    root = nodes.pop() if nodes else EMPTY_ROOT
    while nodes:
        root = node_hash(nodes.pop(), root)
    return root


def prove_inclusion(read: ReadNode, index: int, size: int) -> list[bytes]:
    """Return the audit path of leaf `index` in `size` leaves, from the leaf up (RFC 6962, 2.1.1)."""
    if not 0 <= index < size:
        raise ProofRefused(f"inclusion proof: leaf {index} is not in a tree of {size} leaves")
    path, level, place, last = [], 0, index, size - 1
    while last:
        sibling = place ^ 1
        if sibling <= last:
            path.append(range_root(read, sibling << level, min((sibling + 1) << level, size)))
        place, last, level = place >> 1, last >> 1, level + 1
    return path


def prove_consistency(read: ReadNode, old: int, new: int) -> list[bytes]:
    """Return the proof that `old` leaves are a prefix of the tree of `new` leaves (RFC 6962, 2.1.2)."""
    if not 0 <= old <= new:
        raise ProofRefused(f"consistency proof: size {old} is not a prefix of size {new}")
    if old in {0, new}:
        return []
    proof: list[bytes] = []
    start, end, whole = 0, new, True
    while old != end:
        middle = start + _split(end - start)
        if old <= middle:
            proof.append(range_root(read, middle, end))
            end = middle
        else:
            proof.append(range_root(read, start, middle))
            start, whole = middle, False
    if not whole:
        proof.append(range_root(read, start, end))
    return proof[::-1]


def _split(width: int) -> int:
    """Return the largest power of two below `width`."""
    return 1 << ((width - 1).bit_length() - 1)


def root_from_path(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes:
    """Return the root that the audit path leads to; `ProofRefused` if its length does not fit the place."""
    if not 0 <= index < size:
        raise ProofRefused(f"inclusion proof: leaf {index} is not in a tree of {size} leaves")
    _check_sizes([leaf, *path])
    inner = (index ^ (size - 1)).bit_length()
    border = (index >> inner).bit_count()
    if len(path) != inner + border:
        raise ProofRefused(
            f"inclusion proof of leaf {index} in {size}: {len(path)} hashes, {inner + border} needed"
        )
    root = leaf
    for level, sibling in enumerate(path):
        from_left = level >= inner or index >> level & 1
        root = node_hash(sibling, root) if from_left else node_hash(root, sibling)
    return root


def verify_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> None:
    """Check that `leaf` (a hash) is leaf `index` of `size` under this root, or raise `ProofRefused`."""
    found = root_from_path(leaf, index, size, path)
    if found != root:
        raise ProofRefused(
            f"inclusion proof of leaf {index} in {size}: leads to {found.hex()}, root is {root.hex()}"
        )


def verify_consistency(old: tuple[int, bytes], new: tuple[int, bytes], proof: Sequence[bytes]) -> None:
    """Check that the tree `new` (size, root) extends the tree `old`, or raise `ProofRefused`.

    1. Equal sizes need equal roots and no proof; the empty tree needs no proof.
    2. The proof starts at the largest complete node that ends at `old`; a power of two is its own start.
    3. Folding the proof must give both roots.
    """
    (size1, root1), (size2, root2) = old, new
    if size1 > size2:
        raise ProofRefused(f"consistency: tree size went back from {size1} to {size2}")
    if size1 in {0, size2}:
        _verify_trivial(old, new, proof)
        return
    _check_sizes([root1, root2, *proof])
    shift = (size1 & -size1).bit_length() - 1
    seed, rest = (root1, proof) if size1 == 1 << shift else (proof[0] if proof else b"", proof[1:])
    index = (size1 - 1) >> shift
    inner = (index ^ ((size2 - 1) >> shift)).bit_length()
    if len(rest) != inner + (index >> inner).bit_count() or not seed:
        raise ProofRefused(
            f"consistency from {size1} to {size2}: a proof of {len(proof)} hashes does not fit"
        )
    found1 = found2 = seed
    for level, sibling in enumerate(rest):
        if level >= inner or index >> level & 1:
            found1, found2 = node_hash(sibling, found1), node_hash(sibling, found2)
        else:
            found2 = node_hash(found2, sibling)
    for size, found, root in ((size1, found1, root1), (size2, found2, root2)):
        if found != root:
            raise ProofRefused(
                f"consistency from {size1} to {size2}: at size {size} the proof gives {found.hex()}, "
                f"the root is {root.hex()}"
            )


def _check_sizes(hashes: Iterable[bytes]) -> None:
    """Refuse what cannot be a hash, so that nothing can pass for something else when hashed together."""
    for value in hashes:
        if len(value) != HASH_SIZE:
            raise ProofRefused(f"proof: a hash of {len(value)} bytes, SHA-256 has {HASH_SIZE}")


def _verify_trivial(old: tuple[int, bytes], new: tuple[int, bytes], proof: Sequence[bytes]) -> None:
    """Check a pair of trees that needs no proof: equal sizes, or from the empty tree."""
    (size1, root1), (size2, root2) = old, new
    if proof:
        raise ProofRefused(f"consistency from {size1} to {size2} needs no hashes, got {len(proof)}")
    if size1 == 0 and root1 != EMPTY_ROOT:
        raise ProofRefused(
            f"consistency: root {root1.hex()} for size 0, the empty tree's is {EMPTY_ROOT.hex()}"
        )
    if size1 == size2 and root1 != root2:
        raise ProofRefused(f"consistency: two roots for size {size1}: {root1.hex()} and {root2.hex()}")
