import { useEffect } from 'react'
import { useLocation } from 'react-router'
import { Notice } from '../../parts/Notice'
import { useDemo } from '../../shell/demo'
import { STEPS } from '../../shell/tour'
import { useTexts } from '../../shell/texts'
import { useTitle } from '../../shell/title'
import { Begin, StepText, useStepTexts } from './StepOfTour'

/** The guided tour: each step says whose it is, what to do there and what one sees, and leads there. */
export default function Tour() {
  const { t } = useTexts()
  const { demo, people } = useDemo()
  const { hash } = useLocation()
  const said = useStepTexts()
  useTitle(t('shared.menu.tour'))
  useEffect(() => {
    if (people.length) document.getElementById(hash.slice(1))?.scrollIntoView()
  }, [hash, people])
  return (
    <>
      <h1>{t('tour.title')}</h1>
      {demo ? null : <Notice tone="warning">{t('tour.only')}</Notice>}
      <p className="prose">{t('tour.lead')}</p>
      <ol className="steps plain">
        {STEPS.filter(({ hint }) => people.some((each) => each.hint === hint)).map((step, place) => (
          <li key={step.name} id={step.name} className="card" data-step={step.name}>
            <h2>
              {place + 1}. {said(step, 'title')}
            </h2>
            <p className="actions">
              <Begin step={step} />
            </p>
            <StepText step={step} />
            {step.then ? (
              <p className="actions">
                <Begin step={step} second />
              </p>
            ) : null}
          </li>
        ))}
      </ol>
    </>
  )
}
