"""Policies drawn at random: filters over every column, branches of every tier, masks."""

from hypothesis import strategies as st

from policy.decision import Access, Branch
from policy.filters import Compound, Field, Filter
from policy.terms import Mode
from tests.tenants.permits import NOW, access
from tests.tenants.rows import CASES, DATASETS

GRANTS = ("g1@1", "g2@3", "g3@1")
NAMES = (
    "name",
    "phone",
    "email",
    "country",
    "passportNumber",
    "caseRef",
    "authority",
    "handlingText",
    "subject",
    "object",
    "owner",
    "registrationNumber",
)
TEXTS = {
    "id": ("p-1", "P-2", "q-3", "p-", "P_", "%"),
    "schema": ("Person", "person", "UnknownLink", "Company"),
    "dataset": (*DATASETS, "ports_", "CASES"),
    "case_ref": (*tuple(case for case in CASES if case), "C_", "C%"),
    "owner": ("fr.ofast", "se.polisen"),
    "subject_category": ("WITNESS", "SUSPECT_OR_CONVICTED", "NOT_A_PERSON", "UNCATEGORISED"),
    "tlp": ("RED", "GREEN", "AMBER"),
    "source_evaluation": ("A", "B", "X"),
    "information_evaluation": ("1", "4"),
    "assessment": ("FACT", "ASSESSMENT"),
}


def _texts() -> st.SearchStrategy[Filter]:
    def of(column: str) -> st.SearchStrategy[Filter]:
        values = st.sampled_from(TEXTS[column])
        single = st.builds(Field, st.sampled_from(["eq", "ne", "startswith"]), st.just(column), values)
        several = st.builds(Field, st.just("in"), st.just(column), st.lists(values, max_size=3).map(tuple))
        return single | several

    return st.sampled_from(sorted(TEXTS)).flatmap(of)


FLAGS = st.builds(
    Field, st.sampled_from(["eq", "ne"]), st.sampled_from(["h1", "h2", "h3", "ongoing"]), st.booleans()
)
NUMBERS = st.builds(
    Field,
    st.sampled_from(["eq", "ne", "lt", "le", "gt", "ge"]),
    st.just("retain_until"),
    st.sampled_from([0, NOW, 1_893_456_000, 2_000_000_000, -(2**53), 2**53 - 1]),
)
FILTERS: st.SearchStrategy[Filter] = st.recursive(
    _texts() | FLAGS | NUMBERS,
    lambda inner: st.one_of(
        st.builds(Compound, st.just("and"), st.lists(inner, min_size=1, max_size=3).map(tuple)),
        st.builds(Compound, st.just("or"), st.lists(inner, max_size=3).map(tuple)),
        st.builds(Compound, st.just("not"), st.tuples(inner)),
    ),
    max_leaves=5,
)
EVERYTHING = Field("ne", "dataset", "none")


@st.composite
def accesses(draw: st.DrawFn) -> Access:
    refs = draw(st.lists(st.sampled_from(GRANTS), unique=True, max_size=3))
    modes = st.sampled_from([Mode.HIT, Mode.CONTACT, Mode.CORE, Mode.RECORD, Mode.RECORD])
    wide = st.just(EVERYTHING) | FILTERS
    masks = st.just(()) | st.lists(st.sampled_from([*NAMES, "*"]), max_size=2, unique=True).map(tuple)
    branches = [Branch(ref, draw(modes), draw(wide), draw(masks)) for ref in refs]
    showing = [branch.grant for branch in branches if branch.mode in (Mode.CORE, Mode.RECORD)]
    grants = st.lists(st.sampled_from(showing), unique=True).map(tuple) if showing else st.just(())
    shows = draw(st.dictionaries(st.sampled_from(NAMES), grants, max_size=4))
    shows["*"] = draw(grants | st.just(tuple(showing)))
    return access(branches, shows, draw(st.sampled_from([200, 200, 3])))
