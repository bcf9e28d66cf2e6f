import type { SeededRandom } from '@hufu/network'

/** Values that parsers stumble over. */
const oddities: readonly unknown[] = [
  null,
  true,
  false,
  0,
  -1,
  1e308,
  2 ** 53,
  '',
  '\u0000',
  '\ud800',
  [],
  {},
  'did:neo:pilot:',
  '__proto__',
  -0,
  0.1,
]
const oddTexts = ['\u0000', '\u202e', '%00', '~', '.', '..', '/', '"', '\\', '\ufeff', '𝟎', '９', 'ＡＢ', '=', '+', ' ', '\n']

/** Bytes with something wrong with them: some turned, left out, doubled, moved, cut off, put in, or from elsewhere. */
export function mutateBytes(bytes: Uint8Array, random: SeededRandom): Uint8Array {
  const mutated = [...bytes]
  const times = 1 + (random.below(4) === 0 ? random.below(8) : 0)
  for (let time = 0; time < times; time++) {
    const at = random.below(mutated.length + 1)
    const length = 1 + random.below(random.below(8) === 0 ? 64 : 4)
    switch (random.below(8)) {
      case 0:
      case 1:
      case 2:
        if (at < mutated.length) mutated[at]! ^= 1 << random.below(8)
        break
      case 3:
        mutated.splice(at, length)
        break
      case 4:
        mutated.splice(at, 0, ...Array.from({ length }, () => random.below(256)))
        break
      case 5:
        mutated.splice(at, 0, ...mutated.slice(at, at + length))
        break
      case 6:
        mutated.splice(random.below(mutated.length + 1), 0, ...mutated.splice(at, length))
        break
      case 7:
        mutated.length = at
        break
    }
  }
  return Uint8Array.from(mutated)
}

/** As {@link mutateBytes}, in characters. */
export function mutateText(text: string, random: SeededRandom): string {
  if (random.below(3) > 0) {
    const bytes = mutateBytes(
      Uint8Array.from(text, character => character.charCodeAt(0) & 0x7f),
      random,
    )
    return String.fromCharCode(...bytes)
  }
  const at = random.below(text.length + 1)
  return text.slice(0, at) + random.pick(oddTexts) + text.slice(at + random.below(3))
}

/** JSON with one member or element changed, gone, doubled, renamed, or put where another one was; whole values stay well-formed. */
export function mutateJson(value: unknown, random: SeededRandom): unknown {
  const copy = structuredClone(value)
  const places: { readonly holder: Record<string, unknown>; readonly name: string }[] = []
  collect(copy, places)
  if (places.length === 0) return random.pick(oddities)
  const { holder, name } = random.pick(places)
  const other = random.pick(places)
  const found = holder[name]
  switch (random.below(6)) {
    case 0:
      holder[name] = random.pick(oddities)
      break
    case 1:
      if (Array.isArray(holder)) holder.splice(Number(name), 1)
      else delete holder[name]
      break
    case 2:
      holder[name] = structuredClone(other.holder[other.name])
      break
    case 3:
      if (typeof found === 'string') holder[name] = mutateText(found, random)
      else if (typeof found === 'number') holder[name] = found + random.pick([-1, 1, 0.5, 1e9])
      else holder[name] = [found]
      break
    case 4:
      if (Array.isArray(holder)) holder.push(found)
      else holder[mutateText(name, random)] = found
      break
    case 5:
      if (!Array.isArray(holder)) {
        delete holder[name]
        holder[mutateText(name, random)] = found
      } else holder.reverse()
      break
  }
  return copy
}

function collect(value: unknown, places: { holder: Record<string, unknown>; name: string }[]): void {
  if (typeof value !== 'object' || value === null) return
  const holder = value as Record<string, unknown>
  for (const name of Object.keys(holder)) {
    places.push({ holder, name })
    collect(holder[name], places)
  }
}
