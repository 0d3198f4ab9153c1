import { useTexts } from '../../shell/texts'
import { visible } from '../../parts/visible'

/** A text of several lines that somebody wrote, whole: isolated, and nothing in it invisible. */
export function Prose({ children }: { children: string }) {
  const { t } = useTexts()
  return (
    <div className="prose">
      {children.split(/\r?\n/).map((line, row) => (
        <p key={row}>
          <bdi>
            {pieces(line).map((piece, place) =>
              piece.unseen ? (
                <abbr key={place} className="unseen-sign" title={t('shell.hidden')}>
                  {piece.text}
                </abbr>
              ) : (
                piece.text
              ),
            )}
          </bdi>
        </p>
      ))}
    </div>
  )
}

const STEP = 200

/** The whole line, in steps that `visible` does not cut. */
function pieces(line: string) {
  const characters = Array.from(line)
  const parts = []
  for (let from = 0; from < characters.length; from += STEP) parts.push(...visible(characters.slice(from, from + STEP).join('')))
  return parts
}
