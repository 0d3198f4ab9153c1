import { useState } from 'react'
import { useRead } from '../../api/asked'
import { pictureSelf } from '../../generated/documents'
import { Button } from '../../parts/Button'
import { Failure } from '../../parts/Notice'
import { useTexts } from '../../shell/texts'
import { told } from './members'

/** The name under which colleagues of other nodes name the analyst; one click copies it. */
export function Oneself() {
  const { t } = useTexts()
  const { data, error } = useRead(pictureSelf, {})
  const [copied, setCopied] = useState(false)
  const name = data ? told(data.pictureSelf) : ''
  return (
    <section className="panel" aria-labelledby="oneself">
      <h2 id="oneself">{t('cases.cases.oneself')}</h2>
      <p>{t('cases.cases.oneselfText')}</p>
      <Failure error={error} />
      {name ? (
        <p className="actions">
          <code className="pseudonym">{name}</code>
          <Button
            onClick={() => {
              void navigator.clipboard.writeText(name).then(() => setCopied(true))
            }}
          >
            {t('shell.copy')}
          </Button>
          <span role="status">{copied ? t('shell.copied') : ''}</span>
        </p>
      ) : null}
    </section>
  )
}
