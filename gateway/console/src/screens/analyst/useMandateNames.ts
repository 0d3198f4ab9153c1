import type { Mandate } from '../../api/mandate'
import { moment } from '../../parts/Time'
import { useTexts } from '../../shell/texts'
import { apart } from './apart'

/** Each mandate by its case and purpose, and by what tells it from others of the same; in the order that was given. */
export function useMandateNames(mandates: readonly Mandate[]): readonly string[] {
  const { t, code, language } = useTexts()
  const words = mandates.map((each) => [
    each.case,
    code('purpose', each.purpose),
    code('basis', each.legalBasis),
    code('offence', each.offence),
    code('category', each.subjectCategory),
    code('aim', each.aim),
    `${t('analyst.mandate.until')} ${moment(each.expiresAt, language)}`,
    `${t('analyst.mandate.opened')} ${moment(each.openedAt, language)}`,
    each.id,
  ])
  return apart(words, 2).map((each) => each.join(' · '))
}
