"""Everyday records around the story: independent small cases, one after the other, so that memory stays flat.

Case `n` of a node depends on seed, node and `n` only. Links come after their ends. No name, number or code of
the story is drawn here: see `deploy.demo.reserved` and the test that holds both apart.
"""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from itertools import count
from pathlib import Path
from random import Random

import yaml

from deploy.demo import profiles, reserved
from deploy.demo.story import Envelope, Record

_CATEGORIES = (
    "SUSPECT_OR_CONVICTED",
    "LIKELY_OFFENDER",
    "CONTACT_OR_ASSOCIATE",
    "WITNESS",
    "VICTIM",
    "INFORMANT",
)
_CATEGORY_WEIGHTS = (45, 20, 18, 8, 7, 2)
_HANDLING: tuple[list[str], ...] = (["H0"], ["H0", "H1"], ["H0", "H2"], ["H0", "H1", "H2"], ["H0", "H3"], [])
_HANDLING_WEIGHTS = (50, 8, 25, 6, 5, 6)
_TLP = ("RED", "AMBER+STRICT", "AMBER", "GREEN", "CLEAR")
_TLP_WEIGHTS = (2, 13, 55, 25, 5)
_COUNTRY = {"fr.ofast": "fr", "se.polisen": "se", "eu.europol": "lt"}
_OTHER_OWNERS = ("nl.politie", "be.politie", "es.guardia")
_PORTS = ("FRLEH", "FRDKK", "FRMRS", "SEGOT", "SEHEL", "BEANR", "NLRTM", "DEHAM", "ESALG", "PTSIE")
_MOVEMENTS = ("DISCHARGED", "GATE_OUT", "OPENED", "RETURNED")
_DRUGS = ("cocaine", "cannabis", "heroin", "MDMA", "amphetamine", "ketamine")
_FIRST_DAY = date(2024, 1, 1)
_DAYS = 1000
_WORDS = yaml.safe_load((Path(__file__).parent / "words.yaml").read_text(encoding="utf-8"))
GIVEN, FAMILY, COMPANY_WORDS, COMPANY_FORMS, TOWNS = (
    tuple(_WORDS[name].split()) for name in ("given", "family", "company_words", "company_forms", "towns")
)
_BIRTHS = date(1945, 1, 1)
_BIRTH_DAYS = 22_000


def records(node: str, seed: int) -> Iterator[Record]:
    """Endless ordinary records of `node`."""
    for number in count():
        yield from Case(node, seed, number).records()


class Case:
    """One small case: four people, what they own and use, and what happened."""

    def __init__(self, node: str, seed: int, number: int) -> None:
        self.node = node
        self.random = Random(f"{seed}/{node}/{number}")
        self.prefix = f"{node.partition('.')[0]}-o{number}"
        self.country = _COUNTRY[node]
        self.case = f"{self.prefix[:2].upper()}-{self.random.randrange(2022, 2027)}-{10_000 + number}"
        self.made = 0
        self.day = _FIRST_DAY + timedelta(days=self.random.randrange(_DAYS))

    def records(self) -> Iterator[Record]:
        """About twenty records, links after their ends."""
        people = [self.person() for _ in range(4)]
        firms = [self.company() for _ in range(2)]
        phones = [self.phone_number() for _ in range(3)]
        boxes = [self.container() for _ in range(2)]
        yield from (
            *people,
            *firms,
            *phones,
            *boxes,
            self.vehicle(),
            self.account(),
            self.shipment(boxes, firms),
        )
        for person, phone in zip(people, phones, strict=False):
            yield self.link(person, phone, "uses")
        yield self.make(
            "Associate", person=people[0]["id"], associate=people[1]["id"], relationship="seen together"
        )
        yield self.make(
            "Directorship", director=people[2]["id"], organization=firms[0]["id"], role="director"
        )
        yield self.movement(boxes[0])
        event: Callable[[Record], Iterator[Record]] = self.random.choice(
            (self.sample, self.sighting, self.message, self.wallet, self.call, self.seizure)
        )
        yield from event(people[3])

    def make(self, schema: str, **properties: str | list[str] | None) -> Record:
        """A record of this case; `None` leaves a property out."""
        self.made += 1
        return {
            "id": f"{self.prefix}-{self.made}",
            "schema": schema,
            "properties": {
                name: value if isinstance(value, list) else [value]
                for name, value in properties.items()
                if value is not None
            },
            "envelope": self.envelope(schema),
        }

    def envelope(self, schema: str) -> Envelope:
        """Handling, evaluation, TLP and dates as they mix in a real register."""
        random, retain = self.random, date(2029, 1, 1) + timedelta(days=self.random.randrange(900))
        envelope: Envelope = {
            "dataset": "cases", "case": self.case, "subject_category": "NOT_A_PERSON",
            "handling": random.choices(_HANDLING, _HANDLING_WEIGHTS)[0],
            "source": random.choices("ABCX", (20, 50, 15, 15))[0],
            "information": random.choices("1234", (15, 45, 20, 20))[0],
            "tlp": random.choices(_TLP, _TLP_WEIGHTS)[0],
            "assessment": "FACT" if random.random() < 0.8 else "ASSESSMENT",  # noqa: PLR2004  # four of five
            "provenance": {"instrument": "investigation file", "authority": self.node, "method": "entered"},
            "review_at": (retain - timedelta(days=730)).isoformat(), "retain_until": retain.isoformat(),
        }  # fmt: skip
        if "H3" in envelope["handling"]:  # type: ignore[operator]  # a list of codes, five lines up
            envelope["handling_text"] = "Ask the case officer first."
        if schema == "Person":
            envelope["subject_category"] = random.choices(_CATEGORIES, _CATEGORY_WEIGHTS)[0]
        self.exception(envelope)
        return envelope

    def exception(self, envelope: Envelope) -> None:
        """One in a hundred each: no category, expired, under way; one in two hundred: somebody else's."""
        match self.random.randrange(200):
            case 0 | 1 if envelope["subject_category"] != "NOT_A_PERSON":
                del envelope["subject_category"]
            case 2 | 3:
                envelope |= {"retain_until": "2026-02-28", "review_at": "2026-02-01"}
            case 4 | 5:
                envelope["ongoing"] = True
            case 6:
                envelope |= {"owner": self.random.choice(_OTHER_OWNERS), "handling": ["H0", "H2"]}

    def person(self) -> Record:
        """A person; every third has a telephone of their own."""
        given, family = self.random.choice(GIVEN), self.family()
        birth = _BIRTHS + timedelta(days=self.random.randrange(_BIRTH_DAYS))
        return self.make(
            "Person", name=f"{given} {family}", firstName=given, lastName=family, birthDate=birth.isoformat(),
            country=self.country, phone=self.number() if self.random.randrange(3) == 0 else None,
        )  # fmt: skip

    def family(self) -> str:
        """A family name, half of them double."""
        first, second = self.random.choice(FAMILY), self.random.choice(FAMILY)
        return first if first == second or self.random.random() < 0.5 else f"{first}-{second}"  # noqa: PLR2004  # half

    def number(self) -> str:
        """A telephone number in one of the ways people write it."""
        random = self.random
        swedish = random.random() < (0.1 if self.node == "se.polisen" else 0.02)
        number = reserved.swedish_phone(random) if swedish else reserved.french_phone(random)
        return random.choice(
            (number, f"00{number[1:]}", f"{number[:3]} {number[3:5]} {number[5:8]} {number[8:]}")
        )

    def company(self) -> Record:
        """A company with a register number."""
        words = self.random.sample(COMPANY_WORDS, 2)
        name = f"{words[0]} {words[1]} {self.random.choice(COMPANY_FORMS)}"
        number = f"9990{self.random.randrange(10**7):07d}"
        return self.make("Company", name=name, registrationNumber=number, country=self.country)

    def phone_number(self) -> Record:
        """A number that is of interest by itself."""
        return self.make(
            "PhoneNumber", name=f"number in {self.case}", number=self.number(), country=self.country
        )

    def container(self) -> Record:
        """A box, its code as a terminal or a police officer writes it."""
        code = reserved.container(self.random)
        spelt = self.random.choice(
            (code, f"{code[:4]} {code[4:10]} {code[10]}", f"{code[:4]} {code[4:10]}-{code[10]}")
        )
        return self.make("Container", name=code, containerCode=spelt, country=self.country)

    def vehicle(self) -> Record:
        """A car with a plate that cannot exist."""
        country = "SE" if self.node == "se.polisen" else "FR"
        plate, vin = reserved.plate(country, self.random), reserved.vin(self.random)
        return self.make(
            "RoadVehicle", name=plate, registrationNumber=plate, vin=vin, country=country.lower()
        )

    def account(self) -> Record:
        """A bank account."""
        iban = reserved.iban(self.country.upper(), self.random)
        return self.make("BankAccount", name=f"account {iban[-4:]}", iban=iban, country=self.country)

    def shipment(self, boxes: list[Record], firms: list[Record]) -> Record:
        """A bill of lading for the first box."""
        bill = f"DEMO{self.random.randrange(10**9):09d}"
        return self.make(
            "Shipment", name=bill, billOfLading=bill, container=boxes[0]["id"], shipper=firms[0]["id"],
            consignee=firms[1]["id"], arrivalDate=self.day.isoformat(),
            dischargePort=f"port-{self.random.choice(_PORTS)}",
        )  # fmt: skip

    def movement(self, box: Record) -> Record:
        """What happened to a box in a port."""
        place, movement = self.random.choice(_PORTS), self.random.choice(_MOVEMENTS)
        return self.make(
            "ContainerMovement",
            container=box["id"],
            place=f"port-{place}",
            movement=movement,
            date=self.day.isoformat(),
        )

    def link(self, subject: Record, target: Record, role: str) -> Record:
        """A link of no special kind."""
        return self.make("UnknownLink", subject=subject["id"], object=target["id"], role=role)

    def sample(self, _: Record) -> Iterator[Record]:
        """A sample and its profile, of one of many lots."""
        random = self.random
        number = f"{self.prefix.upper()}-{random.randrange(1000):03d}"
        sample = self.make(
            "DrugSample", name=number, labNumber=number, drug="cocaine", sampledAt=self.day.isoformat()
        )
        yield sample
        yield self.make(
            "ChemicalProfile", name=f"profile {number}", method=profiles.METHOD,
            methodVersion=profiles.VERSION, sample=sample["id"],
            compounds=profiles.compounds(f"o{random.randrange(400)}", 0.04, number),
        )  # fmt: skip

    def sighting(self, _: Record) -> Iterator[Record]:
        """A ship that drifts."""
        random, mmsi = self.random, reserved.mmsi(self.random)
        ship = f"{random.choice(COMPANY_WORDS)} {random.choice(TOWNS)}"
        vessel = self.make("Vessel", name=ship, imoNumber=reserved.imo(random), mmsi=mmsi, flag="pa")
        yield vessel
        yield self.make(
            "AisEvent", name=f"{ship} drifts", eventType="LOITERING", vessel=vessel["id"], mmsi=mmsi,
            startDate=self.day.isoformat(), latitude=f"{random.uniform(49, 58):.3f}",
            longitude=f"{random.uniform(-5, 12):.3f}",
        )  # fmt: skip

    def message(self, _: Record) -> Iterator[Record]:
        """A message and the device it was read from."""
        device = self.make("Device", name="telephone", imei=reserved.imei(self.random), country=self.country)
        yield device
        yield self.make(
            "ExtractedMessage", name=f"message in {self.case}", sentAt=self.day.isoformat(),
            body="see you at the usual place", senderNumber=self.number(), recipientNumber=self.number(),
            device=device["id"], country=self.country,
        )  # fmt: skip

    def wallet(self, person: Record) -> Iterator[Record]:
        """A wallet and who is thought to hold it."""
        address = reserved.bitcoin_address(self.prefix)
        wallet = self.make("CryptoWallet", name=f"purse {address[:8]}", publicKey=address, currency="BTC")
        yield wallet
        yield self.link(person, wallet, "holds")

    def call(self, _: Record) -> Iterator[Record]:
        """A card and a call."""
        yield self.make(
            "Sim", name="card", imsi=reserved.imsi(self.random), phone=self.number(), country=self.country
        )
        yield self.make(
            "Call", callerNumber=reserved.french_phone(self.random),
            receiverNumber=reserved.swedish_phone(self.random), date=self.day.isoformat(),
            duration=str(self.random.randrange(5, 900)),
        )  # fmt: skip

    def seizure(self, _: Record) -> Iterator[Record]:
        """A seizure in a town."""
        random, drug = self.random, self.random.choice(_DRUGS)
        town = random.choice(TOWNS)
        yield self.make(
            "Seizure", name=f"{drug}, {town}", drug=drug, quantity=str(random.randrange(1, 900)), unit="g",
            date=self.day.isoformat(), location=town,
        )  # fmt: skip
