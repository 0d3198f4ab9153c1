import { useEffect } from 'react'
import { useSearchParams } from 'react-router'
import { useRead } from '../../api/asked'
import { apiLanguage } from '../../api/vocabulary'
import { grantVersions, proposalTerms } from '../../generated/documents'
import { Loading } from '../../parts/Loading'
import { Failure } from '../../parts/Notice'
import { useTexts } from '../../shell/texts'
import { PreviewOf } from './PreviewOf'
import { Sentence } from './Sentence'
import { fromGrant } from './terms'
import './liaison.css'

/** Preview of a grant as it stands (`of`), of its end (`revoke`), or of a proposal. */
export default function Preview() {
  const { t, language } = useTexts()
  const [address] = useSearchParams()
  const [of, revoke, proposal] = [address.get('of'), address.get('revoke'), address.get('proposal')]
  const id = of ?? revoke
  const api = apiLanguage(language)
  const granted = useRead(grantVersions, id ? { grant: id, language: api } : null)
  const proposed = useRead(proposalTerms, proposal ? { id: proposal, language: api } : null)
  useEffect(() => {
    document.title = `${t('liaison.preview.title')} · Entente`
  }, [t])
  const grant = granted.data?.grantVersions[0] ?? proposed.data?.proposal.grant
  return (
    <>
      <h1>{t('liaison.preview.title')}</h1>
      <Failure error={granted.error ?? proposed.error} />
      {(granted.asking || proposed.asking) && !grant ? <Loading /> : null}
      {grant ? (
        <>
          <Sentence>{grant.sentence}</Sentence>
          {revoke ? <p>{t('liaison.grant.simulate')}</p> : null}
          <PreviewOf
            key={grant.ref}
            tried={proposal ? { proposal } : { revoke: id ?? '' }}
            terms={fromGrant(grant, new Date().getTime())}
            standing={of !== null}
          />
        </>
      ) : null}
    </>
  )
}
