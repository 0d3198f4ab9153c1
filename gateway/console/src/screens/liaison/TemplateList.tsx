import { useRead } from '../../api/asked'
import { apiLanguage } from '../../api/vocabulary'
import { templates } from '../../generated/documents'
import { Button } from '../../parts/Button'
import { Loading } from '../../parts/Loading'
import { Failure } from '../../parts/Notice'
import { useTexts } from '../../shell/texts'
import { fromTemplate } from './terms'
import type { Terms } from './terms'

interface Props {
  readonly chosen: string | null
  readonly onChoose: (id: string, terms: Terms) => void
  readonly onBlank: () => void
}

/** Terms that always belong together; what has no default is still to be given. */
export function TemplateList({ chosen, onChoose, onBlank }: Props) {
  const { t, language } = useTexts()
  const told = useRead(templates, { language: apiLanguage(language) })
  return (
    <section aria-labelledby="templates" className="stack">
      <h2 id="templates">{t('liaison.new.templates')}</h2>
      <Failure error={told.error} />
      {told.asking && !told.data ? <Loading /> : null}
      <ul className="cards">
        {told.data?.templates.map((each) => (
          <li key={each.id} className="card">
            <strong>{each.texts.title}</strong>
            <p>{each.texts.text}</p>
            <p>
              <Button pressed={chosen === each.id} onClick={() => onChoose(each.id, fromTemplate(each.terms))} label={`${t('liaison.new.useTemplate')}: ${each.texts.title}`}>
                {t('liaison.new.useTemplate')}
              </Button>
            </p>
          </li>
        ))}
        <li className="card">
          <strong>{t('liaison.new.blank')}</strong>
          <p>
            <Button pressed={chosen === null} onClick={onBlank}>
              {t('liaison.new.blank')}
            </Button>
          </p>
        </li>
      </ul>
    </section>
  )
}
