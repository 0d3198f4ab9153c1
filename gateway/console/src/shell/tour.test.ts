import { describe, expect, it } from 'vitest'

type Tree = { readonly [name: string]: string | Tree }

const said = (tree: Tree): readonly string[] =>
  Object.values(tree).flatMap((each) => (typeof each === 'string' ? [each] : said(each)))

const PARTS = import.meta.glob<Tree>('../generated/text/*.json', { import: 'default', eager: true })
/** What is said in a language, and of it what the tour says. */
const spoken = (language: string): readonly [readonly string[], readonly string[]] => {
  const parts = Object.entries(PARTS).flatMap(([name, tree]) => (name.includes(`/${language}.`) ? [tree] : []))
  const tour = parts.flatMap((each) => (typeof each['tour'] === 'object' ? said(each['tour']) : []))
  return [parts.flatMap((each) => said({ ...each, tour: {} })), tour]
}

/** How each language quotes a name. */
const QUOTED = { en: /“([^”]+)”/g, fr: /«\u00a0([^»]+)\u00a0»/g, sv: /”([^”]+)”/g }

describe('the tour calls every button, field and entry of the menu by its name', () => {
  it.each(['en', 'fr', 'sv'] as const)('in %s', (language) => {
    const [others, tour] = spoken(language)
    const names = others.map((each) => each.toLowerCase())
    const known = new Set(names)
    /** Texts in which something is filled in, if they say more than that. */
    const open = names
      .filter((each) => each.includes('{{') && each.replace(/\{\{\w+\}\}|\P{L}/gu, '').length > 3)
      .map((each) => new RegExp(`^${each.split(/\{\{\w+\}\}/).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('.+')}$`))
    const quoted = tour.flatMap((each) => [...each.matchAll(QUOTED[language])].map(([, name]) => (name ?? '').toLowerCase()))
    expect(quoted.length).toBeGreaterThan(20)
    expect(quoted.filter((each) => !known.has(each) && !open.some((text) => text.test(each)))).toEqual([])
  })
})
