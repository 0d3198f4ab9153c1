import { useState } from 'react'
import { Button } from '../../parts/Button'
import { Dialog } from '../../parts/Dialog'
import { TextField } from '../../parts/Field'
import { useTexts } from '../../shell/texts'
import { schemaOf } from './contents'
import { grouped } from './model'
import type { Chosen } from './useChosen'
import type { Desk } from './useDesk'

/** Draws all records of a chosen one's type as one, if there are enough of them; pinned ones stay. */
export function GroupDialog({ desk, chosen, onClose }: { desk: Desk; chosen: Chosen; onClose: () => void }) {
  const { t, code } = useTexts()
  const [least, setLeast] = useState('3')
  const number = Math.max(2, Number(least) || 2)
  const types = [...new Set(chosen.handles.map((each) => schemaOf(desk.contents, each)).filter(Boolean))]
  const taken = new Set([...desk.chart.bundles.values()].flatMap(({ members }) => members))
  const members = (schema: string) =>
    [...desk.chart.items].flatMap(([handle, { pinned }]) =>
      schemaOf(desk.contents, handle) === schema && !pinned && !taken.has(handle) ? [handle] : [],
    )
  return (
    <Dialog open title={t('chart.group')} onClose={onClose}>
      <p>{t('chart.grouping.text')}</p>
      <TextField label={t('chart.grouping.least')} type="number" min={2} max={1500} value={least} onChange={setLeast} />
      <p className="actions">
        {types.map((schema) => {
          const found = members(schema)
          return (
            <Button
              key={schema}
              disabled={found.length < number}
              onClick={() => {
                desk.act('group', (before) => grouped(before, found, number))
                onClose()
              }}
            >
              {t('chart.grouping.go', { count: found.length, what: code('schema', schema) })}
            </Button>
          )
        })}
      </p>
    </Dialog>
  )
}
