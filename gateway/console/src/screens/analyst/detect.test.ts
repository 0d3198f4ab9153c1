import { describe, expect, it } from 'vitest'
import { detect } from './detect'

describe('what a text looks like', () => {
  it.each([
    '070-174 06 12', '+33 6 39 98 01 02', 'XQZU 418026-6', 'FR76 3000 6000 0112 3456 7890 189', 'ABC 12D', 'QV-418-IO',
    '00-440245-123456-7', 'a@b.example', '0x52908400098527886E0F7030069857D2E4169EE7', '198.51.100.7',
  ])('%s is an identifier', (text) => expect(detect(text)).toBe('identifier'))
  it.each(['Hélène Brévard', 'Åse', 'Grön Logistik AB', 'Le Havre', 'von der Linden', ''])('%s is a name', (text) =>
    expect(detect(text)).toBe('name'),
  )
})
