import { useStep } from '../../api/asked'
import { rectifySince } from '../../generated/documents'
import { Button } from '../../parts/Button'
import { Failure, Notice } from '../../parts/Notice'
import { Said } from '../../parts/Said'
import { Table } from '../../parts/Table'
import { useTexts } from '../../shell/texts'
import type { Item } from './kinds'

/** Changes of a load that partners hold: seen first, then told. */
export function ProposedRecall({ item, again }: { item: Item; again: () => void }) {
  const { t, code } = useTexts()
  const [seen, look] = useStep(rectifySince)
  const [told, tell] = useStep(rectifySince)
  const since = item.reference ?? ''
  const order = seen.data?.rectifySince
  if (told.data) return <Notice tone="success">{t('liaison.recallItem.told', { count: told.data.rectifySince.records })}</Notice>
  return (
    <>
      <p>{t('liaison.recallItem.proposed')}</p>
      <Failure error={seen.error ?? told.error} />
      {order ? (
        <>
          <p role="status">
            {t('liaison.exchange.reach', { count: order.records, partners: order.partners.join(', ') })}
          </p>
          <Table
            caption={t('liaison.exchange.records')}
            rows={order.changes}
            id={({ record, version }) => `${record} ${version}`}
            columns={[
              { key: 'record', title: t('liaison.decide.caption'), text: ({ record }) => record, show: ({ record }) => <Said>{record}</Said> },
              { key: 'type', title: t('liaison.exchange.type'), text: ({ type }) => type, show: ({ type }) => code('notice', type) },
              {
                key: 'reason',
                title: t('liaison.exchange.reason'),
                show: ({ reason }) => t(`reason.${reason}` as 'reason.NO_GRANT', { defaultValue: reason }),
              },
            ]}
          />
        </>
      ) : null}
      <p className="actions">
        <Button busy={seen.asking} onClick={() => void look({ since, dryRun: true })}>
          {t('liaison.recallItem.see')}
        </Button>
        {order ? (
          <Button kind="primary" busy={told.asking} onClick={() => void tell({ since }).then((done) => done && again())}>
            {t('liaison.recallItem.tell')}
          </Button>
        ) : null}
      </p>
    </>
  )
}
