import { Button } from '../../parts/Button'
import { Said } from '../../parts/Said'
import { useTexts } from '../../shell/texts'
import { Prose } from './Prose'

interface Props {
  readonly id: string
  readonly level: 2 | 3
  readonly given: {
    readonly texts: readonly { readonly handle: string; readonly text: string }[]
    readonly missing: readonly { readonly reason: string }[]
  }
  /** What the button says: what is made once they were read. */
  readonly says: string
  readonly onRead: () => void
}

/** The texts of H3 that stand in the way of a document, and the step of having read them. */
export function Restrictions({ id, level, given, says, onRead }: Props) {
  const { t } = useTexts()
  if (!given.texts.length || !given.missing.some(({ reason }) => reason === 'HANDLING_CODE')) return null
  const Heading = `h${level}` as const
  return (
    <section className="panel no-print" aria-labelledby={id}>
      <Heading id={id}>{t('cases.report.restrictions')}</Heading>
      {given.texts.map((each) => (
        <div key={each.handle}>
          <strong>
            <Said>{each.handle}</Said>
          </strong>
          <Prose>{each.text}</Prose>
        </div>
      ))}
      <p className="actions">
        <Button onClick={onRead}>{says}</Button>
      </p>
    </section>
  )
}
