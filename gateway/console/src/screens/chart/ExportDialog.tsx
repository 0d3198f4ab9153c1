import { useEffect, useRef, useState } from 'react'
import type { ResultOf } from 'gql.tada'
import { Refused, ask } from '../../api/ask'
import { useMandate } from '../../api/mandate'
import { usePerson } from '../../api/session'
import { exportPicture } from '../../generated/documents'
import type { exportPicture as exportText } from '../../generated/texts'
import { Button } from '../../parts/Button'
import { Dialog } from '../../parts/Dialog'
import { Loading } from '../../parts/Loading'
import { Failure, Notice } from '../../parts/Notice'
import { Said } from '../../parts/Said'
import { saveFile } from '../../parts/save'
import { moment } from '../../parts/Time'
import { useDemo } from '../../shell/demo'
import { useTexts } from '../../shell/texts'
import { csvOf } from './csv'
import { MOST_AT_ONCE, rowsOf, wordsOf, withoutMissing } from './exporting'
import { FormatChoice, FormatFiles } from './OtherPrograms'
import type { Format } from './OtherPrograms'
import { usePalette } from './palette'
import { pngOf, svgOf } from './picture'
import type { Desk } from './useDesk'

export const FORMS = ['png', 'svg', 'csv', 'program'] as const
export type Form = (typeof FORMS)[number]
/** How the names of all files begin. */
const NAME = 'entente-chart'
type Export = ResultOf<typeof exportText>['exportPicture']

/** Content leaves the node only through its export: every record is held to its codes first, and it is logged. */
export function ExportDialog({ form, desk, onClose }: { form: Form; desk: Desk; onClose: () => void }) {
  const { t, code, language } = useTexts()
  const person = usePerson()
  const { demo } = useDemo()
  const { mandate } = useMandate()
  const palette = usePalette()
  const [exports, setExports] = useState<readonly Export[] | null>(null)
  const [error, setError] = useState<Refused>()
  const [formats, setFormats] = useState<readonly Format[] | null>(form === 'program' ? null : [])
  const started = useRef(formats === null)
  const { view, contents } = desk
  const handles = [...new Set([...view.nodes.flatMap((each) => each.handles), ...view.links.flatMap(({ of }) => of.flatMap((id) => desk.chart.links.get(id)?.handles ?? []))])]

  const request = async (acknowledged: readonly string[], formats: readonly Format[]) => {
    if (!mandate) return
    setFormats(formats)
    setError(undefined)
    const found: Export[] = []
    try {
      for (let from = 0; from < handles.length; from += MOST_AT_ONCE) {
        const wanted = { handles: handles.slice(from, from + MOST_AT_ONCE), use: 'INTERNAL' as const, mandate: mandate.id, formats: [...formats] }
        const read = acknowledged[from / MOST_AT_ONCE]
        found.push((await ask(exportPicture, { wanted: read ? { ...wanted, acknowledged: read } : wanted })).exportPicture)
      }
      setExports(found)
    } catch (failed) {
      setError(failed instanceof Refused ? failed : new Refused('CONSOLE', String(failed)))
    }
  }
  useEffect(() => {
    if (started.current) return
    started.current = true
    void request([], [])
  })
  const missing = exports?.flatMap((each) => each.missing) ?? []
  const unread = exports?.flatMap(({ texts }) => texts).filter(({ handle }) => missing.some((each) => each.handle === handle)) ?? []
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
      {formats === null ? <FormatChoice disabled={!mandate} onChoose={(one) => void request([], [one])} /> : null}
      {formats && !exports && !error && mandate ? <Loading /> : null}
      {exports ? (
        <>
          <Notice tone={missing.length ? 'warning' : 'success'}>
            {t('chart.export.allowed', { count: handles.length - missing.length, of: handles.length })}
          </Notice>
          {missing.length ? (
            <details>
              <summary>{t('chart.export.missing', { count: missing.length })}</summary>
              <ul>
                {missing.map((each) => (
                  <li key={each.handle}>
                    <Said>{each.handle}</Said>: {each.codes.join(' ')}{' '}
                    {t(`reason.${each.reason}` as 'reason.NO_GRANT', { defaultValue: code('status', each.reason) })}
                  </li>
                ))}
              </ul>
            </details>
          ) : null}
          {unread.length ? (
            <section aria-labelledby="unread">
              <h2 id="unread">{t('chart.export.unread')}</h2>
              <ul>
                {unread.map((each) => (
                  <li key={each.handle}>
                    <Said>{each.text || each.handle}</Said>
                  </li>
                ))}
              </ul>
              <Button onClick={() => void request(exports.map(({ acknowledgement }) => acknowledgement), formats ?? [])}>{t('chart.export.read')}</Button>
            </section>
          ) : null}
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
