"""What a shared picture is made of, in the desk's words: handles, texts, assertions, ties."""

import strawberry

from gateway.graphql.answers import Claim
from gateway.graphql.consents import HighWater
from policy.terms import Handling, InformationEvaluation, SourceEvaluation, Tlp
from sharing.contributions import Act, Assessment

strawberry.enum(Act, name="PictureAct")
strawberry.enum(Assessment, name="FactOrAssessment")
for _words in (Handling, SourceEvaluation, InformationEvaluation, Tlp):
    strawberry.enum(_words)


@strawberry.type(description="An analyst of a node, by the pseudonym under which that node knows them.")
class PictureMember:
    """Who."""

    node: str
    person: str


@strawberry.input(description="An analyst who is named: their node, and the pseudonym that they told you.")
class PictureMemberInput:
    """Whom."""

    node: str
    person: str


@strawberry.type(description="A picture shared by named analysts of several nodes for one case.")
class SharedPicture:
    """A picture in a list; times are local to the node, with their offset."""

    id: strawberry.ID
    title: str
    case: str
    opened_by: PictureMember
    opened_at: str
    until: str
    closed_at: str | None
    open: bool
    members: list[PictureMember]
    records: int
    texts: int


@strawberry.type(description="What one analyst added, as their node signed it; it is never altered.")
class Contribution:
    """Somebody's own words; `mark` is the strictest of what they use."""

    id: strawberry.ID
    act: str
    author: PictureMember
    at: str
    text: str
    assessment: str
    mark: HighWater
    handles: list[strawberry.ID]
    refs: list[strawberry.ID]


@strawberry.type(description="A node that may not get a contribution, and why; it sees a stub.")
class PictureNotTold:
    """To whom."""

    to: str
    reason: str


@strawberry.type(description="A contribution of one's own, on its way to the members' nodes.")
class Contributed(Contribution):
    """What was added, and to whom its mark does not let it go."""

    not_told: list[PictureNotTold]


@strawberry.type(
    description="What a text or an assertion rests on was withdrawn or put right, or is not shown."
)
class PictureFlag:
    """A record and the code of why."""

    handle: strawberry.ID
    reason: str


@strawberry.type(description="One version of a text; `mark` counts the records as they are now.")
class PictureVersion(Contribution):
    """A text, and what it rests on that no longer stands."""

    flags: list[PictureFlag]


@strawberry.type(
    description="A note, hypothesis, task or link. More than one version: they were written at the same time,"
    " and stand side by side until one replaces them."
)
class PictureText:
    """A text by the first of its versions."""

    first: strawberry.ID
    act: str
    versions: list[PictureVersion]


@strawberry.type(
    description="SAME or NOT_SAME of two records, and who accepts it; `counts` is of the own node."
)
class PictureAssertion:
    """What somebody says; no record is altered by it."""

    said: Contribution
    score: float | None
    band: str | None
    calibrated: bool
    evidence: list[str]
    accepted: list[str]
    rejected: list[str]
    counts: bool
    flags: list[PictureFlag]


@strawberry.type(
    description="A record of the picture. SHOWN: its node shows it now. STALE: its node cannot say now; what"
    " stands here is of its last look, without content. STUB: withdrawn, lapsed or not shown to you, with the"
    " reason. NOT_ASKED: not looked at this time."
)
class PictureRecord:
    """A handle, never a copy."""

    handle: strawberry.ID
    node: str
    sight: str
    reason: str | None
    last_shown_at: str | None
    version: int | None
    handling: list[str]
    claim: Claim | None


@strawberry.type(description="Records that the own node holds to be one thing.")
class PictureThing:
    """A group of handles."""

    handles: list[strawberry.ID]


@strawberry.type(description="A thing in the network and its measures; none beyond 5,000 things.")
class NetworkThing:
    """One vertex."""

    handles: list[strawberry.ID]
    degree: int | None
    degree_centrality: float | None
    betweenness: float | None
    closeness: float | None
    community: int | None


@strawberry.type(
    description="A tie between two things, each named by its first handle: RECORD, REFERENCE or IDENTIFIER."
)
class NetworkTie:
    """One edge, and the records that say so."""

    source: strawberry.ID
    target: strawberry.ID
    tie: str
    what: str
    shared: str | None
    handles: list[strawberry.ID]


@strawberry.type(description="A thing without which so many pairs can no longer reach each other.")
class NetworkKeyPlayer:
    """A key player."""

    handle: strawberry.ID
    cut: int


@strawberry.type(description="An identifier that more than 50 things share: it ties nothing.")
class NetworkCommon:
    """Too common."""

    kind: str
    normal: str


@strawberry.type(description="The network of the records that are shown, as the own node groups them.")
class PictureNetwork:
    """Things, ties, and what the shape says."""

    things: list[NetworkThing]
    ties: list[NetworkTie]
    key_players: list[NetworkKeyPlayer]
    too_common: list[NetworkCommon]


@strawberry.type(description="A contribution that another node may not pass on to this one, and why.")
class PictureGap:
    """Something that is known to be missing."""

    id: strawberry.ID
    reason: str


@strawberry.type(
    description="A picture as the own node holds it; `waiting` contributions refer to what is not here yet."
)
class SharedPictureView:
    """All that a member sees."""

    picture: SharedPicture
    me: PictureMember
    as_of: str | None
    mark: HighWater
    things: list[PictureThing]
    records: list[PictureRecord]
    texts: list[PictureText]
    asserted: list[PictureAssertion]
    missing: list[PictureGap]
    waiting: int
    network: PictureNetwork | None


@strawberry.type(description="What stands in a picture at the later moment only, and at the earlier only.")
class PictureDifference:
    """Two moments compared."""

    earlier: str
    later: str
    added: list[Contribution]
    gone: list[Contribution]


@strawberry.input(
    description="A text, or a newer version in place of `refs`. What it inherits from the records it names is"
    " never made less strict by what is said here; an unassessed text is X4."
)
class PictureTextInput:
    """What an analyst writes: act NOTE, HYPOTHESIS, TASK or LINK, or that of what it takes the place of."""

    text: str
    act: Act | None = None
    handles: list[strawberry.ID] = strawberry.field(default_factory=list)
    refs: list[strawberry.ID] = strawberry.field(default_factory=list)
    assessment: Assessment = Assessment.ASSESSMENT
    handling: list[Handling] = strawberry.field(default_factory=list)
    source: SourceEvaluation = SourceEvaluation.X
    information: InformationEvaluation = InformationEvaluation.N4
    tlp: Tlp = Tlp.AMBER


@strawberry.input(
    description="SAME or NOT_SAME of two records, and what speaks for it; `score` is from 0 to 1."
)
class PictureSameInput:
    """What an analyst says of two records."""

    act: Act
    left: strawberry.ID
    right: strawberry.ID
    score: float | None = None
    band: str = ""
    calibrated: bool = False
    evidence: list[str] = strawberry.field(default_factory=list)
