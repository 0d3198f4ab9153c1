/** Kinds of identifiers with the shape that each has; the last three fit nearly everything. */
const SHAPES = [
  ['container', /^[A-Z]{4}\d{7}$/],
  ['iban', /^[A-Z]{2}\d{2}[A-Z\d]{11,30}$/],
  ['email', /^[^\s@]+@[^\s@]+\.[^\s@]+$/i],
  ['wallet', /^(?:0X[\dA-F]{40}|BC1[A-Z\d]{8,}|[13T][1-9A-Z]{25,40})$/],
  ['imo', /^(?:IMO)?\d{7}$/],
  ['imei', /^\d{15}$/],
  ['phone', /^(?:\+|00)\d{6,15}$|^0\d{8,11}$/],
  ['mmsi', /^\d{9}$/],
  ['vin', /^[A-HJ-NPR-Z\d]{17}$/],
  ['imsi', /^\d{14,15}$/],
  ['unlocode', /^[A-Z]{5}$/],
  ['plate', /^[A-Z\d]{4,9}$/],
  ['document', /^[A-Z\d]+$/],
  ['account', /^./],
] as const

export type IdentifierKind = (typeof SHAPES)[number][0]

/** What an identifier can be by its shape, the likeliest first; its node decides whether it is one. */
export function kindsOf(identifier: string): readonly IdentifierKind[] {
  const plain = identifier.includes('@') ? identifier.trim() : identifier.replace(/[\s()./-]/g, '').toUpperCase()
  return SHAPES.filter(([, shape]) => shape.test(plain)).map(([kind]) => kind)
}
