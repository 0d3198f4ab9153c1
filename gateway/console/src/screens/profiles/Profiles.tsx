import { useState } from 'react'
import type { ReactNode } from 'react'
import { useSearchParams } from 'react-router'
import type { ResultOf } from 'gql.tada'
import { useStep } from '../../api/asked'
import { useMandate } from '../../api/mandate'
import type { NodeStatus } from '../../api/picture'
import { matchProfile } from '../../generated/documents'
import type { matchProfile as matchProfileText } from '../../generated/texts'
import { Button } from '../../parts/Button'
import { TextField } from '../../parts/Field'
import { NodeCards } from '../../parts/NodeCards'
import { Failure, Notice } from '../../parts/Notice'
import { Said } from '../../parts/Said'
import { useTexts } from '../../shell/texts'
import { useTitle } from '../../shell/title'
import { AskForMore } from '../analyst/AskForMore'
import { MandateBar } from '../analyst/MandateBar'
import { Matches } from './Matches'
import { TypedProfile } from './TypedProfile'
import type { Typed } from './TypedProfile'
import './profiles.css'

export type Found = ResultOf<typeof matchProfileText>['matchProfile']
export type Match = Found['matches'][number]

/** Same batch? Asked of all nodes, answered with how often pairs of known source have scored so; never with yes. */
export default function Profiles() {
  const { t, language } = useTexts()
  const { mandate } = useMandate()
  const [address, setAddress] = useSearchParams()
  const [handle, setHandle] = useState(address.get('of') ?? '')
  const [typed, type] = useState<Typed>({ method: '', version: '', compounds: '' })
  const [found, look] = useStep(matchProfile)
  const [more, askMore] = useState<NodeStatus | null>(null)
  const told = found.data?.matchProfile
  const lines = typed.compounds.split('\n').map((line) => line.trim()).filter(Boolean)
  const own = Boolean(typed.method && typed.version && lines.length)
  useTitle(t('profiles.title'))

  const compare = () => {
    if (!mandate) return
    const profile = { method: typed.method, version: typed.version, compounds: lines, laboratory: '', measuredAt: '' }
    if (!own) setAddress({ of: handle.trim() }, { replace: true })
    void look({ mandate: mandate.id, language, ...(own ? { profile } : { handle: handle.trim() }) })
  }
  return (
    <>
      <div className="page-head">
        <h1>{t('profiles.title')}</h1>
      </div>
      <p>{t('profiles.lead')}</p>
      <MandateBar />
      <form
        className="panel form"
        onSubmit={(event) => {
          event.preventDefault()
          compare()
        }}
      >
        <TextField label={t('profiles.of')} value={handle} onChange={setHandle} maxLength={200} required={!own} />
        <TypedProfile typed={typed} onChange={type} />
        <p className="actions">
          <Button kind="primary" type="submit" busy={found.asking} disabled={!mandate}>
            {t('profiles.compare')}
          </Button>
        </p>
      </form>
      <Failure error={found.error} />
      {told ? (
        <>
          <Answers found={told} onMore={askMore} />
          <Matches found={told} onMore={askMore} />
          <Notice>{told.cannotSay}</Notice>
        </>
      ) : null}
      {told && more ? <AskForMore picture={told} node={more} onClose={() => askMore(null)} /> : null}
    </>
  )
}

/** How each node answered, by what it compares, and why not where it does not. */
function Answers({ found, onMore }: { found: Found; onMore: (node: NodeStatus) => void }) {
  const { t, code, language } = useTexts()
  const number = new Intl.NumberFormat(language, { maximumFractionDigits: 3 })
  const by = new Map(found.nodes.map((each) => [each.status.node, each]))
  const action = (node: NodeStatus): ReactNode => {
    const each = by.get(node.node)
    if (!each || each.comparable === null) return null
    if (!each.comparable) return <p data-reason={each.reason}>{each.meaning}</p>
    return (
      <>
        <p>
          {t('profiles.by', {
            treatment: code('treatment', each.treatment ?? ''),
            measure: code('measure', each.measure ?? ''),
            threshold: number.format(each.threshold ?? 0),
            same: number.format(each.samePairs ?? 0),
            different: number.format(each.differentPairs ?? 0),
          })}
        </p>
        {node.contact ? <Button onClick={() => onMore(node)}>{t('profiles.ask')}</Button> : null}
      </>
    )
  }
  return (
    <section aria-labelledby="answered">
      <h2 id="answered">{t('profiles.nodes')}</h2>
      <p>
        {t('profiles.method')}{t('shell.colon')} <Said>{`${found.asked.method}/${found.asked.version}`}</Said> · {t('profiles.column.laboratory')}{t('shell.colon')} <Said>{found.asked.laboratory}</Said>
      </p>
      <NodeCards label={t('profiles.nodes')} nodes={found.nodes.map(({ status }) => status)} action={action} />
    </section>
  )
}
