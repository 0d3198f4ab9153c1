import { useStep } from '../../api/asked'
import { seenBy } from '../../generated/documents'
import { Button } from '../../parts/Button'
import { NodeBadge } from '../../parts/Marks'
import { Failure } from '../../parts/Notice'
import { Said } from '../../parts/Said'
import { Table } from '../../parts/Table'
import { Time } from '../../parts/Time'
import { useTexts } from '../../shell/texts'

/** To which partners an own record was shown, by the own log: looked up on the person's word, for the look is logged. */
export function SeenBy({ handle, mandate }: { handle: string; mandate: string | undefined }) {
  const { t, code } = useTexts()
  const [seen, look] = useStep(seenBy)
  const told = seen.data?.seenBy
  return (
    <section className="panel" aria-labelledby="seen">
      <h2 id="seen">{t('analyst.seen.title')}</h2>
      <p>{t('analyst.seen.text')}</p>
      <Failure error={seen.error} />
      {told ? (
        <div role="status">
          <Table
            caption={t('analyst.seen.title')}
            rows={told.disclosures.map((each, place) => ({ ...each, place }))}
            id={({ place }) => String(place)}
            empty={t('analyst.seen.none')}
            columns={[
              { key: 'at', title: t('analyst.seen.at'), text: ({ at }) => at, show: ({ at }) => <Time at={at} /> },
              { key: 'partner', title: t('analyst.column.node'), text: ({ partner }) => partner, show: ({ partner }) => <NodeBadge node={partner} /> },
              { key: 'unit', title: t('analyst.seen.unit'), text: ({ unit }) => unit ?? '', show: ({ unit }) => <Said>{unit ?? '—'}</Said> },
              { key: 'tier', title: t('analyst.column.tier'), text: ({ tier }) => tier, show: ({ tier }) => code('tier', tier) },
              {
                key: 'purpose',
                title: t('analyst.mandate.purpose'),
                text: ({ purpose }) => purpose ?? '',
                show: ({ purpose, ownCase }) => (
                  <>
                    {purpose ? code('purpose', purpose) : '—'} {ownCase ? <strong>{t('analyst.seen.ownCase')}</strong> : null}
                  </>
                ),
              },
              { key: 'version', title: t('analyst.record.version'), text: ({ version }) => version, show: ({ version }) => version, numeric: true },
              { key: 'grants', title: t('analyst.record.grants'), show: ({ grants }) => <Said>{grants.join(', ')}</Said> },
            ]}
          />
          {told.complete ? null : <p>{t('analyst.seen.more', { count: told.disclosures.length })}</p>}
        </div>
      ) : (
        <p className="actions">
          <Button
            busy={seen.asking}
            disabled={!mandate}
            onClick={() => {
              if (mandate) void look({ handle, mandate })
            }}
          >
            {t('analyst.seen.look')}
          </Button>
        </p>
      )}
    </section>
  )
}
