/* Which document, for whom, as it is chosen on the screen and as the node takes it. */
import { LANGUAGES } from '../../shell/texts'
import type { Language } from '../../shell/texts'
import type { DataUse } from './marks'

export const KINDS = ['CASE', 'NOTE', 'HANDOVER'] as const
export const FORMATS = ['PDF', 'DOCX', 'HTML'] as const
export type Kind = (typeof KINDS)[number]
export type Format = (typeof FORMATS)[number]

export interface Choice {
  readonly kind: Kind
  readonly language: Language
  readonly formats: readonly Format[]
  readonly use: DataUse
  readonly to: string
  readonly persons: string
  readonly country: string
  /** The month of a note, `YYYY-MM`. */
  readonly period: string
  /** Further shared cases of a note. */
  readonly others: readonly string[]
}

export interface Source {
  readonly mandate: string
  readonly picture: string
  readonly handles: string[]
}

export function listed(text: string): string[] {
  return text.split(/[\s,;]+/).filter(Boolean)
}

/** The language of who takes over, as long as nobody says another: Swedish for French, French for all others. */
export function otherLanguage(own: Language): Language {
  const wished = own === 'fr' ? 'sv' : 'fr'
  return LANGUAGES.find((each) => each === wished) ?? own
}

/** What is asked for; only a note has a month and further cases, only who gets it is named, a hand-over goes to others. */
export function wantedOf(chosen: Choice, cases: readonly Source[], acknowledged: string) {
  const use = chosen.kind === 'HANDOVER' ? 'ONWARD' : chosen.use
  return {
    kind: chosen.kind,
    cases: chosen.kind === 'NOTE' ? [...cases] : cases.slice(0, 1),
    use,
    to: use === 'INTERNAL' ? [] : listed(chosen.to),
    persons: chosen.persons.split('\n').map((each) => each.trim()).filter(Boolean),
    acknowledged,
    country: use === 'JUDICIAL' ? chosen.country : '',
    language: chosen.language,
    period: chosen.kind === 'NOTE' ? chosen.period : '',
    formats: [...chosen.formats],
  }
}

interface Answered {
  readonly node: string
  readonly status: string
}

const HEARD = ['NO_HIT', 'ANSWERED']

/** Each node with its worst answer to the questions: a silence or a refusal over an answer, an answer over a no-hit. */
export function answers(nodes: readonly Answered[]) {
  return [...new Set(nodes.map(({ node }) => node))].sort().map((node) => {
    const said = nodes.filter((each) => each.node === node).map(({ status }) => status)
    const worst = said.find((each) => !HEARD.includes(each)) ?? (said.includes('ANSWERED') ? 'ANSWERED' : 'NO_HIT')
    return { node, status: worst, reasons: [], questions: said.length }
  })
}
