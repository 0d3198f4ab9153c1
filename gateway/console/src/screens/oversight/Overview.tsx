import { Link } from 'react-router'
import { usePerson } from '../../api/session'
import { useRead, useStep } from '../../api/asked'
import { breakGlasses, logHead, logSample, logVerification, reconciliations, witnessState } from '../../generated/documents'
import type { TextKey } from '../../generated/keys'
import { Button } from '../../parts/Button'
import { NodeBadge } from '../../parts/Marks'
import { Failure, Notice } from '../../parts/Notice'
import { Time, moment } from '../../parts/Time'
import { useTexts } from '../../shell/texts'
import { useTitle } from '../../shell/title'
import { Rows } from './Rows'
import { lastWeek } from './weeks'
import { Why, useWhy } from '../../parts/Why'
import './oversight.css'

/** Whether all is well with the log, and the sample that nobody chose. */
export default function Overview() {
  const { t, code, language } = useTexts()
  const why = useWhy()
  const own = usePerson().node
  const head = useRead(logHead, {})
  const witnesses = useRead(witnessState, {})
  const verified = useRead(logVerification, {})
  const compared = useRead(reconciliations, {})
  const emergencies = useRead(breakGlasses, { all: false })
  const [sample, draw] = useStep(logSample)
  useTitle(t('oversight.overview.title'))
  const others = compared.data?.reconciliations.filter(({ partner }) => partner !== own)
  const drawn = sample.data?.logSample
  const state = witnesses.data?.witnessState
  const stage = verified.data?.logVerification.stage
  return (
    <>
      <h1>{t('oversight.overview.title')}</h1>
      <Failure error={head.error ?? witnesses.error ?? verified.error ?? compared.error ?? emergencies.error} />
      <div className="cards">
        <section className="card" aria-labelledby="log">
          <h2 id="log">{t('oversight.overview.log')}</h2>
          {head.data ? <p>{t('oversight.overview.entries', { count: head.data.logHead.size })}</p> : null}
          {stage ? <p>{t(`oversight.integrity.${stage}` as TextKey)}</p> : null}
          <Link to="/integrity">{t('oversight.integrity.now')}</Link>
        </section>
        <section className={`card status ${state?.freshness === 'FRESH' ? 'answered' : 'refused'}`} aria-labelledby="witnesses">
          <h2 id="witnesses">{t('oversight.overview.witnesses')}</h2>
          {state ? (
            <>
              <p>
                <strong>{t(`oversight.overview.${state.freshness}` as TextKey)}</strong>,{' '}
                {t('oversight.overview.last', { seconds: state.seconds })}
              </p>
              <ul className="bare">
                {state.words.map((each) => (
                  <li key={each.witness}>
                    <NodeBadge node={each.witness} /> {code('witnessWord', each.verdict)}, <Time at={each.at} />
                  </li>
                ))}
              </ul>
            </>
          ) : null}
        </section>
        <section className="card" aria-labelledby="partners">
          <h2 id="partners">{t('oversight.overview.partners')}</h2>
          <ul className="bare">
            {others?.map((each) => (
              <li key={each.partner}>
                <NodeBadge node={each.partner} />{' '}
                {each.until
                  ? t('oversight.overview.compared', { until: moment(each.until, language), findings: each.findings })
                  : code('comparison', each.outcome)}
              </li>
            ))}
          </ul>
          {others?.length === 0 ? <p>{t('oversight.overview.never')}</p> : null}
        </section>
        <section className="card" aria-labelledby="emergencies">
          <h2 id="emergencies">{t('oversight.overview.emergencies')}</h2>
          <ul className="bare">
            {emergencies.data?.breakGlasses.map((each) => (
              <li key={each.id}>
                <NodeBadge node={each.node} /> <Link to={`/audit/record/${encodeURIComponent(each.queryId)}`}>{each.offence ? code('offence', each.offence) : each.queryId}</Link>{' '}
                <Time at={each.dueAt} />
              </li>
            ))}
          </ul>
          {emergencies.data?.breakGlasses.length === 0 ? <p>{t('oversight.overview.noEmergencies')}</p> : null}
        </section>
      </div>
      <Why />
      <section aria-labelledby="sample" className="looks">
        <h2 id="sample">{t('oversight.overview.sample')}</h2>
        <p className="actions">
          <Button
            kind="primary"
            busy={sample.asking}
            disabled={!why}
            onClick={() => void draw({ justification: why, week: lastWeek(new Date()), count: 20 })}
          >
            {t('oversight.overview.draw')}
          </Button>
          {why ? null : <small>{t('oversight.why.needed')}</small>}
        </p>
        <Failure error={sample.error} />
        {drawn ? (
          <>
            <p>
              {t('oversight.overview.drawn', {
                count: drawn.drawn.length,
                population: drawn.population,
                week: drawn.week,
                seed: drawn.seed.slice(0, 16),
              })}
            </p>
            {drawn.final ? null : <Notice tone="warning">{t('oversight.overview.notFinal')}</Notice>}
            <Rows caption={t('oversight.overview.sample')} rows={drawn.drawn.map(({ row }) => row)} />
          </>
        ) : null}
      </section>
    </>
  )
}
