import type { Claim } from '../../api/picture'
import { useTexts } from '../../shell/texts'

/** How a record stands as evidence: what courts said, country by country, and what is amiss in its chain of custody. */
export function Evidence({ provenance }: { provenance: Claim['provenance'] }) {
  const { t, code } = useTexts()
  const { told, standing, gaps } = provenance
  return (
    <>
      <dt>{t('analyst.record.evidence')}</dt>
      <dd>
        {told === 'STATED' ? null : code('provenanceTold', told)}
        {told === 'STATED' && !standing.length ? t('analyst.record.noRuling') : null}
        {standing.map(({ country, status }) => (
          <div key={country} className={status === 'ADMITTED' ? undefined : 'warning'}>
            {country}: {code('admissibility', status)}
          </div>
        ))}
        {gaps.map(({ entry, code: gap }) => (
          <div key={`${gap}${String(entry)}`} className="warning">
            {code('provenanceGap', gap)}
            {entry ? ` (${String(entry)})` : null}
          </div>
        ))}
      </dd>
    </>
  )
}
