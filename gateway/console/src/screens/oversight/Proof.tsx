import type { TextKey } from '../../generated/keys'
import { Notice } from '../../parts/Notice'
import { Said } from '../../parts/Said'
import { Time } from '../../parts/Time'
import { useTexts } from '../../shell/texts'

/** Milliseconds between two looks at a verification that runs. */
export const LOOK_AGAIN = 1000

interface Step {
  readonly name: string
  readonly verdict: string
  readonly detail: string
  readonly count: number | null
  readonly names: readonly string[]
  readonly root: string | null
}

interface Told {
  readonly stage: string
  readonly done: number
  readonly total: number
  readonly startedAt: string | null
  readonly endedAt: string | null
  readonly steps: readonly Step[]
  readonly findings: readonly string[]
  readonly broken: readonly number[]
}

/** How far a verification is. */
export function Progress({ now }: { now: Told }) {
  const { t } = useTexts()
  if (!now.total) return null
  return (
    <p>
      <progress value={now.done} max={now.total} aria-label={t('oversight.integrity.now')} />{' '}
      {t('oversight.integrity.progress', { done: now.done, total: now.total })} · <Time at={now.endedAt ?? now.startedAt} />
    </p>
  )
}

/** What a verification says: the entries that are wrong first, then every difference, then its steps. */
export function Found({ now }: { now: Told }) {
  const { t, code } = useTexts()
  return (
    <>
      {now.broken.map((index) => (
        <p key={index} className="broken-entry">
          <strong>{t('oversight.integrity.broken', { index })}</strong>
        </p>
      ))}
      {now.findings.length ? (
        <Notice tone="danger">
          <details>
            <summary>{t('oversight.integrity.technical')}</summary>
            <ul lang="en">
              {now.findings.map((each) => (
                <li key={each}>
                  <Said>{each}</Said>
                </li>
              ))}
            </ul>
          </details>
        </Notice>
      ) : null}
      {now.steps.length ? (
        <>
          <h3>{t('oversight.integrity.steps')}</h3>
          <ol className="steps">
            {now.steps.map((step) => (
              <li key={step.name}>
                <strong>{code('proofStep', step.name)}</strong>{t('shell.colon')} <Verdict step={step} />
              </li>
            ))}
          </ol>
        </>
      ) : null}
    </>
  )
}

/** A step's verdict in words; one that the console does not know is told as the node says it. */
function Verdict({ step: { name, verdict, detail, count, names, root } }: { step: Step }) {
  const { t } = useTexts()
  const words = t(`oversight.proof.${name}.${verdict}` as TextKey, {
    defaultValue: '',
    count: count ?? 0,
    names: names.join(', '),
    root: root ?? '',
  })
  return words ? <Said>{words}</Said> : <Said lang="en">{detail}</Said>
}

/** The proof of a copy: its verdict, how far it is, and what was found. */
export function Proof({ now }: { now: Told }) {
  const { t } = useTexts()
  return (
    <>
      <p role="status">
        <strong>{t((now.stage === 'DOES_NOT_HOLD' ? 'oversight.broken.found' : `oversight.integrity.${now.stage}`) as TextKey)}</strong>
      </p>
      <Progress now={now} />
      <Found now={now} />
    </>
  )
}
