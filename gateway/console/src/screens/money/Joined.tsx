import { useId, useState } from 'react'
import type { ResultOf } from 'gql.tada'
import { useStep } from '../../api/asked'
import { useMandate } from '../../api/mandate'
import { moneyJoined } from '../../generated/documents'
import type { moneyJoined as joinedText } from '../../generated/texts'
import { Button } from '../../parts/Button'
import { TextField } from '../../parts/Field'
import { Failure } from '../../parts/Notice'
import { Said } from '../../parts/Said'
import { Table } from '../../parts/Table'
import { ToChart } from '../../parts/ToChart'
import { useTexts } from '../../shell/texts'
import { Answers } from '../histories/Answers'
import { Left } from '../histories/lines'
import { By } from './Claimed'
import { Method } from './Method'

type Told = ResultOf<typeof joinedText>['joinedFlows']
type Path = Told['paths'][number]
type Step = Path['steps'][number]

/** The shortest paths between goods and money, each step in words with the records behind it. */
export function Joined({ of }: { of: string }) {
  const { t, language } = useTexts()
  const { mandate } = useMandate()
  const [start, setStart] = useState(of)
  const [end, setEnd] = useState('')
  const [found, join] = useStep(moneyJoined)
  const told = found.data?.joinedFlows
  return (
    <>
      <form
        className="panel"
        role="search"
        aria-label={t('money.tab.joined')}
        onSubmit={(event) => {
          event.preventDefault()
          if (mandate && start.trim() && end.trim()) void join({ start: start.trim(), end: end.trim(), mandate: mandate.id, language })
        }}
      >
        <div className="form row">
          <TextField label={t('money.joined.start')} value={start} onChange={setStart} required maxLength={200} />
          <TextField label={t('money.joined.end')} value={end} onChange={setEnd} required maxLength={200} />
          <Button kind="primary" type="submit" busy={found.asking} disabled={!mandate}>
            {t('money.joined.ask')}
          </Button>
        </div>
        <small>{t('money.joined.hint')}</small> <small>{t('money.asks')}</small>
      </form>
      <Failure error={found.error} />
      {told && !found.error ? <Paths told={told} /> : null}
    </>
  )
}

function Paths({ told }: { told: Told }) {
  const { t } = useTexts()
  const id = useId()
  const names = told.network.vertices.map(({ caption }) => caption)
  const through = told.paths.flatMap(({ steps }) => steps.flatMap(({ source, target }) => [source, target]))
  const handles = [...new Set([...through.flatMap((place) => told.network.vertices[place]?.handles ?? []), ...told.paths.flatMap(({ steps }) => steps.flatMap((each) => each.handles))])]
  return (
    <section className="told" aria-labelledby={id} data-paths={told.paths.length}>
      <h2 id={id}>{t('money.joined.paths', { count: told.paths.length })}</h2>
      <Answers told={told} />
      {told.paths.length ? null : <p className="empty">{t('money.joined.none')}</p>}
      {told.paths.map((path, place) => (
        <InWords key={path.steps.map(({ source, target }) => `${source}-${target}`).join(' ')} path={path} number={place + 1} names={names} />
      ))}
      <Left handles={told.network.tooCommon} why={t('money.joined.tooCommon')} />
      <p className="actions">
        <ToChart handles={handles} />
      </p>
      <Method told={told} />
    </section>
  )
}

/** One path: its steps in words, and the table that says the same. */
function InWords({ path, number, names }: { path: Path; number: number; names: readonly string[] }) {
  const { t } = useTexts()
  const title = t(path.joins ? 'money.joined.whole' : 'money.joined.part', { number, count: path.steps.length })
  const rows = path.steps.map((each, place) => ({ ...each, number: place + 1, from: names[each.source] ?? '' }))
  return (
    <section aria-label={title} className="panel" data-joins={path.joins}>
      <h3>{title}</h3>
      <ol className="steps">
        {path.steps.map((each) => (
          <li key={`${each.source} ${each.target}`} data-flow={each.flow}>
            <span className="badge">{each.flowSaid}</span>{' '}
            {each.sentences.map((said) => (
              <span key={said}>
                <Said longest={600}>{said}</Said>{' '}
              </span>
            ))}
            <Checked step={each} /> <By claimed={each} />
          </li>
        ))}
      </ol>
      <details>
        <summary>{t('money.joined.table')}</summary>
        <Table
          caption={title}
          rows={rows}
          id={({ number }) => String(number)}
          columns={[
            { key: 'number', title: t('money.column.step'), numeric: true, text: (each) => each.number, show: (each) => each.number },
            { key: 'flow', title: t('money.column.flow'), text: ({ flowSaid }) => flowSaid, show: ({ flowSaid }) => flowSaid },
            { key: 'from', title: t('money.column.from'), text: ({ from }) => from, show: ({ from }) => <Said>{from}</Said> },
            { key: 'to', title: t('money.column.to'), text: ({ towards }) => towards, show: ({ towards }) => <Said>{towards}</Said> },
            { key: 'address', title: t('money.column.address'), text: ({ verification }) => verification ?? '', show: ({ verification }) => verification ?? '—' },
            { key: 'by', title: t('money.column.by'), show: (each) => <By claimed={each} /> },
          ]}
        />
      </details>
    </section>
  )
}

/** How far the address of a wallet at the end of a step was checked. */
function Checked({ step: { towards, verification } }: { step: Step }) {
  const { t } = useTexts()
  if (!verification) return null
  return (
    <span className="checked">
      {t('money.wallet.of')} <Said>{towards}</Said>
      {t('shell.colon')} <strong>{verification}</strong>
    </span>
  )
}
