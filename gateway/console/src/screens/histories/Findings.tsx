import { Said } from '../../parts/Said'
import { useTexts } from '../../shell/texts'
import { Records } from './lines'
import './histories.css'

export interface Finding {
  readonly rule: string
  readonly sentence: string
  readonly assumes: string
  readonly cannotSay: string
  readonly left: Side
  readonly right: Side
  /** Records that explain what was found. */
  readonly explainedBy?: readonly string[]
}
interface Side {
  readonly handles: readonly string[]
  readonly owners: readonly string[]
}

/** What was found in a history, each with its rule in words, its records, and what it cannot say. */
export function Findings({ findings, none }: { findings: readonly Finding[]; none: string }) {
  if (!findings.length) return <p className="empty">{none}</p>
  return (
    <ul className="findings">
      {findings.map((each) => (
        <Found key={[each.rule, ...each.left.handles, ...each.right.handles].join(' ')} finding={each} />
      ))}
    </ul>
  )
}

function Found({ finding }: { finding: Finding }) {
  const { t } = useTexts()
  return (
    <li data-rule={finding.rule}>
      <strong>
        <Said longest={600}>{finding.sentence}</Said>
      </strong>
      <p>
        <Records handles={[...finding.left.handles, ...finding.right.handles, ...(finding.explainedBy ?? [])]} />
      </p>
      <dl className="facts">
        <dt>{t('histories.assumes')}</dt>
        <dd>{finding.assumes}</dd>
        <dt>{t('histories.cannotSay')}</dt>
        <dd>{finding.cannotSay}</dd>
      </dl>
    </li>
  )
}
