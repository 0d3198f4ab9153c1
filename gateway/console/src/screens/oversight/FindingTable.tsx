import type { ResultOf } from 'gql.tada'
import { useState } from 'react'
import { Link } from 'react-router'
import { useStep } from '../../api/asked'
import { setFindingState } from '../../generated/documents'
import type { findings } from '../../generated/texts'
import { Button } from '../../parts/Button'
import { Dialog } from '../../parts/Dialog'
import { SelectField, TextField } from '../../parts/Field'
import { Failure } from '../../parts/Notice'
import { Said } from '../../parts/Said'
import { Table } from '../../parts/Table'
import { Time, moment } from '../../parts/Time'
import { useTexts } from '../../shell/texts'
import { told } from './told'

export type Finding = ResultOf<typeof findings>['findings'][number]
export const STATES = ['OPEN', 'UNDER_REVIEW', 'CONFIRMED', 'DISMISSED'] as const

interface Props {
  readonly caption: string
  readonly rows: readonly Finding[]
  readonly justification: string
}

/** Findings, each with what oversight made of it; a decision is logged before it takes effect. */
export function FindingTable({ caption, rows, justification }: Props) {
  const { t, code } = useTexts()
  const [changed, setChanged] = useState<Readonly<Record<string, Finding>>>({})
  const [deciding, decide] = useState<Finding | null>(null)
  const rule = (each: Finding) => code('rule', code('discrepancy', each.rule))
  const state = (each: Finding) => t(`oversight.findings.${each.state as (typeof STATES)[number]}`)
  return (
    <>
      <Table
        caption={caption}
        rows={rows.map((each) => changed[each.id] ?? each)}
        id={({ id }) => id}
        columns={[
          { key: 'at', title: t('oversight.column.when'), text: ({ at }) => at, show: ({ at }) => <Time at={at} /> },
          { key: 'severity', title: t('oversight.findings.severity'), text: ({ severity }) => severity, show: ({ severity }) => code('severity', severity) },
          { key: 'rule', title: t('oversight.findings.rule'), text: rule, show: rule },
          {
            key: 'text',
            title: t('oversight.findings.text'),
            text: ({ text }) => text,
            show: ({ text, queryId }) => (
              <>
                <FindingText text={text} />{' '}
                {queryId ? <Link to={`/audit/record/${encodeURIComponent(queryId)}`}>{t('oversight.record.title')}</Link> : null}
              </>
            ),
          },
          { key: 'state', title: t('oversight.findings.state'), text: state, show: state },
          { key: 'decide', title: t('oversight.findings.decide'), show: (each) => <Button onClick={() => decide(each)}>{t('oversight.findings.decide')}</Button> },
        ]}
      />
      {deciding ? (
        <Decide
          finding={deciding}
          justification={justification}
          onClose={(now) => {
            if (now) setChanged({ ...changed, [now.id]: now })
            decide(null)
          }}
        />
      ) : null}
    </>
  )
}

/** Parts of a text that are times. */
const DATES = new Set(['from', 'to', 'day'])

/** In words of the chosen language where a rule wrote it, else as it was written. */
function FindingText({ text }: { text: string }) {
  const { t, language } = useTexts()
  const parts = told(text)
  if (!parts) return <Said lang="en">{text}</Said>
  const { kind, ...values } = parts
  return t(`oversight.findings.${kind}`, Object.fromEntries(Object.entries(values).map(([name, value]) => [name, DATES.has(name) ? moment(String(value), language) : value])))
}

function Decide({ finding, justification, onClose }: { finding: Finding; justification: string; onClose: (now: Finding | null) => void }) {
  const { t, code } = useTexts()
  const [to, setTo] = useState<(typeof STATES)[number]>(finding.state === 'OPEN' ? 'UNDER_REVIEW' : 'DISMISSED')
  const [reason, setReason] = useState('')
  const [done, change] = useStep(setFindingState)
  const submit = async () => {
    const told = await change({ id: finding.id, state: to, reason, justification })
    if (told) onClose(told.setFindingState)
  }
  return (
    <Dialog open title={t('oversight.findings.decide')} onClose={() => onClose(null)}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault()
          void submit()
        }}
      >
        <p>
          {code('rule', finding.rule)}{t('shell.colon')} <FindingText text={finding.text} />
        </p>
        <SelectField
          label={t('oversight.findings.to')}
          value={to}
          options={STATES.map((each) => ({ value: each, label: t(`oversight.findings.${each}`) }))}
          onChange={setTo}
        />
        <TextField label={t('oversight.findings.reason')} value={reason} onChange={setReason} required maxLength={64} />
        <Failure error={done.error} />
        <p className="actions">
          <Button kind="primary" type="submit" busy={done.asking}>
            {t('oversight.findings.decide')}
          </Button>
        </p>
      </form>
    </Dialog>
  )
}
