import { useTexts } from '../../shell/texts'

/** What a code of a reason means, in words: a reason of the law, a node's status, what became of a record. */
export function useReason(): (code: string | null | undefined) => string {
  const { t, code } = useTexts()
  return (reason) => {
    if (!reason) return ''
    const law = t(`reason.${reason}` as 'reason.NO_GRANT', { defaultValue: reason })
    if (law !== reason) return law
    for (const kind of ['gone', 'lease', 'status']) {
      const said = code(kind, reason)
      if (said !== reason) return said
    }
    return reason
  }
}

/** What a piece of evidence says, e.g. `NAME_EQUAL`; one that is not of the catalogue tells itself. */
export function useEvidence(): (evidence: string) => string {
  const { t } = useTexts()
  return (evidence) => {
    const at = evidence.lastIndexOf('_')
    const key = `evidence.${evidence.slice(0, at)}.${evidence.slice(at + 1)}`
    return t(key as 'evidence.NAME.EQUAL', { defaultValue: evidence })
  }
}
