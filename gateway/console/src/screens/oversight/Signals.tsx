import { useStep } from '../../api/asked'
import { anomalies } from '../../generated/documents'
import { Button } from '../../parts/Button'
import { Failure } from '../../parts/Notice'
import { useTexts } from '../../shell/texts'
import { useTitle } from '../../shell/title'
import { FindingTable } from './FindingTable'
import { Why, useWhy } from '../../parts/Why'

/** What the rules noticed in the last seven days, each with its base rate and what it cannot tell. */
export default function Signals() {
  const { t, code } = useTexts()
  const why = useWhy()
  const [found, look] = useStep(anomalies)
  useTitle(t('oversight.signals.title'))
  return (
    <>
      <h1>{t('oversight.signals.title')}</h1>
      <p className="prose">{t('oversight.signals.text')}</p>
      <Why />
      <p className="actions">
        <Button kind="primary" busy={found.asking} disabled={!why} onClick={() => void look({ justification: why, rule: '' })}>
          {t('oversight.signals.look')}
        </Button>
        {why ? null : <small>{t('oversight.why.needed')}</small>}
      </p>
      <Failure error={found.error} />
      {found.data?.anomalies.map((each) => (
        <section key={each.rule} className="panel" aria-labelledby={each.rule}>
          <h2 id={each.rule}>
            {code('rule', each.rule)} <small>{each.rule}</small>
          </h2>
          <p>{code('ruleMeaning', each.rule)}</p>
          <p>
            <strong>{t('oversight.signals.rate', { part: each.part, whole: each.whole, of: code('ruleOf', each.rule) })}</strong>
          </p>
          <p>
            {t('oversight.signals.limits')}{t('shell.colon')} {code('ruleLimits', each.rule)}
          </p>
          {each.findings.length ? <FindingTable caption={code('rule', each.rule)} rows={each.findings} justification={why} /> : null}
        </section>
      ))}
    </>
  )
}
