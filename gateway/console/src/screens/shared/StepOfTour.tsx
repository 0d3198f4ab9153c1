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

/** The way to a step's place as its person, or as the one who goes on with it. */
export function Begin({ step, second = false }: { step: TourStep; second?: boolean }) {
  const { t, code } = useTexts()
  const person = usePerson()
  const part = second ? step.then : step
  const somebody = useDemo().people.find(({ hint }) => hint === part?.hint)
  if (!part || !somebody) return null
  const { name, node, roles } = somebody
  const place = placeOf(part, step)
  const already = name === person.name && node === person.node
  const as = { name, node, role: roles.map((each) => code('role', each)).join(', ') }
  return (
    <a className="button" href={already ? place : signInAs(somebody, place)}>
      {t(already ? 'tour.go' : second ? 'tour.then' : 'tour.be', as)}
    </a>
  )
}
