import { useState } from 'react'
import { useStep } from '../../api/asked'
import { findings } from '../../generated/documents'
import { Button } from '../../parts/Button'
import { SelectField } from '../../parts/Field'
import { Failure } from '../../parts/Notice'
import { useTexts } from '../../shell/texts'
import { useTitle } from '../../shell/title'
import { FindingTable, STATES } from './FindingTable'
import { Why, useWhy } from '../../parts/Why'

/** What was found, by rules, witnesses and reconciliation, and what became of it. */
export default function Findings() {
  const { t } = useTexts()
  const why = useWhy()
  const [state, setState] = useState<'' | (typeof STATES)[number]>('OPEN')
  const [found, look] = useStep(findings)
  useTitle(t('oversight.findings.title'))
  return (
    <>
      <h1>{t('oversight.findings.title')}</h1>
      <Why />
      <div className="panel form row">
        <SelectField
          label={t('oversight.findings.state')}
          value={state}
          options={[
            { value: '', label: t('oversight.findings.any') },
            ...STATES.map((each) => ({ value: each, label: t(`oversight.findings.${each}`) })),
          ]}
          onChange={setState}
        />
        <Button
          kind="primary"
          busy={found.asking}
          disabled={!why}
          onClick={() => void look({ justification: why, wanted: state ? { state, before: 0, first: 200 } : { before: 0, first: 200 } })}
        >
          {t('oversight.findings.show')}
        </Button>
        {why ? null : <small>{t('oversight.why.needed')}</small>}
      </div>
      <Failure error={found.error} />
      {found.data ? (
        <>
          <p role="status">{t('oversight.overview.open', { count: found.data.findings.filter((each) => each.state === 'OPEN').length })}</p>
          <FindingTable caption={t('oversight.findings.title')} rows={found.data.findings} justification={why} />
        </>
      ) : null}
    </>
  )
}
