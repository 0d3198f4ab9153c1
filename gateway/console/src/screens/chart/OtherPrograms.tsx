import { FORMATS } from '../../generated/formats'
import { Button } from '../../parts/Button'
import { Notice } from '../../parts/Notice'
import { saveFile } from '../../parts/save'
import { useTexts } from '../../shell/texts'
import { MOST_AT_ONCE } from './exporting'

export type Format = (typeof FORMATS)[number]

interface File {
  readonly ending: string
  readonly mediaType: string
  readonly leftOut: readonly string[]
  readonly content: string
}

/** The formats that the node writes, each with a sentence for whom it is; choosing one asks for the export. */
export function FormatChoice({ disabled, onChoose }: { disabled: boolean; onChoose: (format: Format) => void }) {
  const { t, code } = useTexts()
  return (
    <ul className="plain chart-formats" aria-label={t('chart.export.which')}>
      {FORMATS.map((each) => (
        <li key={each}>
          <Button disabled={disabled} onClick={() => onChoose(each)}>
            {code('format', each)}
          </Button>
          <small>{code('formatFor', each)}</small>
        </li>
      ))}
    </ul>
  )
}

/** What was exported as files, one button each: a browser gives several at once to nobody without asking. */
export function FormatFiles({ name, exports }: { name: string; exports: readonly { readonly records: number; readonly files: readonly File[] }[] }) {
  const { t, code } = useTexts()
  const full = exports.filter(({ records }) => records > 0)
  const files = full.flatMap((each, place) => each.files.map((file) => ({ ...file, name: `${name}${full.length > 1 ? `-${place + 1}` : ''}${file.ending}` })))
  const leftOut = [...new Set(files.flatMap((each) => each.leftOut))]
  if (!files.length) return <p className="empty">{t('chart.export.nothing')}</p>
  return (
    <>
      {full.length > 1 ? <Notice>{t('chart.export.several', { most: MOST_AT_ONCE })}</Notice> : null}
      <details>
        <summary>{t('chart.export.carries')}</summary>
        <ul>
          {leftOut.map((each) => (
            <li key={each}>{code('leftOut', each)}</li>
          ))}
        </ul>
      </details>
      <p className="actions">
        {files.map((each) => (
          <Button key={each.name} kind="primary" onClick={() => saveFile(each.name, each.mediaType, each.content)}>
            {t('chart.export.file', { name: each.name })}
          </Button>
        ))}
      </p>
    </>
  )
}
