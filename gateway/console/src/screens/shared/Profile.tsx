import { useEffect, useState } from 'react'
import { usePerson, useSession } from '../../api/session'
import { CheckField } from '../../parts/Field'
import { Said } from '../../parts/Said'
import { Time } from '../../parts/Time'
import { Choices } from '../../shell/Choices'
import { keysOn, switchKeys } from '../../shell/keys'
import { useTexts } from '../../shell/texts'
import { useTitle } from '../../shell/title'
import { SignedIn } from './SignedIn'

/** Who is signed in, and how this browser shows things to them. */
export default function Profile() {
  const { t, code } = useTexts()
  const person = usePerson()
  const { look } = useSession()
  const [keys, setKeys] = useState(keysOn)
  useTitle(t('shared.profile.title'))
  useEffect(() => void look(), [look])
  return (
    <>
      <h1>{t('shared.profile.title')}</h1>
      <section className="panel" aria-labelledby="who">
        <h2 id="who">{t('shared.profile.who')}</h2>
        <dl className="facts">
          <dt>{t('shared.profile.name')}</dt>
          <dd>
            <Said>{person.name}</Said>
          </dd>
          <dt>{t('shared.profile.node')}</dt>
          <dd>{person.node}</dd>
          <dt>{t('shared.profile.unit')}</dt>
          <dd>{person.unit}</dd>
          <dt>{t('shared.profile.roles')}</dt>
          <dd>{person.roles.map((role) => code('role', role)).join(', ')}</dd>
          <dt>{t('shared.profile.idle')}</dt>
          <dd>
            <Time at={instant(person.ends.idle)} />
          </dd>
          <dt>{t('shared.profile.absolute')}</dt>
          <dd>
            <Time at={instant(person.ends.absolute)} />
          </dd>
        </dl>
      </section>
      <section className="panel" aria-labelledby="look">
        <h2 id="look">{t('shared.profile.look')}</h2>
        <div className="form row">
          <Choices loud />
        </div>
        <CheckField
          label={t('shared.profile.keys')}
          checked={keys}
          onChange={(on) => {
            setKeys(on)
            switchKeys(on)
          }}
        />
      </section>
      <SignedIn />
    </>
  )
}

/** Unix seconds as moments are written. */
function instant(seconds: number): string {
  return new Date(seconds * 1000).toISOString()
}
