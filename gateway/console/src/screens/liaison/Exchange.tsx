import type { ResultOf } from 'gql.tada'
import { useEffect, useState } from 'react'
import { useSearchParams } from 'react-router'
import { useRead, useStep } from '../../api/asked'
import { usePerson } from '../../api/session'
import { consents, recalls, withdrawConsent } from '../../generated/documents'
import type { consents as texts, recalls as letters } from '../../generated/texts'
import { Button } from '../../parts/Button'
import { CheckField } from '../../parts/Field'
import { NodeBadge } from '../../parts/Marks'
import { Failure } from '../../parts/Notice'
import { Said } from '../../parts/Said'
import { Table } from '../../parts/Table'
import { Time } from '../../parts/Time'
import { useTexts } from '../../shell/texts'
import { REVOKE_REASONS, ReasonDialog } from './ReasonDialog'
import { RecallForm } from './RecallForm'
import './liaison.css'

type Consent = ResultOf<typeof texts>['consents'][number]
type Letter = ResultOf<typeof letters>['recalls'][number]

/** What was permitted and what was taken back, with who still owes an acknowledgement. */
export default function Exchange() {
  const { t } = useTexts()
  const person = usePerson()
  const [address, setAddress] = useSearchParams()
  const owed = address.has('owed')
  const permitted = useRead(consents, {})
  const told = useRead(recalls, { owed, first: 200 })
  useEffect(() => {
    document.title = `${t('liaison.exchange.title')} · Entente`
  }, [t])
  const given = permitted.data?.consents.filter(({ provider }) => provider === person.node) ?? []
  const got = permitted.data?.consents.filter(({ provider }) => provider !== person.node) ?? []
  return (
    <>
      <h1>{t('liaison.exchange.title')}</h1>
      <Failure error={permitted.error ?? told.error} />
      {permitted.data ? (
        <>
          <Consents caption={t('liaison.exchange.given')} rows={given} ours again={permitted.again} />
          <Consents caption={t('liaison.exchange.got')} rows={got} again={permitted.again} />
        </>
      ) : null}
      <section aria-labelledby="letters" className="stack">
        <h2 id="letters">{t('liaison.exchange.letters')}</h2>
        <CheckField
          label={t('liaison.exchange.owed')}
          checked={owed}
          onChange={(on) => setAddress(on ? { owed: '1' } : {}, { replace: true })}
        />
        {told.data ? <Letters rows={told.data.recalls} /> : null}
      </section>
      <RecallForm again={told.again} />
    </>
  )
}

interface ConsentsProps {
  readonly caption: string
  readonly rows: readonly Consent[]
  readonly ours?: boolean
  readonly again: () => void
}

function Consents({ caption, rows, ours, again }: ConsentsProps) {
  const { t, code } = useTexts()
  const [ending, end] = useState<Consent | null>(null)
  const [withdrawn, withdraw] = useStep(withdrawConsent)
  return (
    <section aria-label={caption} className="stack">
      <h2>{caption}</h2>
      <Table
        caption={caption}
        rows={rows}
        id={({ ref }) => ref}
        empty={t('liaison.exchange.none')}
        columns={[
          {
            key: 'other',
            title: ours ? t('liaison.exchange.recipient') : t('liaison.exchange.provider'),
            text: ({ provider, recipient }) => (ours ? recipient : provider),
            show: ({ provider, recipient }) => <NodeBadge node={ours ? recipient : provider} />,
          },
          { key: 'use', title: t('liaison.exchange.use'), text: ({ use }) => use, show: ({ use }) => code('use', use) },
          { key: 'records', title: t('liaison.exchange.records'), show: ({ records }) => <Said>{records.join(', ')}</Said> },
          { key: 'until', title: t('liaison.exchange.until'), text: ({ expiresAt }) => expiresAt, show: ({ expiresAt }) => <Time at={expiresAt} /> },
          { key: 'state', title: t('liaison.exchange.state'), text: ({ state }) => state, show: ({ state }) => code('consentState', state) },
          ...(ours
            ? [
                {
                  key: 'end',
                  title: t('liaison.exchange.withdrawDo'),
                  show: (row: Consent) =>
                    row.state === 'IN_FORCE' ? (
                      <Button kind="danger" onClick={() => end(row)}>
                        {t('liaison.exchange.withdraw')}
                      </Button>
                    ) : null,
                },
              ]
            : []),
        ]}
      />
      {ending ? (
        <ReasonDialog
          title={t('liaison.exchange.withdrawTitle')}
          action={t('liaison.exchange.withdrawDo')}
          reasons={REVOKE_REASONS}
          busy={withdrawn.asking}
          error={withdrawn.error}
          onReason={(reason) =>
            void withdraw({ consent: ending.id, reason }).then((done) => {
              if (!done) return
              end(null)
              again()
            })
          }
          onClose={() => end(null)}
        >
          <p>{t('liaison.exchange.withdrawText')}</p>
        </ReasonDialog>
      ) : null}
    </section>
  )
}

function Letters({ rows }: { rows: readonly Letter[] }) {
  const { t, code, language } = useTexts()
  return (
    <Table
      caption={t('liaison.exchange.letters')}
      rows={rows}
      id={({ id }) => id}
      empty={t('liaison.exchange.none')}
      columns={[
        { key: 'partner', title: t('liaison.grants.partner'), text: ({ partner }) => partner, show: ({ partner }) => <NodeBadge node={partner} /> },
        { key: 'type', title: t('liaison.exchange.type'), text: ({ type }) => type, show: ({ type }) => code('notice', type) },
        {
          key: 'reason',
          title: t('liaison.exchange.reason'),
          text: ({ reason }) => reason,
          show: ({ reason }) => t(`reason.${reason}` as 'reason.NO_GRANT', { defaultValue: reason }),
        },
        { key: 'records', title: t('liaison.exchange.records'), numeric: true, text: ({ records }) => records, show: ({ records }) => records },
        { key: 'created', title: t('liaison.exchange.created'), text: ({ createdAt }) => createdAt, show: ({ createdAt }) => <Time at={createdAt} /> },
        {
          key: 'acknowledged',
          title: t('liaison.exchange.acknowledged'),
          text: ({ acknowledgedAt }) => acknowledgedAt ?? '',
          show: ({ acknowledgedAt, dueAt, attempts }) =>
            acknowledgedAt ? (
              <Time at={acknowledgedAt} />
            ) : (
              <strong>
                {t('liaison.exchange.owes', { at: new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' }).format(new Date(dueAt)) })}{' '}
                ({attempts})
              </strong>
            ),
        },
        { key: 'ended', title: t('liaison.exchange.ended'), numeric: true, text: ({ ended }) => ended ?? -1, show: ({ ended }) => ended ?? '–' },
        { key: 'held', title: t('liaison.exchange.held'), numeric: true, text: ({ held }) => held ?? -1, show: ({ held }) => held ?? '–' },
      ]}
    />
  )
}
