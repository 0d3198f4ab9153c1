import { useEffect, useRef, useState } from 'react'
import { useSearchParams } from 'react-router'
import { Button } from '../../parts/Button'
import { useTexts } from '../../shell/texts'
import { FieldsStep, PartnerStep, PurposeStep, WhatStep } from './steps'
import { FinalStep } from './FinalStep'
import { GrowingSentence } from './GrowingSentence'
import { TemplateList } from './TemplateList'
import { LEAST } from './terms'
import type { Before, Terms } from './terms'

const STEPS = [1, 2, 3, 4, 5] as const
type Step = (typeof STEPS)[number]

/** Five steps to a grant; the step stands in the address, the sentence beside grows with every choice. */
export function GrantSteps({ begin, follows }: { begin: Terms; follows?: Before }) {
  const { t } = useTexts()
  const [address, setAddress] = useSearchParams()
  const [terms, setTerms] = useState(begin)
  const [template, setTemplate] = useState<string | null>(null)
  const title = useRef<HTMLHeadingElement>(null)
  const step = STEPS.find((each) => String(each) === address.get('step')) ?? 1
  const came = useRef(step)
  useEffect(() => {
    if (came.current !== step) title.current?.focus()
    came.current = step
  }, [step])
  const go = (to: Step) => {
    const next = new URLSearchParams(address)
    next.set('step', String(to))
    setAddress(next)
  }
  const change = (changed: Partial<Terms>) => setTerms((before) => ({ ...before, ...changed }))
  const shared = { terms, change }
  return (
    <div className="split">
      <div className="stack">
        <nav aria-label={t('liaison.new.steps')}>
          <ol className="wizard">
            {STEPS.map((each) => (
              <li key={each} aria-current={each === step ? 'step' : undefined}>
                <Button kind="quiet" pressed={each === step} onClick={() => go(each)}>
                  {each}. {t(`liaison.new.step${each}`)}
                </Button>
              </li>
            ))}
          </ol>
        </nav>
        {step === 1 && !follows ? (
          <TemplateList
            chosen={template}
            onChoose={(id, from) => {
              setTemplate(id)
              setTerms((before) => ({ ...from, recipients: before.recipients, dataset: before.dataset, cases: before.cases }))
            }}
            onBlank={() => {
              setTemplate(null)
              setTerms(LEAST)
            }}
          />
        ) : null}
        <section className="panel" aria-labelledby="step">
          <h2 id="step" ref={title} tabIndex={-1}>
            {t(`liaison.new.step${step}`)}
          </h2>
          {step === 1 ? <PartnerStep {...shared} brief={template !== null} /> : null}
          {step === 2 ? <WhatStep {...shared} /> : null}
          {step === 3 ? <FieldsStep {...shared} /> : null}
          {step === 4 ? <PurposeStep {...shared} /> : null}
          {step === 5 || (step === 1 && template !== null) ? (
            <FinalStep key={step} terms={terms} preview={step === 5} {...(follows ? { follows } : {})} />
          ) : null}
          <p className="actions">
            {step > 1 ? <Button onClick={() => go((step - 1) as Step)}>{t('liaison.new.back')}</Button> : null}
            {step < 5 ? (
              <Button kind={template !== null && step === 1 ? 'plain' : 'primary'} onClick={() => go((step + 1) as Step)}>
                {t('liaison.new.next')}
              </Button>
            ) : null}
          </p>
        </section>
      </div>
      <GrowingSentence terms={terms} {...(follows ? { follows } : {})} />
    </div>
  )
}
