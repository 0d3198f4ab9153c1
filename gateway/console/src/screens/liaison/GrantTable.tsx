import type { ResultOf } from 'gql.tada'
import { Link } from 'react-router'
import type { grants, grantUse } from '../../generated/texts'
import { NodeBadge } from '../../parts/Marks'
import { Said } from '../../parts/Said'
import { Table } from '../../parts/Table'
import { Time } from '../../parts/Time'
import { useTexts } from '../../shell/texts'
import { endsSoon } from './filter'
import { daysUntil } from './terms'

export type GrantShown = ResultOf<typeof grants>['grants'][number]
type Used = ResultOf<typeof grantUse>['grantUse']

interface Props {
  readonly grants: readonly GrantShown[]
  readonly own: string
  /** How often each gave an answer; not there while it is counted. */
  readonly used?: Used | undefined
  /** Their use is being counted. */
  readonly counting?: boolean
}

/** Partner, what, fields, purpose, period and state of each grant, in words. */
export function GrantTable({ grants: rows, own, used, counting = false }: Props) {
  const { t, code } = useTexts()
  const answers = new Map(used?.grants.map((each) => [each.grant, each]))
  const what = ({ schemata, dataset, cases, recordIds, units }: GrantShown) =>
    [
      schemata.includes('*') ? t('liaison.grants.everyKind') : schemata.map((each) => code('schema', each)).join(', '),
      dataset === '*' ? t('liaison.grants.everySet') : dataset,
      cases.length ? cases.join(', ') : t('liaison.grants.anyCase'),
      ...(recordIds.length ? [t('liaison.grants.onlyRecords', { count: recordIds.length })] : []),
      ...(units.length ? [units.join(', ')] : []),
    ].join(' · ')
  const fields = ({ tier, masked }: GrantShown) =>
    [
      code('tier', tier.toLowerCase()),
      ...(masked.length ? [t('liaison.grants.without', { names: masked.map((each) => code('property', each)).join(', ') })] : []),
    ].join(', ')
  const purposes = (row: GrantShown) => row.purposes.map((each) => code('purpose', each)).join(', ')
  return (
    <Table
      caption={t('liaison.grants.list')}
      rows={rows}
      id={({ ref }) => ref}
      empty={t('liaison.grants.none')}
      findable={rows.length > 8}
      columns={[
        {
          key: 'partner',
          title: t('liaison.grants.partner'),
          text: ({ recipients }) => recipients.join(' '),
          show: ({ id, recipients }) => (
            <>
              {recipients
                .filter((each) => each !== own)
                .map((each) => (
                  <NodeBadge key={each} node={each} />
                ))}{' '}
              <Link to={`/grants/${encodeURIComponent(id)}`}>{t('liaison.grants.open')}</Link>
            </>
          ),
        },
        { key: 'what', title: t('liaison.grants.what'), text: what, show: (row) => <Said>{what(row)}</Said> },
        { key: 'fields', title: t('liaison.grants.fields'), text: fields, show: (row) => <Said>{fields(row)}</Said> },
        { key: 'purpose', title: t('liaison.grants.purpose'), text: purposes, show: purposes },
        {
          key: 'period',
          title: t('liaison.grants.period'),
          text: ({ expiresAt }) => expiresAt,
          show: (row) => (
            <>
              <Time at={row.notBefore.slice(0, 10)} /> – <Time at={row.expiresAt.slice(0, 10)} />
            </>
          ),
        },
        {
          key: 'use',
          title: t('liaison.grants.use'),
          text: ({ id }) => answers.get(id)?.answers ?? 0,
          show: ({ id }) => (used ? <Use used={answers.get(id)} /> : <span aria-busy={counting}>{counting ? '…' : '—'}</span>),
        },
        {
          key: 'state',
          title: t('liaison.grants.state'),
          text: ({ state }) => code('grantState', state),
          show: (row) => (
            <>
              {code('grantState', row.state)}
              {endsSoon(row, new Date()) ? (
                <strong> · {t('liaison.grants.endsIn', { count: daysUntil(row.expiresAt, Date.now()) })}</strong>
              ) : null}
            </>
          ),
        },
        {
          key: 'see',
          title: t('liaison.grant.preview'),
          show: ({ id }) => <Link to={`/preview?of=${encodeURIComponent(id)}`}>{t('liaison.grant.preview')}</Link>,
        },
      ]}
    />
  )
}

/** How often a grant gave an answer in 30 days; much more than before is said in words. */
function Use({ used }: { used: Used['grants'][number] | undefined }) {
  const { t } = useTexts()
  if (!used?.answers) return t('liaison.grants.unused')
  return (
    <>
      {t('liaison.grants.answers', { count: used.answers })}
      {used.unusual ? <strong className="badge h1">{t('liaison.grants.unusual', { before: used.before })}</strong> : null}
    </>
  )
}
