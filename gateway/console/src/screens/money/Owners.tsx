import { useId, useState } from 'react'
import type { ResultOf } from 'gql.tada'
import { useRead, useStep } from '../../api/asked'
import { useMandate } from '../../api/mandate'
import { moneyOwnership, partners } from '../../generated/documents'
import type { moneyOwnership as ownershipText } from '../../generated/texts'
import { Button } from '../../parts/Button'
import { SelectField, TextField } from '../../parts/Field'
import { NodeTicks } from '../../parts/NodeTicks'
import { Failure, Notice } from '../../parts/Notice'
import { Said } from '../../parts/Said'
import { Table } from '../../parts/Table'
import { Time } from '../../parts/Time'
import { ToChart } from '../../parts/ToChart'
import { useTexts } from '../../shell/texts'
import { detect } from '../analyst/detect'
import { useQuestion } from '../analyst/useQuestion'
import { Answers } from '../histories/Answers'
import { Found } from '../histories/Found'
import { Records } from '../histories/lines'
import { By } from './Claimed'
import { Method } from './Method'

type Told = ResultOf<typeof ownershipText>['ownership']
type Way = 'OWNERS' | 'OWNED'
const WAYS: readonly Way[] = ['OWNERS', 'OWNED']
const DEPTHS = ['1', '2', '3', '4', '5', '6', '7', '8'] as const
const HANDLE = /^[a-z]{2}\.[a-z0-9-]+\/\S+$/

/** Who owns a company or an account, or what it owns; one that is told by name or number is looked up first. */
export function Owners({ of }: { of: string }) {
  const { t, language } = useTexts()
  const { mandate } = useMandate()
  const known = useRead(partners, {})
  const [text, setText] = useState(of)
  const [way, setWay] = useState<Way>('OWNERS')
  const [depth, setDepth] = useState<(typeof DEPTHS)[number]>('6')
  const [day, setDay] = useState('')
  const [left, leave] = useState<readonly string[]>([])
  const [found, own] = useStep(moneyOwnership)
  const question = useQuestion()
  const isHandle = HANDLE.test(text.trim())
  const nodes = (known.data?.partners.map(({ id }) => id) ?? []).filter((each) => !left.includes(each))
  const follow = (handle: string) => {
    if (mandate) void own({ handle, mandate: mandate.id, way, depth: Number(depth), day, language })
  }
  const go = () => {
    const words = text.trim()
    if (!words || !mandate) return
    if (isHandle) follow(words)
    else if (nodes.length) question.ask({ as: detect(words), words, mandate: mandate.id, nodes, filters: {} })
  }
  const told = found.data?.ownership
  return (
    <>
      <form
        className="panel"
        role="search"
        aria-label={t('money.tab.owners')}
        onSubmit={(event) => {
          event.preventDefault()
          go()
        }}
      >
        <div className="form row">
          <TextField label={t('money.owners.of')} type="search" value={text} onChange={setText} required maxLength={200} />
          <SelectField label={t('money.owners.way')} value={way} options={WAYS.map((each) => ({ value: each, label: t(`money.owners.${each}`) }))} onChange={setWay} />
          <SelectField label={t('money.owners.depth')} value={depth} options={DEPTHS.map((each) => ({ value: each, label: each }))} onChange={setDepth} />
          <TextField label={t('money.owners.day')} type="date" value={day} onChange={setDay} />
          <Button kind="primary" type="submit" busy={found.asking || question.asking} disabled={!mandate}>
            {t(isHandle || !text.trim() ? 'money.owners.ask' : 'money.owners.find')}
          </Button>
        </div>
        {isHandle ? null : <NodeTicks nodes={known.data?.partners.map(({ id }) => id) ?? []} left={left} onLeave={leave} />}
        <small>{t('money.asks')}</small>
      </form>
      <Found
        question={question}
        next={t(`money.owners.${way}`)}
        step={({ handle }) => (
          <Button busy={found.asking} onClick={() => follow(handle)}>
            {t('money.owners.ask')}
          </Button>
        )}
      />
      <Failure error={found.error} />
      {told && !found.error ? <Owned told={told} /> : null}
    </>
  )
}

/** The chains in words, what they come to, and the holdings as a table. */
function Owned({ told }: { told: Told }) {
  const { t } = useTexts()
  const id = useId()
  const holdings = [...new Map(told.chains.flatMap((chain) => chain.holdings).map((each) => [`${each.owner} ${each.asset} ${each.handles.join(' ')}`, each])).entries()].map(([key, each]) => ({ ...each, key }))
  return (
    <section className="told" aria-labelledby={id} data-owned>
      <h2 id={id}>
        {t(told.way === 'OWNED' ? 'money.owners.OWNED' : 'money.owners.OWNERS')} · <Time at={told.day} />
      </h2>
      <Answers told={told} />
      <h3>{t('money.owners.chains', { count: told.chains.length })}</h3>
      {told.cut ? <Notice tone="warning">{t('money.owners.cut')}</Notice> : null}
      {told.chains.length ? (
        <ol className="ways">
          {told.chains.map((chain) => (
            <li key={chain.holdings.map(({ handles }) => handles.join(' ')).join(' | ')} data-end={chain.end}>
              <strong>{chain.share}</strong>
              <ol>
                {chain.holdings.map((each) => (
                  <li key={each.handles.join(' ')}>
                    <Said longest={600}>{each.sentence}</Said> <By claimed={each} />
                  </li>
                ))}
              </ol>
              <p>
                <small>{chain.endSentence}</small>
              </p>
            </li>
          ))}
        </ol>
      ) : (
        <p className="empty">{t('money.owners.none')}</p>
      )}
      <Table
        caption={t('money.owners.totals')}
        rows={told.totals}
        id={({ handles }) => handles.join(' ')}
        empty={t('money.owners.none')}
        columns={[
          { key: 'who', title: t('money.column.who'), text: ({ caption }) => caption, show: ({ caption }) => <Said>{caption}</Said> },
          { key: 'share', title: t('money.column.share'), text: ({ high }) => high, show: ({ share }) => share },
          { key: 'records', title: t('histories.record'), show: ({ handles }) => <Records handles={handles} /> },
        ]}
      />
      <Table
        caption={t('money.owners.table')}
        rows={holdings}
        id={({ key }) => key}
        empty={t('money.owners.none')}
        columns={[
          { key: 'owner', title: t('money.column.owner'), text: ({ owner }) => owner, show: ({ owner }) => <Said>{owner}</Said> },
          { key: 'asset', title: t('money.column.asset'), text: ({ asset }) => asset, show: ({ asset }) => <Said>{asset}</Said> },
          { key: 'share', title: t('money.column.share'), text: ({ high }) => high, show: ({ share, differ }) => (differ ? `${share} (${t('money.owners.differ')})` : share) },
          { key: 'by', title: t('money.column.by'), show: (each) => <By claimed={each} /> },
        ]}
      />
      {told.taken.length ? (
        <details>
          <summary>{t('money.owners.taken', { count: told.taken.length })}</summary>
          <ul>
            {told.taken.map(({ handles, caption, registrations }) => (
              <li key={handles.join(' ')}>
                <Said>{`${caption}, ${registrations.join(', ')}`}</Said>: <Records handles={handles} />
              </li>
            ))}
          </ul>
        </details>
      ) : null}
      <p className="actions">
        <ToChart handles={[...new Set([...told.totals.flatMap(({ handles }) => handles), ...holdings.flatMap(({ handles }) => handles)])]} />
      </p>
      <Method told={told} />
    </section>
  )
}
