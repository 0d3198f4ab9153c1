import { Link, useLocation } from 'react-router'
import { Button } from '../../parts/Button'
import { STEPS, placeOf } from '../../shell/tour'
import type { TourStep } from '../../shell/tour'
import { useTexts } from '../../shell/texts'
import { Begin, StepText, useSomebody, useStepTexts } from './StepOfTour'

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
        <Onward step={step} />
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

/** What leads on: to the step's place for whoever has a part in it, then to the one who goes on; else to its person. */
function Onward({ step }: { step: TourStep }) {
  const { t } = useTexts()
  const { pathname } = useLocation()
  const { isMe } = useSomebody()
  const mine = isMe(step) ? step : step.then && isMe(step.then) ? step.then : null
  if (!mine) return <Begin step={step} />
  const place = placeOf(mine, step)
  return (
    <>
      {place.split('?')[0] === pathname ? null : (
        <Link className="button" to={place}>
          {t('tour.place')}
        </Link>
      )}
      {mine === step ? <Begin step={step} second /> : null}
    </>
  )
}
