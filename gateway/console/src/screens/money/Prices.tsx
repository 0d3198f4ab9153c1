import { useId, useState } from 'react'
import type { ResultOf } from 'gql.tada'
import { useRead, useStep } from '../../api/asked'
import { useMandate } from '../../api/mandate'
import { moneyAnomalies, priceReference } from '../../generated/documents'
import type { moneyAnomalies as anomaliesText } from '../../generated/texts'
import { Button } from '../../parts/Button'
import { SelectField, TextField } from '../../parts/Field'
import { Failure, Notice } from '../../parts/Notice'
import { Said } from '../../parts/Said'
import { Table } from '../../parts/Table'
import { ToChart } from '../../parts/ToChart'
import { useTexts } from '../../shell/texts'
import { Answers } from '../histories/Answers'
import { ToRecord } from '../histories/lines'
import { By } from './Claimed'
import { KeptReference } from './KeptReference'
import { Method } from './Method'
import { readReference } from './reference'
import { ReferenceField, ReferenceTable } from './ReferenceField'

type Told = ResultOf<typeof anomaliesText>['tradeAnomalies']

const BESIDE = ['KEPT', 'OWN'] as const
type Beside = (typeof BESIDE)[number]

/** Shipments among and around some records beside the reference that the node keeps, or one that the person gives. */
export function Prices({ of }: { of: string }) {
  const { t, language } = useTexts()
  const { mandate } = useMandate()
  const [handles, setHandles] = useState(of)
  const [text, setText] = useState('')
  const [outside, setOutside] = useState('1.5')
  const [chosen, choose] = useState<Beside>('KEPT')
  const [found, compare] = useStep(moneyAnomalies)
  const book = useRead(priceReference, {})
  const kept = book.data?.priceReference ?? null
  const known = book.data !== undefined || book.error !== undefined
  const beside: Beside = kept ? chosen : 'OWN'
  const read = readReference(beside === 'OWN' ? text : '')
  const named = handles.split(/\s+/).filter(Boolean)
  const told = found.data?.tradeAnomalies
  const ready = mandate && named.length > 0 && (beside === 'KEPT' || read.rows.length > 0)
  return (
    <>
      <form
        className="panel form"
        aria-label={t('money.tab.prices')}
        onSubmit={(event) => {
          event.preventDefault()
          if (ready) void compare({ handles: named, reference: beside === 'KEPT' ? null : [...read.rows], mandate: mandate.id, outside: Number(outside), language })
        }}
      >
        <TextField label={t('money.prices.of')} hint={t('money.prices.ofHint')} value={handles} onChange={setHandles} required lines={2} maxLength={8000} />
        {kept ? (
          <SelectField label={t('money.prices.beside')} value={beside} options={BESIDE.map((each) => ({ value: each, label: t(`money.prices.${each}`) }))} onChange={choose} />
        ) : null}
        {kept && beside === 'KEPT' ? <KeptReference kept={kept} /> : null}
        {known && !kept && !book.error && !text ? <Notice>{t('money.prices.noneKept')}</Notice> : null}
        <Failure error={book.error} />
        {known && beside === 'OWN' ? <ReferenceField text={text} onChange={setText} /> : null}
        {beside === 'OWN' && text && read.missing.length ? <Notice tone="warning">{t('money.prices.lacks', { columns: read.missing.join(', ') })}</Notice> : null}
        <TextField label={t('money.prices.outside')} type="number" min={0.1} max={2.9} step={0.1} required value={outside} onChange={setOutside} />
        <p className="actions">
          <Button kind="primary" type="submit" busy={found.asking} disabled={!ready}>
            {t('money.prices.ask')}
          </Button>
          <small>{t('money.asks')}</small>
        </p>
      </form>
      {read.rows.length ? <ReferenceTable rows={read.rows} /> : null}
      <Failure error={found.error} />
      {told && !found.error ? <Appraised told={told} /> : null}
    </>
  )
}

/** Odd declarations, each beside its reference and where that is from; what was not compared, and why. */
function Appraised({ told }: { told: Told }) {
  const { t, language } = useTexts()
  const id = useId()
  const number = new Intl.NumberFormat(language, { maximumSignificantDigits: 4 })
  const measure = (each: string) => t(`money.measure.${each}` as 'money.measure.VALUE_PER_KG', { defaultValue: each })
  return (
    <section className="told" aria-labelledby={id} data-compared={told.compared}>
      <h2 id={id}>{t('money.prices.found', { count: told.anomalies.length })}</h2>
      <p>
        {t('money.prices.compared', { count: told.compared })} <Said longest={600}>{told.referenceSays}</Said>
      </p>
      <Answers told={told} />
      {told.anomalies.length ? (
        <ul className="findings">
          {told.anomalies.map((each) => (
            <li key={`${each.handle} ${each.measure} ${each.source}`} data-anomaly={each.handle} data-side={each.side}>
              <strong>
                {measure(each.measure)}
                {t('shell.colon')} {t(each.side === 'LOW' ? 'money.side.LOW' : 'money.side.HIGH')}
                {each.far ? `, ${t('money.prices.far')}` : ''}
              </strong>
              <p>
                <Said longest={600}>{each.sentence}</Said> <By claimed={each} />
              </p>
            </li>
          ))}
        </ul>
      ) : (
        <p className="empty">{t('money.prices.none')}</p>
      )}
      {told.anomalies.length ? (
        <Table
          caption={t('money.prices.table')}
          rows={told.anomalies}
          id={({ handle, measure, source }) => `${handle} ${measure} ${source}`}
          columns={[
            { key: 'record', title: t('histories.record'), show: ({ handle }) => <ToRecord handle={handle} /> },
            { key: 'measure', title: t('money.column.measure'), text: (each) => measure(each.measure), show: (each) => measure(each.measure) },
            { key: 'value', title: t('money.column.value'), numeric: true, text: ({ value }) => value, show: ({ value }) => number.format(value) },
            { key: 'low', title: t('money.column.low'), numeric: true, text: ({ low }) => low, show: ({ low }) => number.format(low) },
            { key: 'median', title: t('money.column.median'), numeric: true, text: ({ median }) => median, show: ({ median }) => number.format(median) },
            { key: 'high', title: t('money.column.high'), numeric: true, text: ({ high }) => high, show: ({ high }) => number.format(high) },
            { key: 'source', title: t('money.column.source'), text: ({ source }) => source, show: ({ source }) => <Said>{source}</Said> },
            { key: 'by', title: t('money.column.by'), show: (each) => <By claimed={each} /> },
          ]}
        />
      ) : null}
      {told.notCompared.length ? (
        <details>
          <summary>{t('money.prices.notCompared', { count: told.notCompared.length })}</summary>
          <ul>
            {told.notCompared.map((each) => (
              <li key={`${each.handle} ${each.measure}`}>
                <ToRecord handle={each.handle} />, {measure(each.measure)}
                {t('shell.colon')} {each.sentence}
              </li>
            ))}
          </ul>
        </details>
      ) : null}
      <p className="actions">
        <ToChart handles={[...new Set(told.anomalies.map(({ handle }) => handle))]} />
      </p>
      <Method told={told} />
    </section>
  )
}
