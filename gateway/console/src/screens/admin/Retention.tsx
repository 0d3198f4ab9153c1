import { useState } from 'react'
import { useRead, useStep } from '../../api/asked'
import { erasures, proposeDueErasure, retentionDue } from '../../generated/documents'
import { Button } from '../../parts/Button'
import { TextField } from '../../parts/Field'
import { Failure, Notice } from '../../parts/Notice'
import { Table } from '../../parts/Table'
import { useTexts } from '../../shell/texts'
import { useTitle } from '../../shell/title'

/** What retention makes due, in counts; the administrator proposes, oversight approves. */
export default function Retention() {
  const { t, code } = useTexts()
  const due = useRead(retentionDue, {})
  const waiting = useRead(erasures, {})
  const [why, say] = useState('')
  const [proposed, propose] = useStep(proposeDueErasure)
  useTitle(t('admin.retention.title'))
  const told = due.data?.retentionDue
  return (
    <>
      <h1>{t('admin.retention.title')}</h1>
      <Failure error={due.error ?? waiting.error ?? proposed.error} />
      {told ? (
        <section className="panel" aria-labelledby="due">
          <h2 id="due">{t('admin.retention.due', { count: told.records })}</h2>
          {told.held ? <p>{t('admin.retention.held', { held: told.held })}</p> : null}
          <Table
            caption={t('admin.retention.title')}
            rows={told.kinds}
            id={({ kind }) => kind}
            empty={t('admin.retention.nothing')}
            columns={[
              { key: 'kind', title: t('admin.retention.kind'), text: ({ kind }) => code('entry', kind), show: ({ kind }) => code('entry', kind) },
              { key: 'records', title: t('admin.retention.count'), numeric: true, text: ({ records }) => records, show: ({ records }) => records },
            ]}
          />
          <form
            className="form row"
            onSubmit={(event) => {
              event.preventDefault()
              void propose({ justification: why.trim() }).then(waiting.again)
            }}
          >
            <TextField label={t('admin.retention.why')} hint={t('admin.retention.text')} value={why} onChange={say} required maxLength={64} />
            <Button type="submit" kind="primary" busy={proposed.asking}>
              {t('admin.retention.propose')}
            </Button>
          </form>
          {proposed.data ? (
            <Notice tone="success">{proposed.data.proposeDueErasure ? t('admin.retention.proposed') : t('admin.retention.nothing')}</Notice>
          ) : null}
        </section>
      ) : null}
      {waiting.data ? (
        <Table
          caption={t('admin.retention.waiting')}
          rows={waiting.data.erasures}
          empty={t('admin.retention.noneUnderWay')}
          id={({ id }) => id}
          columns={[
            { key: 'id', title: t('shared.help.code'), show: ({ id }) => <code>{id}</code> },
            { key: 'reason', title: t('admin.retention.reason'), show: ({ reason }) => code('erasureReason', reason) },
            { key: 'records', title: t('admin.retention.count'), numeric: true, show: ({ records }) => records },
            { key: 'state', title: t('admin.retention.state'), show: ({ state }) => code('erasureState', state) },
          ]}
        />
      ) : null}
    </>
  )
}
