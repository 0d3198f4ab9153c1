import { useRead } from '../../api/asked'
import { budgets, grantUse } from '../../generated/documents'
import { Loading } from '../../parts/Loading'
import { Failure } from '../../parts/Notice'
import { Time } from '../../parts/Time'
import { useTexts } from '../../shell/texts'
import { Budgets } from './Budgets'

/** How often a grant gave an answer, and what partners have spent of its own quota. */
export function GrantUse({ id, limited }: { id: string; limited: boolean }) {
  const { t } = useTexts()
  const counted = useRead(grantUse, {})
  const told = useRead(budgets, limited ? { scope: 'GRANT', first: 200 } : null)
  const use = counted.data?.grantUse
  const own = use?.grants.find(({ grant }) => grant === id)
  return (
    <section className="panel" aria-labelledby="use">
      <h2 id="use">{t('liaison.grants.use')}</h2>
      <Failure error={counted.error ?? told.error} />
      {counted.asking && !use ? <Loading /> : null}
      {use ? (
        <p>
          <strong>{own?.answers ? t('liaison.grants.answers', { count: own.answers }) : t('liaison.grants.unused')}</strong>
          {own ? (
            <>
              {' '}
              · {t(own.unusual ? 'liaison.grants.unusual' : 'liaison.grants.usual', { before: own.before })} · {t('liaison.grants.lastUse')}{' '}
              <Time at={own.lastAt} />
            </>
          ) : null}
        </p>
      ) : null}
      {use && !use.complete ? <p>{t('liaison.grants.useCut')}</p> : null}
      {told.data ? <Budgets rows={told.data.budgets.filter(({ whose }) => whose === id)} /> : null}
    </section>
  )
}
