"""Who comes in where: a node's addresses for people, the people a demo offers, and where somebody lands."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Self
from urllib.parse import unquote, urlsplit

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from gateway.errors import SettingsRejected
from gateway.settings import Settings

HOME = "/"
LONGEST_PATH = 2000
LONGEST_HINT = 200
_DOORS = ("/auth", "/federation", "/graphql", "/healthz", "/log", "/readyz", "/witness")


class Person(BaseModel):
    """Somebody whom the sign-in page of a demo offers; `hint` is what the identity provider knows them by.

    `node` and `desk` say where they belong, when that is another node of the demo: its id and address.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    hint: str = Field(pattern=r"^[\x21-\x7e]{1,200}$")
    name: str = Field(max_length=120)
    roles: list[str]
    unit: str = Field(max_length=120)
    language: str = Field(default="en", pattern=r"^[a-z]{2}$")
    node: str = Field(default="", pattern=r"^[a-z0-9.-]{0,64}$")
    desk: str = Field(default="", pattern=r"^(https?://[a-z0-9.-]+(:\d+)?)?$")


_PEOPLE = TypeAdapter(list[Person])


@dataclass(frozen=True, slots=True)
class Reception:
    """What the sign-in needs to know of a node; the first of `addresses` is the one for browsers."""

    node: str
    name: str
    addresses: tuple[str, ...]
    demo: bool = False
    people: tuple[Person, ...] = ()
    examples: tuple[str, ...] = ()

    @classmethod
    def of(cls, home: Path, settings: Settings) -> Self:
        """The reception of the node at `home`; `SettingsRejected` if the list of people cannot be read."""
        listen, signin = settings.listen, settings.signin
        people = signin.people_file if signin else None
        return cls(
            settings.node.id,
            settings.node.name,
            tuple(dict.fromkeys((listen.desk or listen.address, listen.address))),
            demo=settings.node.profile == "demo",
            people=_read_people(home / people) if people else (),
            examples=tuple(signin.examples) if signin else (),
        )

    def address(self, host: str) -> str:
        """That of the node's own addresses which a request's `Host` names; the first where it names none."""
        named = (each for each in self.addresses if urlsplit(each).netloc == host.lower())
        return next(named, self.addresses[0])

    def options(self) -> dict[str, object]:
        """What a sign-in page shows before anybody has signed in, and what a demo offers to ask for."""
        people = [person.model_dump() for person in self.people]
        return {
            "node": self.node,
            "name": self.name,
            "demo": self.demo,
            "people": people,
            "examples": list(self.examples),
        }


def _read_people(path: Path) -> tuple[Person, ...]:
    try:
        return tuple(_PEOPLE.validate_json(path.read_bytes()))
    except (OSError, ValidationError) as error:
        raise SettingsRejected(f"{path}: is no list of people for the sign-in page ({error})") from error


def people_text(people: tuple[Person, ...]) -> str:
    """The list as `Reception.of` reads it."""
    return json.dumps([person.model_dump() for person in people], ensure_ascii=False, indent=1)


def is_door(path: str) -> bool:
    """Whether a path is one of the node's own doors, or below one: no place of the console is there."""
    return any(path == door or path.startswith(f"{door}/") for door in _DOORS)


def local_path(text: str) -> str:
    r"""`text` if it is a place of this node's console as every browser would read it, else the start page.

    A browser takes `//` and `/\` for the start of a host, and drops tabs and line breaks before it looks.
    """
    plain = all(each.isprintable() and each not in " \\" for each in text)
    if not plain or len(text) > LONGEST_PATH or not text.startswith("/") or text.startswith("//"):
        return HOME
    return HOME if is_door(unquote(urlsplit(text).path)) else text


def hint_of(text: str) -> str | None:
    """Whom to sign in, if that is a plain name that a provider may be asked for."""
    plain = text.isascii() and text.isprintable() and " " not in text
    return text if plain and 0 < len(text) <= LONGEST_HINT else None
