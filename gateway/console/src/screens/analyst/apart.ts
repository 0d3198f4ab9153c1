/**
 * What to write of each of several that look alike: the first `always` of its words, then only those that tell it from
 * the others, in their order. The last word is one's own, so that all differ at the end.
 */
export function apart(all: readonly (readonly string[])[], always: number): readonly (readonly string[])[] {
  return all.map((words, place) => {
    const told = words.slice(0, always)
    let alike = all.filter((other, at) => at !== place && told.every((word, part) => other[part] === word))
    words.slice(always).forEach((word, part) => {
      const others = alike.filter((other) => other[always + part] === word)
      if (others.length < alike.length) told.push(word)
      alike = others
    })
    return told
  })
}
