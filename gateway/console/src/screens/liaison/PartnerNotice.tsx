import type { VariablesOf } from 'gql.tada'
import { useState } from 'react'
import { Link } from 'react-router'
import { useRead, useStep } from '../../api/asked'
import { acknowledgeItem, partners } from '../../generated/documents'
import type { acknowledgeItem as texts } from '../../generated/texts'
import { Button } from '../../parts/Button'
import { SelectField } from '../../parts/Field'
import { Failure, Notice } from '../../parts/Notice'
import { Said } from '../../parts/Said'
import { useTexts } from '../../shell/texts'
import type { Item } from './kinds'

type Outcome = VariablesOf<typeof texts>['outcome']

const WORDS = {
  ALERT_GIVEN: 'liaison.notice.alert',
  DECONFLICTION: 'liaison.notice.deconfliction',
  EVIDENCE_RULING: 'liaison.notice.ruling',
  RECALL_OVERDUE: 'liaison.recallItem.overdue',
} as const
const OUTCOMES = ['NOTED', 'CONTACTED', 'COORDINATED', 'NOT_RELEVANT'] as const satisfies readonly Outcome[]

/** What an officer should know, with whom to speak; it is closed by saying what was done about it. */
export function PartnerNotice({ item, again }: { item: Item; again: () => void }) {
  const { t, code } = useTexts()
  const known = useRead(partners, {})
  const [outcome, choose] = useState<Outcome>('NOTED')
  const [closed, close] = useStep(acknowledgeItem)
  const partner = known.data?.partners.find(({ id }) => id === item.node)
  const words = WORDS[item.kind as keyof typeof WORDS]
  if (closed.data) return <Notice tone="success">{t('liaison.notice.closed')}</Notice>
  return (
    <>
      <p>{t(words)}</p>
      {partner ? (
        <p>
          {t('liaison.notice.contact')}{t('shell.colon')} <Said>{`${partner.name}, ${partner.spoc}`}</Said>
        </p>
      ) : null}
      {item.kind === 'RECALL_OVERDUE' ? (
        <Link to="/exchange?owed=1">{t('liaison.recallItem.all')}</Link>
      ) : null}
      <SelectField
        label={t('liaison.notice.done')}
        value={outcome}
        options={OUTCOMES.map((each) => ({ value: each, label: code('acknowledgement', each) }))}
        onChange={choose}
      />
      <Failure error={closed.error} />
      <p className="actions">
        <Button kind="primary" busy={closed.asking} onClick={() => void close({ id: item.id, outcome }).then((done) => done && again())}>
          {t('liaison.notice.close')}
        </Button>
      </p>
    </>
  )
}
