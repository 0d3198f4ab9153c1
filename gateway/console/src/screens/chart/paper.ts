import type { Palette } from './palette'

const RINGS: Readonly<Record<string, 'dashed' | 'double'>> = { se: 'dashed', eu: 'double' }

/** The colours of a picture on paper, whatever the theme of the screen is; the sign tells families apart in grey. */
export const PAPER: Palette = {
  ground: '#ffffff', text: '#000000', faint: '#333333', line: '#555555', accent: '#1f4e9e', bad: '#a81b1b', sign: '#ffffff',
  family: {
    people: '#1f4e9e', bodies: '#5c3a9e', talk: '#0b6464', transport: '#835300', goods: '#a81b1b', money: '#1b6e3c', places: '#4d5663',
    other: '#8a2063',
  },
  owner: (node) => ({ colour: '#333333', style: RINGS[node.slice(0, 2)] ?? 'solid' }),
}
