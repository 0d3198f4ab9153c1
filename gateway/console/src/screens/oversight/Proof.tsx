import type { TextKey } from '../../generated/keys'
import { Notice } from '../../parts/Notice'
import { Said } from '../../parts/Said'
import { Time } from '../../parts/Time'
import { useTexts } from '../../shell/texts'

/** Milliseconds between two looks at a verification that runs. */
export const LOOK_AGAIN = 1000

interface Told {
  readonly stage: string
  readonly done: number
  readonly total: number
  readonly startedAt: string | null
  readonly endedAt: string | null
  readonly steps: readonly { readonly name: string; readonly detail: string }[]
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
      {t('oversight.integrity.progress', { done: now.done, total: now.total })} <Time at={now.endedAt ?? now.startedAt} />
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
          <ul>
            {now.findings.map((each) => (
              <li key={each}>
                <Said>{each}</Said>
              </li>
            ))}
          </ul>
        </Notice>
      ) : null}
      {now.steps.length ? (
        <>
          <h3>{t('oversight.integrity.steps')}</h3>
          <ol className="steps">
            {now.steps.map(({ name, detail }) => (
              <li key={name}>
                <strong>{code('proofStep', name)}</strong>: <Said lang="en">{detail}</Said>
              </li>
            ))}
          </ol>
        </>
      ) : null}
    </>
  )
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
