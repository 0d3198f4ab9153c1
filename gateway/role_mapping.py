"""From the claims of a service's identity provider to the roles and the unit of a person at its node.

The mapping is a file of the node's own, `[signin] mapping` in its settings. Whom no rule gives a role has
none, and is told so: nothing is guessed from a name that looks like a role.
"""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from gateway.errors import SettingsRejected
from gateway.id_tokens import Reason, refuse
from policy.duties import kept_apart
from policy.mandate import Actor
from policy.terms import Role

MOST_BYTES: Final = 262_144
ROLES_CLAIM = "entente_roles"
UNIT_CLAIM = "entente_unit"
NO_UNIT: Final = "none"
"""The unit of who has none."""
_SUBJECT = re.compile(r"[A-Za-z0-9_.:/*-]{1,128}")
_UNIT = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:/-]{0,127}")
"""What mandates and the log take for a unit: a short code, no name with spaces."""

_Text = Annotated[str, Field(min_length=1, max_length=500)]
_Path = Annotated[str, Field(min_length=1, max_length=500)] | Annotated[list[_Text], Field(min_length=1)]
"""Where a claim stands: `groups`; `realm_access.roles`, one inside another; a list, for names with dots."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class RoleRule(_Part):
    """Who has `value` in the claim, or one of several, has the role at the node.

    A claim that is one text counts as a list of it, unless it must be `listed`.
    """

    claim: _Path
    value: _Text | Annotated[list[_Text], Field(min_length=1)]
    role: Literal["analyst", "liaison", "oversight", "administrator"]
    listed: bool = False

    def gives(self, claims: Mapping[str, object]) -> bool:
        """Whether the claims give the role; a claim that is no text and no list of texts gives none."""
        wanted = {self.value} if isinstance(self.value, str) else set(self.value)
        return not wanted.isdisjoint(_said(claims, self.claim, listed=self.listed))


class UnitRule(_Part):
    """The person's unit: what the claim says, or what `units` call that; what they do not name is no unit."""

    claim: _Path
    units: dict[_Text, Annotated[str, Field(pattern=f"^{_UNIT.pattern}$")]] = {}

    def of(self, claims: Mapping[str, object]) -> str:
        """The first unit that the claim tells; `NO_UNIT` where it tells none, or none that is a code."""
        said = _said(claims, self.claim)
        found = [self.units[each] for each in said if each in self.units] if self.units else said
        return next((each for each in found if _UNIT.fullmatch(each)), NO_UNIT)


class SubjectRule(_Part):
    """The claim that names the person at the node for good: an opaque id, never reassigned, never a name."""

    claim: _Path = "sub"


class RoleMapping(_Part):
    """A whole mapping file."""

    version: Literal[1] = 1
    roles: Annotated[list[RoleRule], Field(min_length=1, max_length=500)]
    unit: UnitRule = UnitRule(claim=UNIT_CLAIM)
    subject: SubjectRule = SubjectRule()

    @model_validator(mode="after")
    def _apart(self) -> "RoleMapping":
        """Refuse one value that gives two roles which nobody holds together: it would shut its people out."""
        given: dict[tuple[str, str], set[Role]] = {}
        for rule in self.roles:
            for value in [rule.value] if isinstance(rule.value, str) else rule.value:
                given.setdefault((repr(rule.claim), value), set()).add(Role(rule.role))
        for (claim, value), roles in given.items():
            if (apart := kept_apart(roles)) is not None:
                raise ValueError(
                    f"{value!r} in {claim} gives {apart.one} and {apart.other}, which nobody holds together"
                )
        return self

    def actor(self, node: str, claims: Mapping[str, object]) -> Actor:
        """The person at `node` that the claims describe, perhaps without a role.

        `SignInRefused` when the claims give no id that the node can name a person by.
        """
        subject = next(iter(_said(claims, self.subject.claim)), "")
        if not _SUBJECT.fullmatch(subject):
            refuse(
                Reason.SUBJECT,
                f"{_spelt(self.subject.claim)} is not an id of letters, digits and _.:/*-, at most 128; "
                "name another claim in the mapping",
            )
        roles = frozenset(Role(rule.role) for rule in self.roles if rule.gives(claims))
        return Actor(node, subject, roles, self.unit.of(claims))


DEFAULT: Final = RoleMapping(
    roles=[RoleRule(claim=ROLES_CLAIM, value=role.value, role=role.value, listed=True) for role in Role]
)
"""Without a file: the claims that the demo's provider gives, which hold our own words."""


def read_mapping(path: Path) -> RoleMapping:
    """The mapping in a file; `SettingsRejected` names the file, the place and what is wrong there."""
    try:
        with path.open("rb") as opened:
            text = opened.read(MOST_BYTES + 1)
        if len(text) > MOST_BYTES:
            raise SettingsRejected(f"{path}: is over {MOST_BYTES} bytes")
        return RoleMapping.model_validate(yaml.load(text, _Strict))  # noqa: S506  # a SafeLoader
    except OSError as error:
        raise SettingsRejected(f"{path}: the mapping of roles cannot be read ({error.strerror})") from error
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        raise SettingsRejected(f"{path}: is not YAML: {' '.join(str(error).split())[:300]}") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the file"
        raise SettingsRejected(f"{path}: {where}: {first['msg'].removeprefix('Value error, ')}") from error


class _Strict(yaml.SafeLoader):
    """YAML in which a key that stands twice is an error, for the first one would be lost without a word."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002  # PyYAML's
        names = [self.construct_object(key, deep=True) for key, _ in node.value]
        for name in names:
            if names.count(name) > 1:
                raise yaml.constructor.ConstructorError(None, None, f"{name!r} stands twice", node.start_mark)
        return super().construct_mapping(node, deep=deep)


def _said(claims: Mapping[str, object], path: str | Sequence[str], *, listed: bool = False) -> list[str]:
    """The texts at a place in the claims: of a text the text, of a list its texts, else none."""
    found: object = claims
    for name in path.split(".") if isinstance(path, str) else path:
        found = found.get(name) if isinstance(found, Mapping) else None
    told = found if isinstance(found, list) else [] if listed else [found]
    return [each for each in told if isinstance(each, str)]


def _spelt(path: str | Sequence[str]) -> str:
    return path if isinstance(path, str) else ".".join(path)
