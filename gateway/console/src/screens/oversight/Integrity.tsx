import { useEffect } from 'react'
import { useRead, useStep } from '../../api/asked'
import { logHead, logVerification, partners, reconcile, stopVerification, verifyLog } from '../../generated/documents'
import type { TextKey } from '../../generated/keys'
import { usePerson } from '../../api/session'
import { Button } from '../../parts/Button'
import { NodeBadge } from '../../parts/Marks'
import { Failure } from '../../parts/Notice'
import { Said } from '../../parts/Said'
import { Table } from '../../parts/Table'
import { moment } from '../../parts/Time'
import { useDemo } from '../../shell/demo'
import { useTexts } from '../../shell/texts'
import { useTitle } from '../../shell/title'
import { BrokenCopy } from './BrokenCopy'
import { Found, LOOK_AGAIN, Progress } from './Proof'
import { Why, useWhy } from '../../parts/Why'
import './oversight.css'

/** The proof of the log, step by step; the page turns red at the first entry that is wrong. */
export default function Integrity() {
  const { t, code, language } = useTexts()
  const why = useWhy()
  const person = usePerson()
  const { demo } = useDemo()
  const { data, error, again } = useRead(logVerification, {})
  const head = useRead(logHead, {})
  const known = useRead(partners, {})
  const [started, start] = useStep(verifyLog)
  const [, stop] = useStep(stopVerification)
  const [compared, compare] = useStep(reconcile)
  useTitle(t('oversight.integrity.title'))
  const now = data?.logVerification
  const running = now?.stage === 'RUNNING'
  useEffect(() => {
    if (!running) return undefined
    const timer = setInterval(again, LOOK_AGAIN)
    return () => clearInterval(timer)
  }, [running, again])
  const bad = now?.stage === 'DOES_NOT_HOLD'
  const difference = compared.data?.reconcile
  return (
    <>
      <h1>{t('oversight.integrity.title')}</h1>
      <p className="prose">{t('oversight.integrity.text')}</p>
      <Why />
      <section className={bad ? 'panel verdict-bad' : 'panel'} aria-labelledby="verdict">
        <h2 id="verdict">
          <span aria-live="polite">{now ? t(`oversight.integrity.${now.stage}` as TextKey) : '…'}</span>
        </h2>
        {now ? <Progress now={now} /> : null}
        <p className="actions">
          <Button
            kind="primary"
            disabled={!why || running}
            busy={started.asking}
            onClick={() => void start({ justification: why }).then(again)}
          >
            {t('oversight.integrity.now')}
          </Button>
          {running ? <Button onClick={() => void stop({}).then(again)}>{t('oversight.integrity.stop')}</Button> : null}
          {why ? null : <small>{t('oversight.why.needed')}</small>}
        </p>
        <Failure error={error ?? started.error} />
        {now ? <Found now={now} /> : null}
      </section>
      {demo && head.data ? <BrokenCopy size={head.data.logHead.size} why={why} /> : null}
      <section className="panel" aria-labelledby="head">
        <h2 id="head">{t('oversight.integrity.head')}</h2>
        <Failure error={head.error} />
        <p className="prose">{t('oversight.integrity.headText')}</p>
        <pre className="leaf">{head.data?.logHead.checkpoint}</pre>
      </section>
      <section className="panel" aria-labelledby="both">
        <h2 id="both">{t('oversight.integrity.both')}</h2>
        <p className="actions">
          {known.data?.partners
            .filter(({ id }) => id !== person.node)
            .map(({ id }) => (
              <Button key={id} busy={compared.asking} disabled={!why} onClick={() => void compare({ partner: id, justification: why })}>
                {t('oversight.integrity.compare', { partner: id })}
              </Button>
            ))}
        </p>
        <Failure error={compared.error} />
        {difference ? (
          <>
            <p role="status">
              <NodeBadge node={difference.partner} />{' '}
              {difference.outcome === 'DONE'
                ? t(difference.findings ? 'oversight.integrity.differ' : 'oversight.integrity.agree', {
                    count: difference.findings,
                    since: moment(difference.since, language),
                    until: moment(difference.until, language),
                  })
                : code('comparison', difference.outcome)}
            </p>
            {difference.discrepancies.length ? (
              <Table
                caption={difference.partner}
                rows={difference.discrepancies}
                id={(each) => `${each.code} ${each.request}`}
                columns={[
                  { key: 'severity', title: t('oversight.findings.severity'), show: ({ severity }) => code('severity', severity) },
                  { key: 'code', title: t('oversight.findings.text'), show: (each) => code('discrepancy', each.code) },
                  { key: 'text', title: t('oversight.integrity.technical'), show: ({ text }) => <Said lang="en">{text}</Said> },
                ]}
              />
            ) : null}
          </>
        ) : null}
      </section>
    </>
  )
}
