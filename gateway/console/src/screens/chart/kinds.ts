/* A sign and a family of colour for each schema: never colour alone. Own lines in a box of 20. */
const SIGNS = {
  person: 'M10 9a3 3 0 1 0 0-6 3 3 0 0 0 0 6Zm-6 8c0-3.500 2.500-6 6-6s6 2.500 6 6',
  house: 'M4 17V4h7v13M11 8h5v9M6.500 7h2m-2 3h2m-2 3h2M3 17h14',
  phone: 'M6 3h3l1 4-2 1.500a9 9 0 0 0 3.500 3.500L13 10l4 1v3a2 2 0 0 1-2 2C9 16 4 11 4 5a2 2 0 0 1 2-2Z',
  sim: 'M6 3h6l3 3v11H6V3Zm2.500 6h4v5h-4V9Z',
  device: 'M6 2.500h8v15H6v-15Zm3 12.500h2',
  vehicle: 'M3 12l2-5h10l2 5v3H3v-3Zm2 3v2m10-2v2M3 12h14',
  vessel: 'M3 12h14l-2 5H5l-2-5Zm3 0V7h8v5M10 7V3',
  airplane: 'M10 2v16M3 11l7-4 7 4M7 17l3-2 3 2',
  container: 'M3 6h14v9H3V6Zm3 2v5m2.700-5v5m2.600-5v5M14 8v5',
  parcel: 'M3 7l7-4 7 4v7l-7 4-7-4V7Zm0 0 7 4 7-4M10 11v7',
  move: 'M3 10h13m-5-5 5 5-5 5',
  place: 'M10 18s5.500-5.500 5.500-9.500a5.500 5.500 0 1 0-11 0C4.500 12.500 10 18 10 18Zm0-7.500a2 2 0 1 0 0-4 2 2 0 0 0 0 4Z',
  lock: 'M5 9h10v8H5V9Zm2 0V6a3 3 0 0 1 6 0v3',
  flask: 'M8 3h4M9 3v5l-4 7a1.500 1.500 0 0 0 1.300 2h7.400a1.500 1.500 0 0 0 1.300-2L11 8V3M7 13h6',
  peaks: 'M3 17h14M5 17V9m3.300 8V4m3.400 13v-6m3.300 6V7',
  message: 'M3 4h14v9H9l-4 4v-4H3V4Z',
  bank: 'M3 8l7-4 7 4H3Zm1.500 0v7m3.700-7v7m3.600-7v7m3.700-7v7M3 17h14',
  wallet: 'M3 6h14v10H3V6Zm9 4h5v3h-5v-3Z',
  coin: 'M10 2.500v15M14 6H8.500a2 2 0 0 0 0 4h3a2 2 0 0 1 0 4H6',
  paper: 'M5 3h7l3 3v11H5V3Zm2.500 6h5m-5 3h5',
  day: 'M4 5h12v12H4V5Zm0 4h12M7 3v3m6-3v3',
  many: 'M7 3h10v10M3 7h10v10H3V7Z',
  unknown: 'M7.500 8a2.500 2.500 0 1 1 3.500 2.300c-.7.300-1 .8-1 1.700M10 14.500v.01',
} as const

export type Sign = keyof typeof SIGNS
export const FAMILIES = ['people', 'bodies', 'talk', 'transport', 'goods', 'money', 'places', 'other'] as const
export type Family = (typeof FAMILIES)[number]

const KINDS: Record<string, readonly [Sign, Family]> = {
  Person: ['person', 'people'],
  Company: ['house', 'bodies'], Organization: ['house', 'bodies'], LegalEntity: ['house', 'bodies'], PublicBody: ['house', 'bodies'],
  PhoneNumber: ['phone', 'talk'], Call: ['phone', 'talk'], Sim: ['sim', 'talk'], Device: ['device', 'talk'],
  ExtractedMessage: ['message', 'talk'], Message: ['message', 'talk'], Email: ['message', 'talk'],
  RoadVehicle: ['vehicle', 'transport'], Vehicle: ['vehicle', 'transport'], Vessel: ['vessel', 'transport'],
  Airplane: ['airplane', 'transport'], ContainerMovement: ['move', 'transport'], AisTrack: ['move', 'transport'], AisEvent: ['vessel', 'transport'],
  VesselPeriod: ['vessel', 'transport'], VesselListing: ['vessel', 'transport'],
  Container: ['container', 'goods'], Shipment: ['parcel', 'goods'], Seizure: ['lock', 'goods'], SeizedGoods: ['lock', 'goods'],
  DrugSample: ['flask', 'goods'], ChemicalProfile: ['peaks', 'goods'],
  BankAccount: ['bank', 'money'], CryptoWallet: ['wallet', 'money'], Payment: ['coin', 'money'], Debt: ['coin', 'money'],
  Port: ['place', 'places'], DropOffArea: ['place', 'places'], Address: ['place', 'places'],
  Document: ['paper', 'other'], Event: ['day', 'other'], Arrest: ['day', 'other'],
}

export function kindOf(schema: string): { sign: Sign; family: Family } {
  const [sign, family] = KINDS[schema] ?? ['unknown', 'other']
  return { sign, family }
}

/** The lines of a sign as an SVG path. */
export function pathOf(sign: Sign): string {
  return SIGNS[sign]
}
