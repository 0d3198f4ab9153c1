import { useTexts } from '../shell/texts'
import { visible } from './visible'

interface Props {
  readonly children: string | null | undefined
  readonly lang?: string
  /** Characters that are shown at the most, where it is not the usual length. */
  readonly longest?: number
}

/** A text that comes from data: isolated, cut, and nothing in it invisible. */
export function Said({ children, lang, longest }: Props) {
  const { t } = useTexts()
  if (!children) return <span className="none">—</span>
  return (
    <bdi lang={lang}>
      {visible(children, longest).map((piece, place) =>
        piece.unseen ? (
          <abbr key={place} className="unseen-sign" title={t('shell.hidden')}>
            {piece.text}
          </abbr>
        ) : (
          piece.text
        ),
      )}
    </bdi>
  )
}
