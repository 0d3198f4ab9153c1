"""Every parser of foreign bytes, in one table: what it is fed by, and the errors that it may raise.

    python -m tests.security.parsers        names them, for `deploy/scripts/security.sh fuzz`

Anything else that a parser raises is a fault of ours: a crash that a stranger can cause.
"""

import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import orjson

from audit import canonical, tiles
from audit.checkpoint import Checkpoint
from audit.equivocation import Evidence
from audit.errors import AuditError
from audit.keys import SigningKey, VerifyKey
from audit.note import Note
from audit.proof import Proof
from audit.receipt import ForeignReceipt
from audit.submission import Submission
from audit.trust import TrustPolicy
from gateway.body import parse_object
from gateway.errors import GatewayError
from gateway.graphql.federation import federation_schema
from gateway.manifest import Manifest
from gateway.trusted import parse_document
from policy import filters
from policy.errors import PolicyError
from sharing.directory import Directory
from sharing.envelope import open_request
from sharing.errors import SharingError
from sharing.jws import open_statement
from sharing.pack import read_pack
from tenants import jsonl_source
from tenants.errors import ShelfError
from tenants.mapping import load_mapping
from tenants.sheet_source import read_sheet

NOW = 1_795_000_000


@dataclass(frozen=True)
class Parser:
    """What takes the bytes, and how it may refuse; `seeds` are first inputs for who searches for others."""

    take: Callable[[bytes], object]
    refuses: tuple[type[Exception], ...]
    seeds: tuple[bytes, ...] = ()


def text_of(take: Callable[[str], object]) -> Callable[[bytes], object]:
    """A parser of texts, for any bytes."""
    return lambda data: take(data.decode("utf-8", "surrogateescape"))


@cache
def federation() -> SigningKey:
    return SigningKey.from_seed("eu.entente/directory", b"f" * 32)


@cache
def directory() -> Directory:
    return Directory("eu.entente", 1, NOW - 1, NOW + 1_000_000, ())


def request(data: bytes) -> object:
    """Header fields as lines, an empty line, the body."""
    head, _, body = data.partition(b"\n\n")
    pairs = (line.partition(": ") for line in head.decode("latin-1").split("\n"))
    return open_request({name: value for name, _, value in pairs}, body, directory(), own="fr.ofast", now=NOW)


def filed(take: Callable[[Path], object], name: str) -> Callable[[bytes], object]:
    """A parser of files, for bytes."""
    place = Path(tempfile.mkdtemp(prefix="parsers-")) / name

    def through(data: bytes) -> object:
        place.write_bytes(data)
        return take(place)

    return through


def document(text: str) -> object:
    schema = federation_schema()._schema  # strawberry has no public name for graphql-core's
    return parse_document(schema, text, fields=500, depth=12)


HEAD = "fr.ofast/log\n1\n" + "A" * 43 + "=\n"
PARSERS: Mapping[str, Parser] = {
    "body": Parser(parse_object, (GatewayError,), (b'{"query": "{ me { name } }", "variables": {}}',)),
    "manifest": Parser(
        Manifest.parse,
        (GatewayError,),
        (b'{"node": "fr.ofast", "log": {"origin": "o", "size": 1}, "parts": []}',),
    ),
    "document": Parser(
        text_of(document), (GatewayError,), (b"query q($i: String!) { lookup(value: $i) { hit } }",)
    ),
    "canonical": Parser(canonical.parse, (AuditError,), (b'{"a":[1,"x",null,true]}',)),
    "note": Parser(text_of(Note.parse), (AuditError,), (HEAD.encode() + b"\n\xe2\x80\x94 x AAAAAAA=\n",)),
    "checkpoint": Parser(text_of(Checkpoint.parse), (AuditError,), (HEAD.encode(),)),
    "proof": Parser(
        text_of(Proof.parse), (AuditError,), (b"c2sp.org/tlog-proof@v1\nindex 0\n\n" + HEAD.encode(),)
    ),
    "receipt": Parser(
        text_of(ForeignReceipt.parse), (AuditError,), (b"c2sp.org/tlog-proof@v1\nextra e30=\nindex 0\n",)
    ),
    "submission": Parser(Submission.parse, (AuditError,), (b"old 0\n\n" + HEAD.encode(),)),
    "verifier key": Parser(text_of(VerifyKey.parse), (AuditError,), (federation().public.vkey.encode(),)),
    "signing key": Parser(text_of(SigningKey.parse), (AuditError,), (federation().skey.encode(),)),
    "trust policy": Parser(text_of(TrustPolicy.parse), (AuditError,), (b"log x+00+AA\nquorum none\n",)),
    "tile path": Parser(
        text_of(tiles.parse_path), (AuditError,), (b"tile/0/x001/234.p/5", b"tile/entries/000")
    ),
    "equivocation": Parser(text_of(Evidence.parse), (AuditError,), (b"{}",)),
    "statement": Parser(
        text_of(lambda text: open_statement(text, {}, "x")), (SharingError,), (b"e30.e30.AA",)
    ),
    "directory": Parser(
        text_of(lambda text: Directory.open(text, [federation().public], now=NOW)),
        (SharingError,),
        (directory().sign(federation()).encode(),),
    ),
    "request": Parser(request, (), (b"entente-recipient: fr.ofast\nsignature: sig1=:AA==:\n\n{}",)),
    "pack": Parser(read_pack, (SharingError,), (b"PK\x03\x04" + bytes(40),)),
    "filter": Parser(
        lambda data: filters.parse(orjson.loads(data)),
        (PolicyError, orjson.JSONDecodeError),
        (b'{"type":"field","operator":"eq","field":"id","value":"x"}',),
    ),
    "record line": Parser(
        jsonl_source.parse, (ShelfError,), (b'{"id":"a","schema":"Person","properties":{}}',)
    ),
    "mapping": Parser(
        filed(load_mapping, "m.yaml"), (ShelfError,), (b"format: csv\nrecords:\n- {schema: Port, id: x}\n",)
    ),
    "sheet": Parser(
        filed(lambda path: list(read_sheet(path, "", ".")), "s.xlsx"),
        (ShelfError,),
        (b"PK\x05\x06" + bytes(18),),
    ),
}


def feed(name: str, data: bytes) -> None:
    """Let a parser take the bytes or refuse them; whatever else it raises is let through."""
    parser = PARSERS[name]
    try:
        parser.take(data)
    except parser.refuses:
        return


if __name__ == "__main__":
    sys.stdout.write("\n".join(name.replace(" ", "-") for name in PARSERS) + "\n")
