import { Link } from 'react-router'
import { Button } from '../../parts/Button'
import { STEPS } from '../../shell/tour'
import type { TourStep } from '../../shell/tour'
import { useTexts } from '../../shell/texts'
import { Begin, StepText, useStepTexts } from './StepOfTour'

/** The step that is under way, above whatever screen it leads to, so that nobody has to keep it in mind. */
export default function TourBar({ step, onEnd }: { step: TourStep; onEnd: () => void }) {
  const { t } = useTexts()
  const said = useStepTexts()
  const place = STEPS.indexOf(step)
  const next = STEPS[place + 1]
  return (
    <section className="tour-bar" aria-label={t('shared.menu.tour')}>
      <details open>
        <summary>{t('tour.at', { step: place + 1, all: STEPS.length, title: said(step, 'title') })}</summary>
        <StepText step={step} />
      </details>
      <p className="actions">
        <Begin step={step} second />
        {next ? (
          <Link className="button" to={`/tour#${next.name}`}>
            {t('tour.next', { step: place + 2 })}
          </Link>
        ) : null}
        <Button kind="quiet" onClick={onEnd}>
          {t('tour.end')}
        </Button>
      </p>
    </section>
  )
}
