import type { ResultOf } from 'gql.tada'
import type { budgets } from '../../generated/texts'
import { NodeBadge } from '../../parts/Marks'
import { Said } from '../../parts/Said'
import { Table } from '../../parts/Table'
import { Time } from '../../parts/Time'
import { useTexts } from '../../shell/texts'

/** Characters of a pseudonym or a digest: enough to tell one from another. */
const SHOWN = 24

export type Budget = ResultOf<typeof budgets>['budgets'][number]

/** What is spent of which budget, each as a bar and as two numbers. */
export function Budgets({ rows }: { rows: readonly Budget[] }) {
  const { t, code } = useTexts()
  return (
    <Table
      caption={t('liaison.use.list')}
      rows={rows}
      id={(row) => [row.scope, row.unit, row.span, row.partner, row.whose].join(' ')}
      empty={t('liaison.use.none')}
      findable={rows.length > 10}
      columns={[
        {
          key: 'whose',
          title: t('liaison.use.whose'),
          text: ({ partner, whose }) => `${partner ?? ''} ${whose}`,
          show: ({ partner, whose }) => (
            <>
              {partner ? <NodeBadge node={partner} /> : null} <Said longest={SHOWN}>{whose.replace(/^hmac-sha256:/, '')}</Said>
            </>
          ),
        },
        { key: 'scope', title: t('liaison.use.scope'), text: ({ scope }) => code('scope', scope), show: ({ scope }) => code('scope', scope) },
        { key: 'unit', title: t('liaison.use.unit'), text: ({ unit }) => code('unit', unit), show: ({ unit }) => code('unit', unit) },
        { key: 'span', title: t('liaison.use.span'), text: ({ span }) => span, show: ({ span }) => code('span', span) },
        {
          key: 'spent',
          title: t('liaison.use.spent'),
          text: ({ spent, most }) => spent / most,
          show: ({ spent, most, alarm, lowered }) => (
            <>
              <meter min={0} max={most} value={spent} aria-label={t('liaison.use.of', { spent, most })} /> {t('liaison.use.of', { spent, most })}
              {alarm ? <strong> · {t('liaison.use.alarm')}</strong> : null}
              {lowered ? <strong> · {t('liaison.use.lowered')}</strong> : null}
            </>
          ),
        },
        { key: 'renews', title: t('liaison.use.renews'), text: ({ renewsAt }) => renewsAt, show: ({ renewsAt }) => <Time at={renewsAt} /> },
        { key: 'refusals', title: t('liaison.use.refusals'), numeric: true, text: ({ refusals }) => refusals, show: ({ refusals }) => refusals },
      ]}
    />
  )
}
