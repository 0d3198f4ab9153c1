"""Every parser of foreign bytes, in one table: what it is fed by, and the errors that it may raise.

    python -m tests.security.parsers        names them, for `deploy/scripts/security.sh fuzz`

Anything else that a parser raises is a fault of ours: a crash that a stranger can cause.
"""

import sys
from collections.abc import Mapping
from functools import cache
from io import BytesIO

import orjson
from openpyxl import Workbook

from audit import canonical, tiles
from audit.checkpoint import Checkpoint
from audit.equivocation import Evidence
from audit.errors import AuditError
from audit.keys import SigningKey, VerifyKey
from audit.note import Note, sign_note
from audit.proof import Proof
from audit.receipt import ForeignReceipt
from audit.submission import Submission
from audit.trust import TrustPolicy
from gateway.body import parse_object
from gateway.errors import GatewayError
from gateway.graphql.federation import federation_schema
from gateway.manifest import LogHead, Manifest
from gateway.trusted import parse_document
from policy import filters
from policy.errors import PolicyError
from sharing.directory import Directory
from sharing.envelope import open_request
from sharing.errors import SharingError
from sharing.jws import open_statement, sign_statement
from sharing.keys import kid
from sharing.pack import read_pack, write_pack
from tenants import jsonl_source
from tenants.errors import IdentifierRejected, ShelfError
from tenants.identifiers import KINDS, normalise
from tenants.mapping import load_mapping
from tenants.sheet_source import read_sheet
from tests.security.file_parsers import FILE_PARSERS
from tests.security.key_parsers import KEY_PARSERS
from tests.security.parser import NOW, Parser, filed, text_of
from tests.security.partner_parsers import PARTNER_PARSERS


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


def identifiers(text: str) -> object:
    """A text as an identifier of each kind; the last refusal if it is none at all."""
    found, refused = [], None
    for kind in KINDS:
        try:
            found.append(normalise(kind, text, country="FR", chain="BTC"))
        except IdentifierRejected as error:
            refused = error
    if refused and not found:
        raise refused
    return found


def document(text: str) -> object:
    schema = federation_schema()._schema  # strawberry has no public name for graphql-core's
    return parse_document(schema, text, fields=500, depth=12)


def signed_head(letter: str) -> str:
    """A checkpoint of one log; another letter is another root."""
    return sign_note(HEAD.replace("A", letter), SigningKey.from_seed("fr.ofast/log", b"l" * 32))


def workbook() -> bytes:
    """A sheet as the usual program writes one."""
    book, written = Workbook(), BytesIO()
    for row in (["n", "c"], ["Zoé", 1.5], [None, "=1+1"]):
        book.worksheets[0].append(row)
    book.save(written)
    return written.getvalue()


HEAD = "fr.ofast/log\n1\n" + "A" * 43 + "=\n"
STOOD = LogHead(origin="fr.ofast/log", size=1, root="a" * 64, at="2026-11-22T12:00:00Z")
PARSERS: Mapping[str, Parser] = {
    "body": Parser(parse_object, (GatewayError,), (b'{"query": "{ me { name } }", "variables": {}}',)),
    "manifest": Parser(
        Manifest.parse,
        (GatewayError,),
        (Manifest(node="fr.ofast", log=STOOD, parts=()).text,),
    ),
    "document": Parser(
        text_of(document), (GatewayError,), (b"query q($i: String!) { lookup(value: $i) { hit } }",)
    ),
    "canonical": Parser(canonical.parse, (AuditError,), (b'{"a":[1,"x",null,true]}',)),
    "note": Parser(text_of(Note.parse), (AuditError,), (HEAD.encode() + b"\n\xe2\x80\x94 x AAAAAAA=\n",)),
    "checkpoint": Parser(text_of(Checkpoint.parse), (AuditError,), (HEAD.encode(),)),
    "proof": Parser(text_of(Proof.parse), (AuditError,), (str(Proof(0, (), signed_head("A"))).encode(),)),
    "receipt": Parser(
        text_of(ForeignReceipt.parse), (AuditError,), (b"c2sp.org/tlog-proof@v1\nextra e30=\nindex 0\n",)
    ),
    "submission": Parser(Submission.parse, (AuditError,), (b"old 0\n\n" + HEAD.encode(),)),
    "verifier key": Parser(text_of(VerifyKey.parse), (AuditError,), (federation().public.vkey.encode(),)),
    "signing key": Parser(text_of(SigningKey.parse), (AuditError,), (federation().skey.encode(),)),
    "trust policy": Parser(
        text_of(TrustPolicy.parse),
        (AuditError,),
        (f"log {federation().public.vkey}\nquorum none\n".encode(),),
    ),
    "tile path": Parser(
        text_of(tiles.parse_path), (AuditError,), (b"tile/0/x001/234.p/5", b"tile/entries/000")
    ),
    "equivocation": Parser(
        text_of(Evidence.parse),
        (AuditError,),
        (str(Evidence(signed_head("A"), signed_head("B"))).encode(), b"{}"),
    ),
    "statement": Parser(
        text_of(lambda text: open_statement(text, {kid(federation().public): federation().public}, "x")),
        (SharingError,),
        (sign_statement(b"{}", federation(), "x").encode(), b"e30.e30.AA"),
    ),
    "directory": Parser(
        text_of(lambda text: Directory.open(text, [federation().public], now=NOW)),
        (SharingError,),
        (directory().sign(federation()).encode(),),
    ),
    "request": Parser(request, (), (b"entente-recipient: fr.ofast\nsignature: sig1=:AA==:\n\n{}",)),
    "pack": Parser(read_pack, (SharingError,), (write_pack({"a.json": b"{}"}), b"PK\x03\x04" + bytes(40))),
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
        (workbook(), b"PK\x05\x06" + bytes(18)),
    ),
    "identifier": Parser(
        text_of(identifiers),
        (IdentifierRejected,),
        (
            b"+33 6 12 34 56 78",
            b"FR76 3000 6000 0112 3456 7890 189",
            b"IMO 9074729",
            b"bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq",
        ),
    ),
    **PARTNER_PARSERS,
    **FILE_PARSERS,
    **KEY_PARSERS,
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
