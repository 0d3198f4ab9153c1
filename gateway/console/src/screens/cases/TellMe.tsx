import { useState } from 'react'
import { useStep } from '../../api/asked'
import { useMandate } from '../../api/mandate'
import { watch } from '../../generated/documents'
import { Button } from '../../parts/Button'
import { Dialog } from '../../parts/Dialog'
import { SelectField, TextField } from '../../parts/Field'
import { Failure, Notice } from '../../parts/Notice'
import { moment } from '../../parts/Time'
import { useTexts } from '../../shell/texts'
import { kindsOf } from './kinds'
import type { IdentifierKind } from './kinds'

const WEEK = 7

/** The day after so many days, as forms say it. */
function inDays(days: number): string {
  const date = new Date()
  date.setDate(date.getDate() + days)
  return date.toLocaleDateString('sv')
}

/** After a search for an identifier: be told when a node learns of it. Two clicks. */
export function TellMe({ identifier, nodes }: { identifier: string; nodes: readonly string[] }) {
  const { t, code, language } = useTexts()
  const { mandate } = useMandate()
  const [open, setOpen] = useState(false)
  const kinds = kindsOf(identifier)
  const [chosen, choose] = useState<IdentifierKind | null>(null)
  const kind = chosen && kinds.includes(chosen) ? chosen : (kinds[0] ?? 'account')
  const [until, setUntil] = useState(() => inDays(WEEK))
  const [placed, place] = useStep(watch)
  const told = placed.data?.watch
  return (
    <>
      <Button disabled={!mandate} onClick={() => setOpen(true)}>
        {t('cases.standing.tell')}
      </Button>
      {open && mandate ? (
        <Dialog open title={t('cases.standing.tellTitle', { what: identifier })} onClose={() => setOpen(false)}>
          {told ? (
            <Notice tone="success">{t('cases.standing.placed', { until: moment(told.expiresAt, language) })}</Notice>
          ) : (
            <>
              <p>{t('cases.standing.tellText')}</p>
              <SelectField
                label={t('cases.standing.kind')}
                value={kind}
                options={kinds.map((each) => ({ value: each, label: code('identifierKind', each) }))}
                onChange={choose}
              />
              <TextField label={t('cases.standing.end')} type="date" value={until} onChange={setUntil} required />
              <Failure error={placed.error} />
              <p className="actions">
                <Button
                  kind="primary"
                  busy={placed.asking}
                  onClick={() => void place({ identifier, kind, mandate: mandate.id, until, nodes: [...nodes] })}
                >
                  {t('cases.standing.place')}
                </Button>
                <Button onClick={() => setOpen(false)}>{t('shell.cancel')}</Button>
              </p>
            </>
          )}
        </Dialog>
      ) : null}
    </>
  )
}
