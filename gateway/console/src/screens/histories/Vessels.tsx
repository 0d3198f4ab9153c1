import { useState } from 'react'
import { useSearchParams } from 'react-router'
import { useRead, useStep } from '../../api/asked'
import { useMandate } from '../../api/mandate'
import type { Claim } from '../../api/picture'
import { partners, vesselHistory } from '../../generated/documents'
import { Button } from '../../parts/Button'
import { SelectField, TextField } from '../../parts/Field'
import { NodeTicks } from '../../parts/NodeTicks'
import { Failure } from '../../parts/Notice'
import { useTexts } from '../../shell/texts'
import { useTitle } from '../../shell/title'
import { MandateBar } from '../analyst/MandateBar'
import { useQuestion } from '../analyst/useQuestion'
import { Found } from './Found'
import { NAMED, named } from './number'
import type { Named } from './number'
import { NumberCheck } from './NumberCheck'
import { VesselHistory } from './VesselHistory'
import { LIMITS, VesselLimits } from './VesselLimits'
import './histories.css'

const SCHEMATA = ['Vessel', 'VesselPeriod', 'VesselListing']
const NUMBERS = ['imo', 'mmsi']

/** What a list led to stands below it: brought into sight when it is there. */
function inSight(element: HTMLElement | null) {
  element?.scrollIntoView()
}

/** A vessel over all nodes: by its number at once, by a call sign or a name after a look for its number. */
export default function Vessels() {
  const { t, language } = useTexts()
  const { mandate } = useMandate()
  const known = useRead(partners, {})
  const [address, setAddress] = useSearchParams()
  const [text, setText] = useState(address.get('q') ?? '')
  const [said, say] = useState<Named | null>(null)
  const [left, leave] = useState<readonly string[]>([])
  const [limits, limit] = useState(LIMITS)
  const [found, follow] = useStep(vesselHistory)
  const question = useQuestion()
  const [looking, look] = useState(false)
  const as = said ?? named(text)
  const nodes = known.data?.partners.map(({ id }) => id) ?? []
  const wanted = nodes.filter((each) => !left.includes(each))
  const told = found.data?.vesselHistory
  useTitle(t('vessels.title'))

  const history = (number: string) => {
    if (!mandate) return
    setAddress({ q: number }, { replace: true })
    const areas = limits.areas.split(/\s+/).filter(Boolean)
    void follow({ number, mandate: mandate.id, areas, maxKnots: Number(limits.knots), days: Number(limits.days), nodes: left.length ? wanted : null, language })
  }
  const go = () => {
    const words = text.trim()
    if (!words || !mandate || !wanted.length) return
    look(as !== 'number')
    if (as === 'number') {
      history(words)
      return
    }
    setAddress({ q: words }, { replace: true })
    const asked = { words, mandate: mandate.id, nodes: wanted }
    if (as === 'callSign') question.ask({ ...asked, as: 'identifier', kind: 'callsign', filters: {} })
    else question.ask({ ...asked, as: 'name', filters: { schemata: SCHEMATA } })
  }
  const step = ({ record }: Claim) =>
    record.identifiers
      .filter(({ kind }) => NUMBERS.includes(kind))
      .slice(0, 2)
      .map(({ kind, normal }) => (
        <Button key={kind} busy={found.asking} onClick={() => history(normal)}>
          {t('vessels.follow', { number: `${kind.toUpperCase()} ${normal}` })}
        </Button>
      ))
  return (
    <>
      <div className="page-head">
        <h1>{t('vessels.title')}</h1>
      </div>
      <p className="prose">{t('vessels.lead')}</p>
      <MandateBar />
      <form
        className="panel"
        role="search"
        onSubmit={(event) => {
          event.preventDefault()
          go()
        }}
      >
        <div className="form row">
          <TextField label={t('vessels.of')} type="search" value={text} onChange={setText} required maxLength={200} />
          <SelectField label={t('analyst.search.as')} value={as} options={NAMED.map((each) => ({ value: each, label: t(`vessels.named.${each}`) }))} onChange={say} />
          <Button kind="primary" type="submit" busy={found.asking || question.asking} disabled={!mandate || !wanted.length}>
            {t(as === 'number' ? 'vessels.ask' : 'vessels.find')}
          </Button>
          {question.asking ? <Button onClick={question.stop}>{t('shell.stop')}</Button> : null}
        </div>
        <NodeTicks nodes={nodes} left={left} onLeave={leave} />
        <VesselLimits limits={limits} onChange={limit} />
        <small>{t('vessels.asks')}</small>
      </form>
      <NumberCheck />
      {looking ? <Found question={question} next={t('vessels.next')} step={step} /> : null}
      <Failure error={found.error} />
      {told && !found.error ? (
        <div ref={looking ? inSight : null}>
          <VesselHistory key={told.number} told={told} />
        </div>
      ) : null}
    </>
  )
}
