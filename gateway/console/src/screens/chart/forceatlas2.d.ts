/** The step of ForceAtlas2 on plain arrays: ten numbers for each record, three for each tie; it changes `nodes`. */
declare module 'graphology-layout-forceatlas2/iterate' {
  export default function iterate(settings: Readonly<Record<string, number | boolean>>, nodes: Float32Array, ties: Float32Array): unknown
}
