import { useStep } from '../../api/asked'
import { dropDraft, useDraft } from '../../api/draft'
import type { NodeStatus, Picture } from '../../api/picture'
import { MORE_TIERS, URGENCIES, apiLanguage } from '../../api/vocabulary'
import type { Mode, Urgency } from '../../api/vocabulary'
import { requestFollowUp } from '../../generated/documents'
import { Button } from '../../parts/Button'
import { Dialog } from '../../parts/Dialog'
import { Drafted } from '../../parts/Drafted'
import { SelectField } from '../../parts/Field'
import { Failure, Notice } from '../../parts/Notice'
import { moment } from '../../parts/Time'
import { useTexts } from '../../shell/texts'

const REASONS = ['CASE_WORK', 'LINK_TO_SEIZURE', 'IDENTIFY_SUSPECT', 'OPERATION_PLANNED', 'JUDICIAL_REQUEST'] as const

/** As which argument a question is told again. */
const QUESTION = { name: 'text', identifier: 'identifier', handle: 'handle' } as const

interface Props {
  /** The answer of the node to the question that the request is about. */
  readonly picture: Pick<Picture, 'queryId'>
  readonly node: NodeStatus
  /** None where the question was a profile: its reference tells the officers which one it was. */
  readonly wanted?: { readonly as: keyof typeof QUESTION; readonly words: string }
  readonly onClose: () => void
}

/** A request for a higher tier, to the liaison officers of the node that answered; the question is told again. */
export function AskForMore({ picture, node, wanted, onClose }: Props) {
  const { t, code, language } = useTexts()
  const form = `more ${picture.queryId} ${node.node}`
  const [tier, setTier] = useDraft<Mode>(form, 'tier', 'CORE')
  const [urgency, setUrgency] = useDraft<Urgency>(form, 'urgency', 'ORDINARY')
  const [reason, setReason] = useDraft<(typeof REASONS)[number]>(form, 'reason', 'CASE_WORK')
  const [sent, send] = useStep(requestFollowUp)
  const told = sent.data?.requestFollowUp
  const submit = async () => {
    const made = await send({
      language: apiLanguage(language),
      followUp: {
        queryId: picture.queryId,
        node: node.node,
        tier,
        urgency,
        reason,
        reference: node.contact?.reference ?? '',
        ...(wanted ? { question: { [QUESTION[wanted.as]]: wanted.words } } : {}),
      },
    })
    if (made) dropDraft(form)
  }
  return (
    <Dialog open title={t('analyst.request.title', { node: node.node })} onClose={onClose}>
      {told ? (
        <Notice tone="success">{t('analyst.request.sent', { due: moment(told.dueAt, language) })}</Notice>
      ) : (
        <form
          className="form"
          onSubmit={(event) => {
            event.preventDefault()
            void submit()
          }}
        >
          <Drafted form={form} />
          <p>{t('analyst.request.text')}</p>
          <SelectField
            label={t('analyst.request.tier')}
            value={tier}
            options={MORE_TIERS.map((each) => ({ value: each, label: code('tier', each.toLowerCase()) }))}
            onChange={setTier}
          />
          <SelectField
            label={t('analyst.request.reason')}
            value={reason}
            options={REASONS.map((each) => ({ value: each, label: code('reason', each) }))}
            onChange={setReason}
          />
          <SelectField
            label={t('analyst.request.urgency')}
            value={urgency}
            options={URGENCIES.map((each) => ({ value: each, label: code('urgency', each) }))}
            onChange={setUrgency}
          />
          <Failure error={sent.error} />
          <p className="actions">
            <Button kind="primary" type="submit" busy={sent.asking}>
              {t('analyst.request.send')}
            </Button>
            <Button
              onClick={() => {
                dropDraft(form)
                onClose()
              }}
            >
              {t('shell.cancel')}
            </Button>
          </p>
        </form>
      )}
    </Dialog>
  )
}
