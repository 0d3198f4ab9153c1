import { useStep } from '../../api/asked'
import { renewWatch, stopWatching } from '../../generated/documents'
import { Button } from '../../parts/Button'
import { Dialog } from '../../parts/Dialog'
import { Failure, Notice } from '../../parts/Notice'
import { Said } from '../../parts/Said'
import { moment } from '../../parts/Time'
import { useTexts } from '../../shell/texts'
import type { Question } from './AlertCard'
import { CaseMandate, useCaseMandate } from './CaseMandate'

/** Ends a standing question everywhere. */
export function Stop({ question, onClose }: { question: Question; onClose: () => void }) {
  const { t } = useTexts()
  const [stopped, stop] = useStep(stopWatching)
  return (
    <Dialog open title={t('cases.standing.stop')} onClose={onClose}>
      {stopped.data ? (
        <Notice tone="success">{t('cases.standing.stopped')}</Notice>
      ) : (
        <>
          <p>
            <Said>{question.identifier}</Said>. {t('cases.standing.stopText')}
          </p>
          <Failure error={stopped.error} />
          <p className="actions">
            <Button kind="danger" busy={stopped.asking} onClick={() => void stop({ id: question.id })}>
              {t('cases.standing.stop')}
            </Button>
            <Button onClick={onClose}>{t('shell.cancel')}</Button>
          </p>
        </>
      )}
    </Dialog>
  )
}

/** Says again why it is watched, under a mandate for its case. */
export function Renew({ question, onClose }: { question: Question; onClose: () => void }) {
  const { t, language } = useTexts()
  const mandate = useCaseMandate(question.case)
  const [renewed, renew] = useStep(renewWatch)
  const told = renewed.data?.renewWatch
  return (
    <Dialog open title={t('cases.standing.renew')} onClose={onClose}>
      {told ? (
        <Notice tone="success">
          {told.renewBy ? t('cases.standing.renewed', { by: moment(told.renewBy, language) }) : t('cases.standing.renewedToEnd')}
        </Notice>
      ) : (
        <>
          <p>
            <Said>{question.identifier}</Said>. {t('cases.standing.renewText')} {moment(question.expiresAt, language)}.
          </p>
          <CaseMandate reference={question.case} />
          <Failure error={renewed.error} />
          <p className="actions">
            <Button
              kind="primary"
              busy={renewed.asking}
              disabled={!mandate}
              onClick={() => {
                if (mandate) void renew({ id: question.id, mandate: mandate.id })
              }}
            >
              {t('cases.standing.renew')}
            </Button>
            <Button onClick={onClose}>{t('shell.cancel')}</Button>
          </p>
        </>
      )}
    </Dialog>
  )
}
