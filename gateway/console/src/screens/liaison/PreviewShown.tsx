import type { ResultOf } from 'gql.tada'
import { useState } from 'react'
import type { previewBeside } from '../../generated/texts'
import { Button } from '../../parts/Button'
import { Notice } from '../../parts/Notice'
import { Table } from '../../parts/Table'
import { useTexts } from '../../shell/texts'
import { PreviewChange } from './PreviewChange'
import { SplitRecords } from './SplitRecords'
import { counted, read } from './seen'

export type Preview = ResultOf<typeof previewBeside>['preview']

/** Ours and theirs side by side: counts, sample records, what changes, and the replay of real questions. */
export function PreviewShown({ preview, node, standing }: { preview: Preview; node: string; standing: boolean }) {
  const { t } = useTexts()
  const [side, show] = useState<'today' | 'then'>(standing ? 'today' : 'then')
  const theirs = preview[side]
  return (
    <>
      {standing ? null : (
        <div className="chips" role="group" aria-label={t('liaison.preview.theirs', { node })}>
          {(['today', 'then'] as const).map((each) => (
            <Button key={each} pressed={side === each} onClick={() => show(each)}>
              {t(`liaison.preview.${each}`)}
            </Button>
          ))}
        </div>
      )}
      <h2>{t('liaison.preview.theirs', { node })}</h2>
      {theirs.allowed ? null : (
        <Notice tone="warning" title={t('liaison.preview.refused')}>
          <ul>
            {theirs.reasons.map((each) => (
              <li key={each}>
                {t(`reason.${each}` as 'reason.NO_GRANT', { defaultValue: each })} <small>{each}</small>
              </li>
            ))}
          </ul>
        </Notice>
      )}
      <Counts ours={preview.ours?.counts ?? []} theirs={theirs.counts} node={node} />
      <SplitRecords ours={read(preview.ours?.answers ?? [])} theirs={read(theirs.answers)} answers={theirs.answers} node={node} />
      {standing ? null : <PreviewChange preview={preview} />}
    </>
  )
}

type Counted = Preview['today']['counts']

function Counts({ ours, theirs, node }: { ours: Counted; theirs: Counted; node: string }) {
  const { t, code } = useTexts()
  return (
    <Table
      caption={t('liaison.preview.counts')}
      rows={counted(ours, theirs)}
      id={({ schema }) => schema}
      empty={t('liaison.preview.nothing')}
      columns={[
        { key: 'schema', title: t('liaison.decide.schema'), text: ({ schema }) => code('schema', schema), show: ({ schema }) => code('schema', schema) },
        { key: 'ours', title: t('liaison.preview.ours'), numeric: true, text: (row) => row.ours, show: (row) => row.ours },
        {
          key: 'theirs',
          title: t('liaison.preview.theirs', { node }),
          show: (row) =>
            row.theirs.length ? row.theirs.map((each) => `${each.records} · ${code('tier', each.tier.toLowerCase())}`).join('; ') : t('shell.none'),
        },
        { key: 'out', title: t('liaison.preview.notShown'), numeric: true, text: (row) => row.fallOut, show: (row) => row.fallOut },
      ]}
    />
  )
}
