import { useEffect, useMemo } from 'react'
import { useSearchParams } from 'react-router'
import { useRead } from '../../api/asked'
import { apiLanguage } from '../../api/vocabulary'
import { grantVersions } from '../../generated/documents'
import { Loading } from '../../parts/Loading'
import { Failure } from '../../parts/Notice'
import { useTexts } from '../../shell/texts'
import { GrantSteps } from './GrantSteps'
import { LEAST, fromGrant } from './terms'
import './liaison.css'

/** A new grant from the least or a template, or the next version of one (`follows`). */
export default function NewGrant() {
  const { t, language } = useTexts()
  const [address] = useSearchParams()
  const follows = address.get('follows')
  const granted = useRead(grantVersions, follows ? { grant: follows, language: apiLanguage(language) } : null)
  const before = granted.data?.grantVersions[0]
  const old = useMemo(() => (before ? { id: before.id, terms: fromGrant(before, new Date().getTime()) } : null), [before])
  useEffect(() => {
    document.title = `${t('liaison.new.title')} · Entente`
  }, [t])
  return (
    <>
      <h1>{follows ? t('liaison.new.change', { ref: before?.ref ?? follows }) : t('liaison.new.title')}</h1>
      <Failure error={granted.error} />
      {follows && !before && granted.asking ? <Loading /> : null}
      {old ? <GrantSteps key={old.id} begin={old.terms} follows={old} /> : null}
      {follows ? null : <GrantSteps begin={LEAST} />}
    </>
  )
}
