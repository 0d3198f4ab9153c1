import { moment } from '../../parts/Time'
import { useTexts } from '../../shell/texts'
import type { CaseRow } from './shared'

/** Until when a shared case is open, or since when it is not. */
export function useCaseState(): (row: CaseRow) => string {
  const { t, language } = useTexts()
  return ({ open, until, closedAt }) => {
    if (closedAt) return t('cases.cases.closed', { at: moment(closedAt, language) })
    return t(open ? 'cases.cases.until' : 'cases.cases.over', open ? { until: moment(until, language) } : { at: moment(until, language) })
  }
}
