import { useEffect, useState } from 'react'
import { FAMILIES, pathOf } from './kinds'
import type { Family, Sign } from './kinds'

/** The colours of the chart, from the page's variables, so that both themes are the page's own. */
export interface Palette {
  readonly ground: string
  readonly text: string
  readonly faint: string
  readonly line: string
  readonly accent: string
  readonly bad: string
  readonly sign: string
  readonly family: Readonly<Record<Family, string>>
  readonly owner: (node: string) => { readonly colour: string; readonly style: 'solid' | 'dashed' | 'double' }
}

const RINGS = { fr: 'solid', se: 'dashed', eu: 'double' } as const

function read(): Palette {
  const style = getComputedStyle(document.documentElement)
  const of = (name: string) => style.getPropertyValue(`--${name}`).trim()
  const family = Object.fromEntries(FAMILIES.map((each) => [each, of(`family-${each}`)])) as Record<Family, string>
  return {
    ground: of('surface'), text: of('text'), faint: of('faint'), line: of('line-strong'), accent: of('accent'), bad: of('bad'),
    sign: of('accent-text'), family,
    owner: (node) => {
      const country = node.slice(0, 2)
      if (country === 'fr' || country === 'se' || country === 'eu') return { colour: of(country), style: RINGS[country] }
      return { colour: of('faint'), style: 'solid' }
    },
  }
}

/** The palette of the theme that the page has now. */
export function usePalette(): Palette {
  const [palette, setPalette] = useState(read)
  useEffect(() => {
    const again = () => setPalette(read())
    const dark = matchMedia('(prefers-color-scheme: dark)')
    const watch = new MutationObserver(again)
    dark.addEventListener('change', again)
    watch.observe(document.documentElement, { attributeFilter: ['data-theme'] })
    return () => {
      dark.removeEventListener('change', again)
      watch.disconnect()
    }
  }, [])
  return palette
}

/** A sign as a picture for the canvas; nothing of a record is in it. */
export function picture(sign: Sign, colour: string): string {
  return data(
    `<path d="${pathOf(sign)}" fill="none" stroke="${colour}" stroke-width="1.5" stroke-linecap="round" stroke-linejoin="round"/>`,
  )
}

/** Hatching for what is not shown. */
export function hatched(colour: string): string {
  return data(`<path d="M-2 8 8-2M0 16 16 0M4 22 22 4M12 24 24 12" fill="none" stroke="${colour}" stroke-width="1.2"/>`)
}

/** Written once for all records: there are as many as signs and themes. */
const written = new Map<string, string>()

function data(inner: string): string {
  const before = written.get(inner)
  if (before !== undefined) return before
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="60" height="60" viewBox="0 0 20 20">${inner}</svg>`
  const told = `data:image/svg+xml;utf8,${encodeURIComponent(svg)}`
  written.set(inner, told)
  return told
}
