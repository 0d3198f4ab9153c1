import { useState } from 'react'
import { useRead, useStep } from '../../api/asked'
import { usePerson } from '../../api/session'
import type { ApiRole } from '../../api/vocabulary'
import { partners, previewBeside } from '../../generated/documents'
import { Button } from '../../parts/Button'
import { SelectField, TextField } from '../../parts/Field'
import { Failure } from '../../parts/Notice'
import { useTexts } from '../../shell/texts'
import { PreviewShown } from './PreviewShown'
import { personFor } from './terms'
import type { Terms } from './terms'

/** What is tried: new terms, perhaps after a grant; a proposal; or the end of a grant. */
export type Tried =
  | { readonly grant: Terms; readonly follows?: string }
  | { readonly proposal: string }
  | { readonly revoke: string }

interface Props {
  readonly tried: Tried
  readonly terms: Omit<Terms, 'days'>
  /** A grant as it stands: its preview is today's side, and nothing is compared. */
  readonly standing?: boolean
}

const ROLES = ['ANALYST', 'LIAISON'] as const satisfies readonly ApiRole[]

/** The preview of some terms for a person of a partner; nothing is asked before a person's step. */
export function PreviewOf({ tried, terms, standing }: Props) {
  const { t, code } = useTexts()
  const own = usePerson().node
  const known = useRead(partners, {})
  const recipients = terms.recipients.filter((each) => each !== own)
  const [node, setNode] = useState(recipients[0] ?? '')
  const [role, setRole] = useState<ApiRole>(terms.roles[0] ?? 'ANALYST')
  const [unit, setUnit] = useState(terms.units[0] ?? '')
  const [reference, setReference] = useState(terms.cases[0] ?? '')
  const [question, setQuestion] = useState('')
  const [seen, look] = useStep(previewBeside)
  const others = (known.data?.partners ?? []).map(({ id }) => id).filter((each) => each !== own)
  const go = () => {
    const person = personFor(terms, node)
    void look({
      ...tried,
      person: { ...person, roles: [role], ...(unit ? { unit } : {}), ...(reference ? { case: reference } : {}) },
      ...(question.trim() ? { question: { operation: 'LOOKUP', value: question.trim() } } : {}),
      samples: 10,
      days: standing ? 0 : 90,
    })
  }
  return (
    <>
      <form
        className="panel"
        onSubmit={(event) => {
          event.preventDefault()
          go()
        }}
      >
        <p>{t('liaison.preview.text')}</p>
        <fieldset>
          <legend>{t('liaison.preview.person')}</legend>
          <div className="form row">
            <SelectField
              label={t('liaison.preview.node')}
              value={node}
              options={(others.length ? others : [node]).map((each) => ({ value: each, label: each }))}
              onChange={setNode}
            />
            <SelectField
              label={t('liaison.preview.role')}
              value={role}
              options={ROLES.map((each) => ({ value: each, label: code('role', each.toLowerCase()) }))}
              onChange={setRole}
            />
            <TextField label={t('liaison.preview.unit')} value={unit} onChange={setUnit} maxLength={64} />
            <TextField label={t('liaison.preview.case')} value={reference} onChange={setReference} maxLength={128} />
            <TextField label={t('liaison.preview.ask')} value={question} onChange={setQuestion} maxLength={400} />
          </div>
        </fieldset>
        <p className="actions">
          <Button kind="primary" type="submit" busy={seen.asking} disabled={!node}>
            {t('liaison.preview.go')}
          </Button>
        </p>
      </form>
      <p role="status" className="loading">
        {seen.asking ? t('liaison.preview.wait') : ''}
      </p>
      <Failure error={seen.error} />
      {seen.data && !seen.asking ? <PreviewShown preview={seen.data.preview} node={node} standing={standing ?? false} /> : null}
    </>
  )
}
