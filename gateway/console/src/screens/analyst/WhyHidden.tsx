import { useState } from 'react'
import { Link } from 'react-router'
import { useStep } from '../../api/asked'
import { explainQuestion } from '../../generated/documents'
import { Button } from '../../parts/Button'
import { Dialog } from '../../parts/Dialog'
import { Failure } from '../../parts/Notice'
import { Said } from '../../parts/Said'
import { useTexts } from '../../shell/texts'

/** Under which code the log notes that somebody looked at an own question. */
const LOOKED = 'OWN_QUESTION'

interface Props {
  /** What is not shown, in words. */
  readonly what: string
  /** The code of the reason. */
  readonly reason: string
  readonly node: string
  /** The question that it was asked with. */
  readonly query: string
}

/** Beside a value that is withheld: the rule in words, and by which law and grants the owner decided. */
export function WhyHidden({ what, reason, node, query }: Props) {
  const { t } = useTexts()
  const [open, setOpen] = useState(false)
  const [explained, explain] = useStep(explainQuestion)
  const answer = explained.data?.explainQuestion.asked?.nodes.find((each) => each.node === node)
  return (
    <>
      <Button
        kind="quiet"
        label={`${t('analyst.hidden.why')} ${what}`}
        onClick={() => {
          setOpen(true)
          if (!explained.data) void explain({ queryId: query, justification: LOOKED })
        }}
      >
        {t('analyst.hidden.why')}
      </Button>
      {open ? (
        <Dialog open title={t('analyst.hidden.title', { what })} onClose={() => setOpen(false)}>
          <p>
            <strong>{t(`reason.${reason}` as 'reason.NO_GRANT', { defaultValue: reason })}</strong> <small>{reason}</small>
          </p>
          <p>{t('analyst.hidden.text', { node })}</p>
          <Failure error={explained.error} />
          {answer ? (
            <dl className="facts">
              <dt>{t('cases.why.grants')}</dt>
              <dd>
                <Said>{answer.grants.join(', ')}</Said>
              </dd>
              <dt>{t('cases.why.revision')}</dt>
              <dd>
                <Said>{answer.revision}</Said>
              </dd>
            </dl>
          ) : null}
          <p className="actions">
            <Link className="button" to={`/why/${encodeURIComponent(query)}`}>
              {t('cases.why.link')}
            </Link>
          </p>
        </Dialog>
      ) : null}
    </>
  )
}
