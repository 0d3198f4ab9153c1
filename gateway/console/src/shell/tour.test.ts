import { describe, expect, it } from 'vitest'
import en from '../generated/en.json'
import fr from '../generated/fr.json'
import sv from '../generated/sv.json'

type Tree = { readonly [name: string]: string | Tree }

const said = (tree: Tree): readonly string[] =>
  Object.values(tree).flatMap((each) => (typeof each === 'string' ? [each] : said(each)))

/** How each language quotes a name. */
const QUOTED = { en: /“([^”]+)”/g, fr: /«\u00a0([^»]+)\u00a0»/g, sv: /”([^”]+)”/g }

describe('the tour calls every button, field and entry of the menu by its name', () => {
  it.each([['en', en], ['fr', fr], ['sv', sv]] as const)('in %s', (language, texts) => {
    const { tour, ...others } = texts
    const names = said(others).map((each) => each.toLowerCase())
    const known = new Set(names)
    /** Texts in which something is filled in, if they say more than that. */
    const open = names
      .filter((each) => each.includes('{{') && each.replace(/\{\{\w+\}\}|\P{L}/gu, '').length > 3)
      .map((each) => new RegExp(`^${each.split(/\{\{\w+\}\}/).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('.+')}$`))
    const quoted = said(tour).flatMap((each) => [...each.matchAll(QUOTED[language])].map(([, name]) => (name ?? '').toLowerCase()))
    expect(quoted.length).toBeGreaterThan(20)
    expect(quoted.filter((each) => !known.has(each) && !open.some((text) => text.test(each)))).toEqual([])
  })
})
