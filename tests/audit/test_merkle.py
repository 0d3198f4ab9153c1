"""The tree: against the vectors of transparency-dev, and its own laws on random trees."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit import merkle
from audit.errors import ProofRefused
from audit.merkle import EMPTY_ROOT, Frontier, leaf_hash, node_hash, subtree_root
from tests.audit.samples import b64, vectors

HASHES = [leaf_hash(b"leaf %d" % i) for i in range(600)]
FACTS = vectors("merkle")
FROM_NOTHING = {"additional/size1-is-zero-and-size2-is-not-zero"}
"""That library refuses size 0; in tlog-witness the empty tree is consistent with any tree."""


def node(level: int, index: int) -> bytes:
    return subtree_root(HASHES[index << level : (index + 1) << level])


def plain_root(hashes: list[bytes]) -> bytes:
    """RFC 6962, 2.1, word for word."""
    if not hashes:
        return EMPTY_ROOT
    if len(hashes) == 1:
        return hashes[0]
    split = 1 << ((len(hashes) - 1).bit_length() - 1)
    return node_hash(plain_root(hashes[:split]), plain_root(hashes[split:]))


def test_hashes_as_published() -> None:
    facts = vectors("hashes")
    assert facts["empty_root"] == EMPTY_ROOT.hex()
    for leaf, expected in facts["leaves"].items():
        assert leaf_hash(leaf.encode()).hex() == expected
    for left, right, expected in facts["nodes"]:
        assert node_hash(left.encode(), right.encode()).hex() == expected


@pytest.mark.parametrize("case", FACTS["inclusion"], ids=lambda case: case["name"])
def test_inclusion_as_published(case: dict[str, Any]) -> None:
    path = [b64(text) for text in case["proof"] or []]
    arguments = (b64(case["leafHash"]), case["leafIdx"], case["treeSize"], path, b64(case["root"] or ""))
    if case["wantErr"]:
        with pytest.raises(ProofRefused):
            merkle.verify_inclusion(*arguments)
    else:
        merkle.verify_inclusion(*arguments)


@pytest.mark.parametrize("case", FACTS["consistency"], ids=lambda case: case["name"])
def test_consistency_as_published(case: dict[str, Any]) -> None:
    old = (case["size1"], b64(case["root1"] or ""))
    new = (case["size2"], b64(case["root2"] or ""))
    proof = [b64(text) for text in case["proof"] or []]
    if case["wantErr"] and case["name"] not in FROM_NOTHING:
        with pytest.raises(ProofRefused):
            merkle.verify_consistency(old, new, proof)
    else:
        merkle.verify_consistency(old, new, proof)


@given(st.integers(0, 600))
def test_all_ways_to_the_root_agree(size: int) -> None:
    expected = plain_root(HASHES[:size])
    assert subtree_root(HASHES[:size]) == expected
    assert merkle.range_root(node, 0, size) == expected
    assert Frontier().append(HASHES[:size]).root() == expected
    assert Frontier().extend(HASHES[:size]).root == expected


@given(st.lists(st.integers(0, 40), max_size=12))
def test_growth_in_steps_proves_every_new_leaf(steps: list[int]) -> None:
    frontier = Frontier()
    for step in steps:
        start = frontier.size
        growth = frontier.extend(HASHES[start : start + step])
        assert frontier.append(HASHES[start : start + step]) == growth.frontier
        frontier = growth.frontier
        assert growth.root == frontier.root() == plain_root(HASHES[: frontier.size])
        for index, path in enumerate(growth.proofs, start):
            merkle.verify_inclusion(HASHES[index], index, frontier.size, path, growth.root)
            assert path == merkle.prove_inclusion(node, index, frontier.size)


@given(st.data())
def test_inclusion_proofs_hold_and_break(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, 600))
    index = data.draw(st.integers(0, size - 1))
    path = merkle.prove_inclusion(node, index, size)
    root = subtree_root(HASHES[:size])
    merkle.verify_inclusion(HASHES[index], index, size, path, root)
    if path:
        at = data.draw(st.integers(0, len(path) - 1))
        flipped = [*path[:at], bytes([path[at][0] ^ 1]) + path[at][1:], *path[at + 1 :]]
        with pytest.raises(ProofRefused, match="leads to"):
            merkle.verify_inclusion(HASHES[index], index, size, flipped, root)
        with pytest.raises(ProofRefused, match="needed"):
            merkle.verify_inclusion(HASHES[index], index, size, path[1:], root)


@given(st.integers(0, 600), st.integers(0, 600))
def test_consistency_proofs_hold_and_break(one: int, other: int) -> None:
    old, new = min(one, other), max(one, other)
    proof = merkle.prove_consistency(node, old, new)
    roots = subtree_root(HASHES[:old]), subtree_root(HASHES[:new])
    merkle.verify_consistency((old, roots[0]), (new, roots[1]), proof)
    with pytest.raises(ProofRefused):
        merkle.verify_consistency((old, roots[0]), (new, roots[1]), [*proof, HASHES[0]])
    with pytest.raises(ProofRefused):
        merkle.verify_consistency((old, HASHES[599]), (new, roots[1]), proof)
    if 0 < old < new:
        with pytest.raises(ProofRefused):
            merkle.verify_consistency((old, roots[0]), (new, HASHES[599]), proof)


def test_all_small_trees_extend_each_other() -> None:
    for new in range(34):
        for old in range(new + 1):
            proof = merkle.prove_consistency(node, old, new)
            merkle.verify_consistency(
                (old, subtree_root(HASHES[:old])), (new, subtree_root(HASHES[:new])), proof
            )


def test_a_tree_does_not_shrink() -> None:
    with pytest.raises(ProofRefused, match="went back from 1204 to 1199"):
        merkle.verify_consistency((1204, HASHES[0]), (1199, HASHES[1]), [])
    with pytest.raises(ProofRefused, match="size 5 is not a prefix of size 3"):
        merkle.prove_consistency(node, 5, 3)


@pytest.mark.parametrize("index", [-1, 5])
def test_a_leaf_beyond_the_tree_has_no_proof(index: int) -> None:
    with pytest.raises(ProofRefused, match="not in a tree of 5"):
        merkle.prove_inclusion(node, index, 5)
    with pytest.raises(ProofRefused, match="not in a tree of 5"):
        merkle.verify_inclusion(HASHES[0], index, 5, [], HASHES[0])
