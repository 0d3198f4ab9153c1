import { NodeBadge } from '../../parts/Marks'
import { Said } from '../../parts/Said'
import { useTexts } from '../../shell/texts'
import type { Named } from './members'

const SHORT = 12

/** An analyst by node and pseudonym; the pseudonym in short, whole in its title. */
export function Who({ member, me }: { member: Named; me?: Named | undefined }) {
  const { t } = useTexts()
  const own = me ? me.person === member.person && me.node === member.node : false
  return (
    <span title={`${member.node}/${member.person}`}>
      <NodeBadge node={member.node} /> <Said>{own ? t('cases.cases.you') : `${member.person.slice(0, SHORT)}…`}</Said>
    </span>
  )
}
