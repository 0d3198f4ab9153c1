import { usePerson } from '../../api/session'
import type { TextKey } from '../../generated/keys'
import { signInAs, useDemo } from '../../shell/demo'
import { placeOf } from '../../shell/tour'
import type { TourStep } from '../../shell/tour'
import { useTexts } from '../../shell/texts'

/** The texts of a step. */
export function useStepTexts() {
  const { t } = useTexts()
  return ({ name }: TourStep, part: 'title' | 'do' | 'see') => t(`tour.steps.${name}.${part}` as TextKey)
}

/** What to do in a step, a line for each thing, and what one sees then. */
export function StepText({ step }: { step: TourStep }) {
  const { t } = useTexts()
  const said = useStepTexts()
  return (
    <dl className="facts">
      <dt>{t('tour.do')}</dt>
      <dd>
        <ol className="doing">
          {said(step, 'do')
            .split('\n')
            .map((each) => (
              <li key={each}>{each}</li>
            ))}
        </ol>
      </dd>
      <dt>{t('tour.see')}</dt>
      <dd>{said(step, 'see')}</dd>
    </dl>
  )
}

/** Who of the demo has a part in a step, and whether that is the person who is signed in. */
export function useSomebody() {
  const person = usePerson()
  const { people } = useDemo()
  const somebody = ({ hint }: Pick<TourStep, 'hint'>) => people.find((each) => each.hint === hint)
  return {
    somebody,
    isMe: (part: Pick<TourStep, 'hint'>) => {
      const found = somebody(part)
      return found?.name === person.name && found.node === person.node
    },
  }
}

/** The way to a step's place as its person, or as the one who goes on with it. */
export function Begin({ step, second = false }: { step: TourStep; second?: boolean }) {
  const { t, code } = useTexts()
  const { somebody, isMe } = useSomebody()
  const part = second ? step.then : step
  const found = part && somebody(part)
  if (!found) return null
  const { name, node, roles } = found
  const place = placeOf(part, step)
  const already = isMe(part)
  const as = { name, node, role: roles.map((each) => code('role', each)).join(', ') }
  return (
    <a className="button" href={already ? place : signInAs(found, place)}>
      {t(already ? 'tour.go' : second ? 'tour.then' : 'tour.be', as)}
    </a>
  )
}
