import { useTexts } from '../shell/texts'
import { CheckField } from './Field'

interface Props {
  readonly nodes: readonly string[]
  /** Those that are not asked. */
  readonly left: readonly string[]
  readonly onLeave: (left: readonly string[]) => void
}

/** Which nodes are asked: all, unless one is unticked; the last one stays. */
export function NodeTicks({ nodes, left, onLeave }: Props) {
  const { t } = useTexts()
  const wanted = nodes.filter((each) => !left.includes(each))
  return (
    <fieldset className="ticks">
      <legend>{t('analyst.search.nodes')}</legend>
      {nodes.map((each) => (
        <CheckField
          key={each}
          label={each}
          checked={!left.includes(each)}
          disabled={wanted.length === 1 && wanted[0] === each}
          onChange={(on) => onLeave(on ? left.filter((one) => one !== each) : [...left, each])}
        />
      ))}
    </fieldset>
  )
}
