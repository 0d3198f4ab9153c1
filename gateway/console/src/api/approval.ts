import { useState } from 'react'
import type { Refused } from './ask'
import { refusal } from './asked'
import type { Act, Word } from './key'

/** A step that may take the word of the person's own key: how far it is, and how to take it. */
export interface Approval {
  readonly asking: boolean
  readonly error?: Refused
}

/** What is approved, by the digest of exactly what is shown. */
export interface Subject {
  readonly act: Act
  readonly about: string
  /** Told late, where it takes a look: only who must sign is made to wait for it. */
  readonly digest: () => Promise<string>
}

/**
 * Takes a step without a key, and again with the key's word where the node asks for that: its rule stands in one
 * place. The code that speaks to keys is fetched then.
 */
export function useApproval(): [Approval, <Result>(subject: Subject, send: (word: Word | null) => Promise<Result>) => Promise<Result | null>] {
  const [state, set] = useState<Approval>({ asking: false })
  const take = async <Result>(subject: Subject, send: (word: Word | null) => Promise<Result>): Promise<Result | null> => {
    set({ asking: true })
    try {
      const done = await send(null).catch(async (error: unknown) => {
        if (refusal(error).code !== 'APPROVAL_KEY_NEEDED') throw error
        const { word } = await import('./key')
        return send(await word(subject.act, subject.about, await subject.digest()))
      })
      set({ asking: false })
      return done
    } catch (error) {
      set({ asking: false, error: refusal(error) })
      return null
    }
  }
  return [state, take]
}
