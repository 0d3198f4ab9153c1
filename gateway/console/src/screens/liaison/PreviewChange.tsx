import { Replay } from '../../parts/Replay'
import { Said } from '../../parts/Said'
import { Table } from '../../parts/Table'
import { useTexts } from '../../shell/texts'
import type { Preview } from './PreviewShown'

/** What appears, disappears and changes, and which real questions would have ended otherwise. */
export function PreviewChange({ preview: { difference, replay } }: { preview: Preview }) {
  const { t, code } = useTexts()
  const names = (told: readonly string[]) => told.map((each) => code('property', each)).join(', ')
  return (
    <>
      <section className="panel" aria-labelledby="difference">
        <h2 id="difference">{t('liaison.preview.difference')}</h2>
        <p className="actions">
          <strong>{t('liaison.preview.appear', { count: difference.appear })}</strong>
          <strong>{t('liaison.preview.disappear', { count: difference.disappear })}</strong>
          <strong>{t('liaison.preview.change', { count: difference.change })}</strong>
        </p>
        {difference.complete ? null : <p>{t('liaison.preview.incomplete')}</p>}
        {difference.records.length ? (
          <Table
            caption={t('liaison.preview.difference')}
            rows={difference.records}
            id={({ id }) => id}
            findable={difference.records.length > 20}
            columns={[
              { key: 'schema', title: t('liaison.decide.schema'), text: ({ schema }) => code('schema', schema), show: ({ schema }) => code('schema', schema) },
              { key: 'id', title: t('liaison.decide.caption'), text: ({ id }) => id, show: ({ id }) => <Said>{id}</Said> },
              { key: 'what', title: t('liaison.grants.state'), text: ({ what }) => what, show: ({ what }) => code('difference', what) },
              { key: 'gained', title: '+', show: ({ gained }) => <Said>{names(gained)}</Said> },
              { key: 'lost', title: '−', show: ({ lost }) => <Said>{names(lost)}</Said> },
            ]}
          />
        ) : null}
      </section>
      {replay ? (
        <section className="panel" aria-labelledby="replay">
          <h2 id="replay">{t('liaison.preview.replay')}</h2>
          <Replay replay={replay} caption={t('liaison.preview.replay')} />
        </section>
      ) : null}
    </>
  )
}
