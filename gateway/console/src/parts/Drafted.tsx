import { useState } from 'react'
import { drafted } from '../api/draft'
import { useTexts } from '../shell/texts'

/** Says that a form opens with what was written in it before. */
export function Drafted({ form }: { form: string }) {
  const { t } = useTexts()
  const [before] = useState(() => drafted(form))
  return before ? (
    <p role="status" className="hint">
      {t('shell.drafted')}
    </p>
  ) : null
}
