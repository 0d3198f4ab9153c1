import type { graphql } from '../../api/graphql'
import type { HighWater } from './shared'

type Code<Name extends Parameters<typeof graphql.scalar>[0]> = ReturnType<typeof graphql.scalar<Name>>

export type TextAct = 'NOTE' | 'HYPOTHESIS' | 'TASK' | 'LINK'
export type Assessment = Code<'FactOrAssessment'>
export type HandlingCode = Code<'Handling'>
export type SourceMark = Code<'SourceEvaluation'>
export type InformationMark = Code<'InformationEvaluation'>
export type TlpMark = Code<'Tlp'>
export type DataUse = Code<'DataUse'>

export const ACTS = ['NOTE', 'HYPOTHESIS', 'TASK', 'LINK'] as const satisfies readonly TextAct[]
export const ASSESSMENTS = ['ASSESSMENT', 'FACT'] as const satisfies readonly Assessment[]
export const HANDLING = ['H0', 'H1', 'H2', 'H3'] as const satisfies readonly HandlingCode[]
export const SOURCES = ['A', 'B', 'C', 'X'] as const satisfies readonly SourceMark[]
export const INFORMATION = ['N1', 'N2', 'N3', 'N4'] as const satisfies readonly InformationMark[]
/** From the most open to the narrowest. */
export const TLPS = ['CLEAR', 'GREEN', 'AMBER', 'AMBER_STRICT', 'RED'] as const satisfies readonly TlpMark[]
export const USES = ['INTERNAL', 'ONWARD', 'JUDICIAL'] as const satisfies readonly DataUse[]

/** The narrower or less reliable of two words in an order; one that the order lacks is the strictest there is. */
function worse(order: string, one: string, other: string): string {
  const rank = (word: string) => (order.includes(word) ? order.indexOf(word) : Infinity)
  return rank(one) >= rank(other) ? one : other
}

const WIDTHS = TLPS.map((each) => each.replace('_', '+'))

/** The strictest of marks, as `policy.handling.high_water` has it; `null` of none. */
export function strictest(marks: readonly (HighWater | null | undefined)[]): HighWater | null {
  const known = marks.filter((each): each is HighWater => Boolean(each))
  if (!known.length) return null
  return known.reduce((one, other) => ({
    handling: [...new Set([...one.handling, ...other.handling])].sort(),
    evaluation:
      worse('ABCX', one.evaluation.slice(0, 1), other.evaluation.slice(0, 1)) +
      worse('1234', one.evaluation.slice(1), other.evaluation.slice(1)),
    tlp: rank(one.tlp) >= rank(other.tlp) ? one.tlp : other.tlp,
  }))
}

function rank(tlp: string): number {
  const at = WIDTHS.indexOf(tlp)
  return at < 0 ? WIDTHS.length : at
}

/** Whether a text under this mark may be used so without a consent; `persons`: its receivers are named. */
export function mayBeUsed(mark: HighWater | null, use: DataUse, persons: boolean): boolean {
  if (!mark) return false
  const { handling, tlp } = mark
  if (handling.includes('H3') || rank(tlp) >= WIDTHS.length || (tlp === 'RED' && !persons)) return false
  if (use === 'JUDICIAL') return !handling.includes('H1')
  if (use === 'ONWARD') return !handling.includes('H2') && rank(tlp) < rank('AMBER+STRICT')
  return true
}
