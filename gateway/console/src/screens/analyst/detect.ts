/** What a text looks like; whoever asks can say otherwise before asking. */
export type Detected = 'identifier' | 'name'

const SHAPES: readonly RegExp[] = [
  /^\+?[\d\s()./-]{6,}$/, // a number: telephone, IMEI, IMO, MMSI, account
  /^[A-Z]{2}\d{2}[\sA-Z\d]{10,}$/i, // IBAN
  /^[A-Z]{4}\s?\d{6}[-\s]?\d$/i, // container, ISO 6346
  /^[^\s@]+@[^\s@]+\.[^\s@]+$/, // e-mail
  /^(?:\d{1,3}\.){3}\d{1,3}$/, // IPv4
  /^(?:0x[\da-fA-F]{40}|bc1[a-z\d]{8,}|[13T][1-9A-HJ-NP-Za-km-z]{25,40})$/, // wallet
  /^(?=[A-Z\d\s-]*\d)(?=[A-Z\d\s-]*[A-Z])[A-Z\d]{1,4}[\s-]?[A-Z\d]{2,4}(?:[\s-]?[A-Z\d]{1,4})?$/i, // plate, VIN in parts
  /^[A-HJ-NPR-Z\d]{17}$/i, // VIN
]

/** Whether a text has the shape of a number, a plate, an account or the like. */
export function detect(text: string): Detected {
  const plain = text.trim()
  return SHAPES.some((shape) => shape.test(plain)) ? 'identifier' : 'name'
}
