"""Parsers of files that others made: sources of records in every format, cards, tables, packs, backups."""

from collections.abc import Callable, Mapping

import orjson
from joserfc import jws
from joserfc.jwk import ECKey

from audit.keys import SigningKey
from gateway.errors import GatewayError
from gateway.home import read_card
from gateway.id_tokens import Expected, checked_id_token, checked_logout
from gateway.prices import read_table
from gateway.provider import usable_keys
from gateway.role_mapping import DEFAULT
from gateway.sealed_keys import seal, unseal
from policy.errors import PolicyError
from policy.provenance import read_provenance, read_rulings
from sharing.chronicle.sure import read_day
from sharing.errors import SharingError
from sharing.money.reference import Measure
from sharing.money.shares import read_share
from tenants.amounts import read_number
from tenants.errors import ShelfError
from tenants.formats.cells import row_of
from tenants.formats.known import codecs
from tenants.formats.port import Format, Item, Parcel
from tenants.mapped_source import read_mapped
from tenants.mapping import parse_mapping
from tenants.model import load_model
from tests.security.parser import NOW, Parser, filed, stated, text_of

MODEL = load_model()
CODECS = codecs(MODEL)
ISSUER, CLIENT = "https://idp.example", "entente"
IDP_KEY = ECKey.generate_key("P-256", {"kid": "k1"})
KEYS = usable_keys({"keys": [IDP_KEY.as_dict(private=False)]})
EXPECTED = Expected(ISSUER, CLIENT, "n")
CLAIMS = {"iss": ISSUER, "aud": CLIENT, "sub": "fr-1", "exp": NOW + 60, "iat": NOW, "nonce": "n"}
LOGOUT = {"http://schemas.openid.net/event/backchannel-logout": {}}
CARD = {
    "id": "fr.ofast",
    "name": "O",
    "country": "FR",
    "spoc": "s@x",
    "address": "https://x.example",
    "log_origin": "fr.ofast/log",
    "log_vkey": SigningKey.from_seed("fr.ofast/log", b"l" * 32).public.vkey,
    "keys": [],
}
PROPERTIES = {"name": ["Zoé; 1"], "country": ["fr"]}
PERSON = {"id": "a", "schema": "Person", "properties": PROPERTIES, "envelope": {"dataset": "cases"}}
OWNED = {"owner": ["a"], "asset": ["b"], "percentage": ["51"]}
OWNS = {"id": "o", "schema": "Ownership", "properties": OWNED, "envelope": {}}
FIRM = {"id": "b", "schema": "Company", "properties": {"name": ["B"]}, "envelope": {}}
PARCEL = Parcel(tuple(Item("fr.ofast", each) for each in (PERSON, FIRM, OWNS)), {"export": "x-1"})
RULES = [{"schema": "Person", "id": "{n}", "properties": {"name": "{n}"}}]
RECORD = (b'"n","c"\n"Zo\xc3\xa9","fr"\n', b"n;c\nA;\n")
MATRIX = b",A,B\nA,0,1\nB,1,0\n"


def whole(name: Format) -> Parser:
    """A format of another program, every record of a file."""
    codec = CODECS[name]
    seeds = tuple(file.content.encode() for file in codec.write(PARCEL))
    return Parser(lambda data: list(codec.read(data)), (ShelfError,), seeds)


def mapped(form: str, name: str, *seeds: bytes) -> Parser:
    """Rows of a file of another program under a mapping."""
    mapping = parse_mapping({"format": form, "records": RULES})
    return Parser(filed(lambda path: list(read_mapped(path, mapping, 0)), name), (ShelfError,), seeds)


def token(check: Callable[[str], object], claims: Mapping[str, object], typ: str) -> Parser:
    """What the identity provider says in a token that it signed: any claims, or any bytes for the token."""

    def take(data: bytes) -> object:
        if data.startswith(b"{"):
            return check(jws.serialize_compact({"alg": "ES256", "kid": "k1", "typ": typ}, data, IDP_KEY))
        return check(data.decode("latin-1"))

    return Parser(
        take, (GatewayError,), (orjson.dumps(claims), b"e30.e30.AA", b'{"aud":["entente",7],"exp":1e99}')
    )


COLUMNS = "source,hsCode,measure,unit,begin,end,number,q1,median,q3"
PRICES = f"{COLUMNS}\nx,0803,{Measure.VALUE_PER_KG.value},KG,2026-01-01,2026-02-01,40,1,2,3\n".encode()
CELLS = {"id": "a", "ftm:name": "A; B", "entente:tlp": "RED"}
PASSPHRASE = b"a passphrase of some length"
FILE_PARSERS: Mapping[str, Parser] = {
    **{f"format {name.value.lower()}": whole(name) for name in Format},
    "table": mapped("csv", "t.csv", *RECORD),
    "json list": mapped("json-list", "t.json", b'[{"n": "A"}, {"n": 1.5}, 7]'),
    "matrix": mapped("matrix", "m.csv", MATRIX),
    "cells": stated(
        row_of, ShelfError, AttributeError, seed={"id": "a", "ftm:name": "A; B", "entente:tlp": "RED"}
    ),
    "card": Parser(filed(read_card, "c.json"), (GatewayError,), (orjson.dumps(CARD),)),
    "prices": Parser(filed(read_table, "p.csv"), (SharingError,), (PRICES,)),
    "provenance": Parser(
        read_provenance, (PolicyError,), (b'{"authority":"X","tool":{"name":"r","version":"4"}}',)
    ),
    "rulings": Parser(
        read_rulings,
        (PolicyError,),
        (b'[{"country":"SE","status":"EXCLUDED","court":"X","reference":"1","decided":"2026-06-02"}]',),
    ),
    "sealed keys": Parser(
        lambda data: unseal(data, PASSPHRASE), (GatewayError,), (seal({"a.key": b"x"}, PASSPHRASE),)
    ),
    "provider keys": stated(
        usable_keys, GatewayError, AttributeError, seed={"keys": [IDP_KEY.as_dict(private=False)]}
    ),
    "id token": token(lambda text: checked_id_token(text, KEYS, EXPECTED, NOW), CLAIMS, "JWT"),
    "logout token": token(
        lambda text: checked_logout(text, KEYS, EXPECTED, NOW),
        {"iss": ISSUER, "aud": CLIENT, "iat": NOW, "exp": NOW + 60, "jti": "j", "sub": "s", "events": LOGOUT},
        "logout+jwt",
    ),
    "claims": stated(
        lambda value: DEFAULT.actor("fr.ofast", value),
        GatewayError,
        seed={"sub": "fr-1", "entente_roles": ["analyst"], "entente_unit": "U1"},
    ),
    "day": Parser(text_of(read_day), (), (b"2026-11-22",)),
    "share": Parser(text_of(read_share), (), (b"25,5-50%",)),
    "amount": Parser(text_of(lambda text: read_number(text, ",", "x")), (ShelfError,), (b"1.234,50",)),
}
