/* Own lines in a box of 20; decoration only, a text always stands beside. */
const PATHS = {
  home: 'M3 9.5 10 3l7 6.5M5 8.5V17h10V8.5',
  search: 'M8.5 14a5.5 5.5 0 1 1 0-11 5.5 5.5 0 0 1 0 11Zm4-1.5L17 17',
  chart: 'M5 15a2 2 0 1 0 0-.01M15 6a2 2 0 1 0 0-.01M15 16a2 2 0 1 0 0-.01M6.6 13.6 13.4 7M7 15h6',
  people: 'M7 9a3 3 0 1 0 0-.01M2 17c0-3 2-5 5-5s5 2 5 5M14 9.5a2.4 2.4 0 1 0 0-.01M13.5 12c2.6 0 4.5 1.8 4.5 4.5',
  bell: 'M5 14V9a5 5 0 0 1 10 0v5l1.5 2h-13L5 14Zm3.5 4h3',
  letter: 'M3 5h14v10H3V5Zm0 1 7 5 7-5',
  inbox: 'M3 11v5h14v-5M3 11l2.5-7h9L17 11h-4.5a2.5 2.5 0 0 1-5 0H3Z',
  grant: 'M4 10.5 8 14l8-8.5M3 3h14v14H3z',
  use: 'M4 17V9M10 17V3M16 17v-6',
  shield: 'M10 2.5 16.5 5v5c0 4-3 6.5-6.5 7.5C6.500 16.500 3.500 14 3.500 10V5L10 2.500Z',
  log: 'M5 3h10v14H5V3Zm2.500 4h5m-5 3h5m-5 3h3',
  flag: 'M5 17V3m0 1h10l-2 3.500 2 3.500H5',
  export: 'M10 12V3m-3 3 3-3 3 3M4 11v6h12v-6',
  node: 'M4 4h12v5H4V4Zm0 7h12v5H4v-5Zm2.500-4.500h.01m-.01 7h.01',
  help: 'M10 14.500v.01M7.500 8a2.500 2.500 0 1 1 3.500 2.300c-.7.300-1 .8-1 1.700M10 17.500a7.500 7.500 0 1 0 0-15 7.500 7.500 0 0 0 0 15Z',
  clock: 'M10 17.500a7.500 7.500 0 1 0 0-15 7.500 7.500 0 0 0 0 15ZM10 6v4.500l3 2',
  map: 'M3 5.500 7.500 3.500l5 2 4.500-2v11l-4.500 2-5-2-4.500 2v-11Zm4.500-2v11m5-9v11',
  box: 'M3 6h14v9H3V6Zm3 2v5m2.700-5v5m2.600-5v5M14 8v5',
  ship: 'M3 12h14l-2 4.500H5L3 12Zm2.500 0V8h6v4m-4-4V4.500M11.500 9.500H15V12',
  money: 'M3 5.500h14v9H3v-9Zm7 6.500a2 2 0 1 0 0-4 2 2 0 0 0 0 4ZM5.500 10h.01m8.990 0h.01',
  note: 'M4 3h9l3 3v11H4V3Zm3 6h6m-6 3h6',
} as const

export type IconName = keyof typeof PATHS

export function Icon({ name }: { name: IconName }) {
  return (
    <svg className="icon" viewBox="0 0 20 20" width="18" height="18" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} fill="none" stroke="currentColor" strokeWidth="1.5" strokeLinecap="round" strokeLinejoin="round" />
    </svg>
  )
}
