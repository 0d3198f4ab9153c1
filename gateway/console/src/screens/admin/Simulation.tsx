import type { ResultOf } from 'gql.tada'
import { useEffect, useId, useState } from 'react'
import { useRead, useStep } from '../../api/asked'
import { pauseSimulation, policySimulation, resumeSimulation, simulatePolicy, stopSimulation } from '../../generated/documents'
import type { policySimulation as texts } from '../../generated/texts'
import { Button } from '../../parts/Button'
import { TextField } from '../../parts/Field'
import { Loading } from '../../parts/Loading'
import { Failure, Notice } from '../../parts/Notice'
import { Replay } from '../../parts/Replay'
import { Said } from '../../parts/Said'
import { Time } from '../../parts/Time'
import { useTexts } from '../../shell/texts'
import { useTitle } from '../../shell/title'

type Job = ResultOf<typeof texts>['policySimulation']

const LOOK_AGAIN = 1000
const MOST_DAYS = 1096

/** Changed rules tried on the real questions; the job goes on when the page is left, and is found again here. */
export default function Simulation() {
  const { t } = useTexts()
  const files = useId()
  const [chosen, choose] = useState<readonly File[]>([])
  const [days, setDays] = useState('90')
  const [why, say] = useState('POLICY_SIMULATION')
  const { data, error, asking, again } = useRead(policySimulation, {})
  const [begun, begin] = useStep(simulatePolicy)
  const [stopped, stop] = useStep(stopSimulation)
  const [paused, pause] = useStep(pauseSimulation)
  const [resumed, resume] = useStep(resumeSimulation)
  useTitle(t('admin.simulation.title'))
  const job = data?.policySimulation
  const running = job?.stage === 'RUNNING'
  const waits = job?.stage === 'PAUSED'
  useEffect(() => {
    if (!running) return undefined
    const timer = setInterval(again, LOOK_AGAIN)
    return () => clearInterval(timer)
  }, [running, again])
  const start = async () => {
    const texts = await Promise.all(chosen.map(async (each) => ({ name: each.name, text: await each.text() })))
    await begin({ files: texts, justification: why.trim(), days: Number(days) })
    again()
  }
  return (
    <>
      <h1>{t('admin.simulation.title')}</h1>
      <p className="prose">{t('admin.simulation.text')}</p>
      <form
        className="panel form"
        onSubmit={(event) => {
          event.preventDefault()
          void start()
        }}
      >
        <div className="field">
          <label htmlFor={files}>{t('admin.simulation.files')}</label>
          <small id={`${files}-hint`}>{t('admin.simulation.filesHint')}</small>
          <input
            id={files}
            type="file"
            multiple
            accept=".rego,.json"
            aria-describedby={`${files}-hint`}
            onChange={(event) => choose([...(event.target.files ?? [])])}
          />
        </div>
        <TextField label={t('admin.simulation.days')} type="number" min={1} max={MOST_DAYS} value={days} onChange={setDays} />
        <TextField label={t('admin.simulation.why')} hint={t('admin.simulation.whyHint')} value={why} onChange={say} maxLength={64} required />
        <p className="actions">
          <Button type="submit" kind="primary" busy={begun.asking} disabled={!chosen.length || running || waits || !why.trim()}>
            {t(job?.stage === 'STOPPED' ? 'admin.simulation.anew' : 'admin.simulation.begin')}
          </Button>
          {running ? (
            <Button busy={paused.asking} onClick={() => void pause({}).then(again)}>
              {t('admin.simulation.pause')}
            </Button>
          ) : null}
          {waits ? (
            <Button busy={resumed.asking} onClick={() => void resume({}).then(again)}>
              {t('admin.simulation.resume')}
            </Button>
          ) : null}
          {running || waits ? (
            <Button busy={stopped.asking} onClick={() => void stop({}).then(again)}>
              {t('admin.simulation.stop')}
            </Button>
          ) : null}
        </p>
        <Failure error={error ?? begun.error ?? stopped.error ?? paused.error ?? resumed.error} />
      </form>
      {asking && !job ? <Loading /> : null}
      {job ? <Progress job={job} /> : null}
      {job?.stage === 'DONE' ? <Found job={job} /> : null}
    </>
  )
}

/** How far the job is, as a bar and in words. */
function Progress({ job }: { job: Job }) {
  const { t, code } = useTexts()
  return (
    <section className="panel" aria-labelledby="stage">
      <h2 id="stage">
        <span aria-live="polite">{code('jobStage', job.stage)}</span>
      </h2>
      {job.total > 0 ? (
        <p>
          <progress value={job.done} max={job.total} aria-label={t('admin.simulation.title')} />{' '}
          {t('admin.simulation.done', { done: job.done, total: job.total })}
        </p>
      ) : null}
      {job.startedAt ? (
        <p>
          {t('admin.simulation.started')} <Time at={job.startedAt} />
          {job.endedAt ? (
            <>
              {' '}
              · {t('admin.simulation.ended')} <Time at={job.endedAt} />
            </>
          ) : null}
        </p>
      ) : null}
      {job.stage === 'STOPPED' ? <p>{t('admin.simulation.stopped')}</p> : null}
      {job.failed ? (
        <Notice tone="danger" title={t('admin.simulation.failed')}>
          <Said lang="en" longest={2000}>
            {job.failed}
          </Said>
        </Notice>
      ) : null}
    </section>
  )
}

function Found({ job }: { job: Job }) {
  const { t } = useTexts()
  return (
    <>
      <section className="panel" aria-labelledby="vectors">
        <h2 id="vectors">{t('admin.simulation.vectors', { count: job.vectors.length })}</h2>
        <p>{t('admin.simulation.vectorsText')}</p>
        {job.vectors.length ? (
          <ul>
            {job.vectors.map((each) => (
              <li key={each}>
                <Said lang="en">{each}</Said>
              </li>
            ))}
          </ul>
        ) : null}
        <dl className="facts">
          <dt>{t('admin.simulation.inForce')}</dt>
          <dd>
            <code>{job.inForce}</code>
          </dd>
          <dt>{t('admin.simulation.onTrial')}</dt>
          <dd>
            <code>{job.revision}</code>
          </dd>
        </dl>
      </section>
      {job.replay ? (
        <section className="panel" aria-labelledby="replay">
          <h2 id="replay">{t('admin.simulation.replay')}</h2>
          <Replay replay={job.replay} caption={t('admin.simulation.replay')} />
        </section>
      ) : null}
    </>
  )
}
