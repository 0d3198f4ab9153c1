import { useTexts } from '../shell/texts'
import { visible } from './visible'

/** A text that comes from data: isolated, cut, and nothing in it invisible. */
export function Said({ children, lang }: { children: string | null | undefined; lang?: string }) {
  const { t } = useTexts()
  if (!children) return <span className="none">—</span>
  return (
    <bdi lang={lang}>
      {visible(children).map((piece, place) =>
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
