import { useState } from 'react'
import type { ResultOf } from 'gql.tada'
import { ask } from '../../api/ask'
import type { Refused } from '../../api/ask'
import { refusal } from '../../api/asked'
import { useMandate } from '../../api/mandate'
import { exportPicture } from '../../generated/documents'
import type { exportPicture as exportText } from '../../generated/texts'
import { MOST_AT_ONCE } from './exporting'
import type { Format } from './OtherPrograms'

export type Export = ResultOf<typeof exportText>['exportPicture']

/** Records on their way out of the node: asked for anew, held to their codes, logged; so many at once as the node takes. */
export interface Exporting {
  readonly exports: readonly Export[] | null
  readonly error: Refused | undefined
  readonly missing: Export['missing']
  /** Texts of handling codes that nobody has confirmed to have read, for which records were left out. */
  readonly unread: Export['texts']
  readonly request: (formats: readonly Format[]) => void
  /** Asks again and says that the texts were read. */
  readonly read: () => void
}

export function useExports(handles: readonly string[]): Exporting {
  const { mandate } = useMandate()
  const [exports, setExports] = useState<readonly Export[] | null>(null)
  const [error, setError] = useState<Refused>()
  const [formats, setFormats] = useState<readonly Format[]>([])
  const missing = exports?.flatMap((each) => each.missing) ?? []
  const unread = exports?.flatMap(({ texts }) => texts).filter(({ handle }) => missing.some((each) => each.handle === handle)) ?? []
  const fetch = async (formats: readonly Format[], acknowledged: readonly string[]) => {
    if (!mandate) return
    setFormats(formats)
    setError(undefined)
    const found: Export[] = []
    try {
      for (let from = 0; from < handles.length; from += MOST_AT_ONCE) {
        const wanted = { handles: handles.slice(from, from + MOST_AT_ONCE), use: 'INTERNAL' as const, mandate: mandate.id, formats: [...formats] }
        const read = acknowledged[from / MOST_AT_ONCE]
        found.push((await ask(exportPicture, { wanted: read ? { ...wanted, acknowledged: read } : wanted })).exportPicture)
      }
      setExports(found)
    } catch (failed) {
      setError(refusal(failed))
    }
  }
  return {
    exports,
    error,
    missing,
    unread,
    request: (formats) => void fetch(formats, []),
    read: () => void fetch(formats, exports?.map(({ acknowledgement }) => acknowledgement) ?? []),
  }
}
