import { useEffect, useRef, useState } from 'react'
import { useMandate } from '../../api/mandate'
import { usePerson } from '../../api/session'
import { Button } from '../../parts/Button'
import { Dialog } from '../../parts/Dialog'
import { Loading } from '../../parts/Loading'
import { Failure, Notice } from '../../parts/Notice'
import { saveFile } from '../../parts/save'
import { moment } from '../../parts/Time'
import { useDemo } from '../../shell/demo'
import { useTexts } from '../../shell/texts'
import { Allowed } from './Allowed'
import { csvOf } from './csv'
import { rowsOf, wordsOf, withoutMissing } from './exporting'
import { FormatChoice, FormatFiles } from './OtherPrograms'
import type { Format } from './OtherPrograms'
import { usePalette } from './palette'
import { pngOf, svgOf } from './picture'
import type { Desk } from './useDesk'
import { useExports } from './useExports'

export const FORMS = ['png', 'svg', 'csv', 'program'] as const
export type Form = (typeof FORMS)[number]
/** How the names of all files begin. */
const NAME = 'entente-chart'

/** Content leaves the node only through its export: every record is held to its codes first, and it is logged. */
export function ExportDialog({ form, desk, onClose }: { form: Form; desk: Desk; onClose: () => void }) {
  const { t, code, language } = useTexts()
  const person = usePerson()
  const { demo } = useDemo()
  const { mandate } = useMandate()
  const palette = usePalette()
  const [formats, setFormats] = useState<readonly Format[] | null>(form === 'program' ? null : [])
  const started = useRef(formats === null)
  const { view, contents } = desk
  const handles = [...new Set([...view.nodes.flatMap((each) => each.handles), ...view.links.flatMap(({ of }) => of.flatMap((id) => desk.chart.links.get(id)?.handles ?? []))])]
  const exporting = useExports(handles)
  const { exports, error, missing } = exporting
  const request = (formats: readonly Format[]) => {
    setFormats(formats)
    exporting.request(formats)
  }
  useEffect(() => {
    if (started.current) return
    started.current = true
    request([])
  })
  const save = async () => {
    if (!exports || !mandate) return
    const shown = withoutMissing(view, new Set(missing.map(({ handle }) => handle)), t('chart.export.left'), desk.chart)
    const words = wordsOf(exports, { t, code, title: t('chart.title'), demo: demo ? t('shell.demo') : '', person: `${person.name}, ${person.unit}, ${person.node}`, mandate, at: moment(new Date().toISOString(), language) })
    const svg = svgOf(shown, palette, words)
    if (form === 'csv') saveFile(`${NAME}.csv`, 'text/csv;charset=utf-8', csvOf(rowsOf(shown, contents, words, { t, code })))
    else if (form === 'svg') saveFile(`${NAME}.svg`, 'image/svg+xml', svg.text)
    else saveFile(`${NAME}.png`, 'image/png', await pngOf(svg))
  }
  return (
    <Dialog open title={t(`chart.export.${form}`)} onClose={onClose}>
      <p>{t('chart.export.text')}</p>
      {mandate ? null : <Notice tone="warning">{t('analyst.mandate.none')}</Notice>}
      <Failure error={error} />
      {formats === null ? <FormatChoice disabled={!mandate} onChoose={(one) => request([one])} /> : null}
      {formats && !exports && !error && mandate ? <Loading /> : null}
      {exports ? (
        <>
          <Allowed exporting={exporting} of={handles.length} />
          {form === 'program' ? (
            <FormatFiles name={NAME} exports={exports} />
          ) : (
            <p className="actions">
              <Button kind="primary" onClick={() => void save().then(onClose)}>
                {t('chart.export.save')}
              </Button>
              <Button onClick={onClose}>{t('shell.cancel')}</Button>
            </p>
          )}
        </>
      ) : null}
    </Dialog>
  )
}
