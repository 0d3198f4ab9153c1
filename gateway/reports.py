"""The use case of reports: the note of significant cases, a case report, a hand-over report.

1 Check what is asked. 2 Each case's records are asked for anew, under its mandate (`gateway.report_cases`).
3 Hold them to their codes for this use. 4 Count, and write the pages. 5 Write the files. 6 Log, for each case
what an export logs. 7 Give. No question and no rule is a report's own.
"""

import asyncio
import re
from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

import orjson

from audit.canonical import encode
from audit.entry import Entry
from gateway.docx_pages import docx
from gateway.errors import VariablesRejected
from gateway.export import Given, exported
from gateway.export_document import codes, mark_shown
from gateway.html_pages import html
from gateway.node import Node
from gateway.picture_shown import local, zone_of
from gateway.report_cases import Held, Outlet, Source, asked, held_case, marked
from gateway.typst_pages import pdf
from gateway.visit import Visit
from policy.handling import DataUse, high_water
from policy.terms import Role
from sharing.encoding import digest, fresh
from sharing.reports.pages import Pages
from sharing.reports.parts import Made
from sharing.reports.told import completeness, figures, whole
from sharing.reports.written import Kind, counted, written
from sharing.wording import Language

MOST_CASES = 12
_MONTH = re.compile(r"[0-9]{4}-(?:0[1-9]|1[0-2])")
Shown = Mapping[str, Any]


class Paper(StrEnum):
    """What a report is written in."""

    HTML = "HTML"
    PDF = "PDF"
    DOCX = "DOCX"


_WRITERS: Mapping[Paper, Callable[[Pages], bytes]] = {Paper.HTML: html, Paper.PDF: pdf, Paper.DOCX: docx}
_MEDIA = {
    Paper.HTML: "text/html",
    Paper.PDF: "application/pdf",
    Paper.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


@dataclass(frozen=True, slots=True)
class Reporting:
    """What is reported for what use; `period` is the month of a note."""

    kind: Kind
    cases: tuple[Source, ...]
    outlet: Outlet
    language: Language = Language.EN
    period: str = ""
    papers: tuple[Paper, ...] = (Paper.HTML,)


async def report(visit: Visit, wanted: Reporting) -> Shown:
    """The report and what is missing from it; the steps are the module's."""
    node = visit.node
    visit.require(Role.ANALYST)
    _check(wanted)  # 1
    visit.proven()
    told = [await asked(visit, each, wanted.outlet) for each in wanted.cases]  # 2
    texts = sorted(text for each in told for text in each.texts)
    acknowledgement = digest(encode(texts)) if texts else ""
    read = wanted.outlet.acknowledged == acknowledgement
    held = [held_case(visit, each, wanted.language, read=read) for each in told]  # 3
    made = _made(node, wanted, held)
    pages = written(wanted.kind, made, [each.case for each in held], wanted.period)  # 4
    files = await asyncio.to_thread(_files, pages, wanted.papers)  # 5
    shown = _shown(wanted, made, held)
    named = [{name: each[name] for name in each if name != "content"} for each in files]
    content = orjson.dumps(shown | _said(wanted, made, held) | {"files": named}, option=orjson.OPT_INDENT_2)
    given = Given(content, [each.value for each in wanted.papers])
    await node.log.append_many([_entry(visit, each, given) for each in held])  # 6
    return shown | {  # 7
        "texts": [{"handle": handle, "text": text} for handle, text in texts],
        "acknowledgement": acknowledgement,
        "digest": digest(content),
        "content": content.decode(),
        "files": files,
    }


def _check(wanted: Reporting) -> None:
    most = MOST_CASES if wanted.kind is Kind.NOTE else 1
    if not 0 < len(wanted.cases) <= most:
        raise VariablesRejected(f"report: {len(wanted.cases)} cases, {wanted.kind} takes 1 to {most}")
    if (wanted.kind is Kind.NOTE) != bool(wanted.period):
        raise VariablesRejected(f"report: period {wanted.period[:20]!r}: a NOTE has a month, no other report")
    if wanted.period and not _MONTH.fullmatch(wanted.period):
        raise VariablesRejected(f"report: period {wanted.period[:20]!r} is no month like 2026-04")
    if wanted.kind is Kind.HANDOVER and wanted.outlet.use is not DataUse.ONWARD:
        raise VariablesRejected(f"report: use {wanted.outlet.use}: a HANDOVER is ONWARD, and names to whom")
    if not wanted.papers:
        raise VariablesRejected("report: no format is named")


def _made(node: Node, wanted: Reporting, held: Sequence[Held]) -> Made:
    actor, now = held[0].asked.mandate.actor, node.now()
    marks = [each.mark for each in held if each.mark is not None]
    return Made(
        id=f"x-{fresh()}",
        node=node.id,
        by=node.post.keys.pseudonym(node.id, actor.subject),
        at=local(now, zone_of(node)),
        made_at=now,
        use=wanted.outlet.use.value,
        to=(*wanted.outlet.to, *wanted.outlet.persons),
        mark=marked(high_water(marks)) if marks else "",
        language=wanted.language,
    )


def _files(pages: Pages, papers: Sequence[Paper]) -> list[Shown]:
    made = [(each, _WRITERS[each](pages)) for each in dict.fromkeys(papers)]
    return [
        {
            "format": each.value,
            "ending": f".{each.value.lower()}",
            "mediaType": _MEDIA[each],
            "digest": digest(content),
            "content": b64encode(content).decode(),
        }
        for each, content in made
    ]


def _said(wanted: Reporting, made: Made, held: Sequence[Held]) -> dict[str, Any]:
    """What the file with the figures says of itself."""
    cases = [{"case": each.case.reference, "picture": each.asked.source.picture or None} for each in held]
    about = {"madeAt": made.at, "node": made.node, "by": made.by, "use": made.use, "to": list(made.to)}
    return about | {"period": wanted.period or None, "language": wanted.language.value, "cases": cases}


def _shown(wanted: Reporting, made: Made, held: Sequence[Held]) -> dict[str, Any]:
    """What the report says, as data: every figure with its records and its completeness."""
    cases, language = [each.case for each in held], wanted.language
    found = counted(cases, wanted.period)
    marks = [each.mark for each in held if each.mark is not None]
    return {
        "id": made.id,
        "kind": wanted.kind.value,
        "records": len({claim.handle for case in cases for claim in case.claims}),
        "highWater": mark_shown(high_water(marks)) if marks else None,
        "complete": whole(found, cases),
        "completeness": completeness(cases, language),
        "missing": [one for each in held for one in each.found.missing],
        "nodes": [{"node": one.node, "status": one.status} for case in cases for one in case.heard],
        "figures": [
            {
                "matter": each.figure.line.matter.value,
                "what": each.figure.line.what,
                "says": each.what,
                "unit": each.figure.line.unit,
                "service": each.figure.service or None,
                "low": str(each.figure.amount.low),
                "high": str(each.figure.amount.high),
                "amount": each.amount,
                "atLeast": each.at_least,
                "handles": list(each.figure.handles),
                "completeness": each.completeness,
            }
            for each in figures(found, cases, language)
        ],
        "asides": [{"handle": handle, "why": why.value} for handle, why in sorted(found.asides.items())],
        "once": [list(each) for each in found.once],
        "maybeSame": [list(each) for each in found.maybe],
        "textsLeftOut": sum(case.texts_left_out for case in cases),
    }


def _entry(visit: Visit, one: Held, given: Given) -> Entry:
    """What an export logs, with the picture that it is of, and under the codes of its texts too."""
    entry = exported(visit, one.asked.wanted, one.asked.mandate, one.found, given)
    facts = dict(entry.facts)
    if one.mark is not None:
        facts |= {"handling": codes(one.mark), "evaluation": [one.mark.evaluation], "tlp": one.mark.tlp.value}
    if one.asked.source.picture:
        facts["picture"] = one.asked.source.picture
    return replace(entry, facts=facts)
