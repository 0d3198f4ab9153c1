"""A telephone that was read out: its address book and its messages, for a chart with some hundred elements.

    python -m deploy.demo.telephone --seed 418 --out FILE

writes its records, one a line: the device, the numbers in its address book, a message to each. Expanded on a
chart they are 361 records with 540 ties.
"""

import argparse
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import orjson

from deploy.demo import reserved
from deploy.demo.ordinary import FAMILY, GIVEN
from deploy.demo.scenario import SEED
from deploy.demo.story import Envelope, Record

CONTACTS = 180
DEVICE = "fr-x-dv"
IMEI = "00-418026-000099-3"
HUB = "+46701740642"
"""The number of the story's hub, which is in the address book as well."""
_CASE = "FR-2026-0502"
_FIRST = datetime(2026, 3, 1, 6, 30)  # noqa: DTZ001  # telephones write local times
#: Names that try what a screen makes of them, among ordinary ones.
_HOSTILE = {
    7: "<script>document.title='broken'</script>",
    40: "Renée \u202eduab.eniotnA",
    77: "Åke & Örjan <b>",
}


def records(seed: int, contacts: int = CONTACTS) -> Iterator[Record]:
    """The records, links after their ends: three for each contact, and the device."""
    random = Random(f"{seed}/telephone")
    own = reserved.french_phone(random)
    yield _record(DEVICE, "Device", name="telephone of the yard", imei=IMEI, make="demo", model="Saphir 5")
    numbers = sorted({reserved.french_phone(random) for _ in range(2 * contacts)} - {own})
    for place, number in enumerate([HUB, *random.sample(numbers, contacts - 1)]):
        name = _HOSTILE.get(place, f"{random.choice(GIVEN)} {random.choice(FAMILY)}")
        sent = _FIRST + timedelta(minutes=random.randrange(60 * 24 * 60))
        yield _record(f"fr-x-ph-{place}", "PhoneNumber", name=name, number=number)
        yield _record(
            f"fr-x-ul-{place}",
            "UnknownLink",
            subject=DEVICE,
            object=f"fr-x-ph-{place}",
            role="in the address book",
        )
        yield _record(
            f"fr-x-ms-{place}",
            "ExtractedMessage",
            name=f"message to {name}",
            sentAt=sent.isoformat(),
            body="see you at the usual place",
            senderNumber=own,
            recipientNumber=number,
            device=DEVICE,
        )


def _record(record_id: str, schema: str, **properties: str) -> Record:
    envelope: Envelope = {
        "dataset": "cases", "case": _CASE, "subject_category": "NOT_A_PERSON", "handling": ["H0"],
        "source": "A", "information": "1", "tlp": "AMBER", "assessment": "FACT",
        "provenance": {"instrument": "seized telephone", "authority": "OFAST", "method": "read out"},
        "review_at": "2029-04-18", "retain_until": "2031-04-18",
    }  # fmt: skip
    values = {name: [value] for name, value in properties.items()}
    return {"id": record_id, "schema": schema, "properties": values, "envelope": envelope}


def main(arguments: list[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--contacts", type=int, default=CONTACTS, help="numbers in its address book")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE")
    asked = parser.parse_args(arguments)
    lines = (
        orjson.dumps(each, option=orjson.OPT_APPEND_NEWLINE) for each in records(asked.seed, asked.contacts)
    )
    asked.out.write_bytes(b"".join(lines))
    return 0


if __name__ == "__main__":
    sys.exit(main())
