import { EncodingError } from './errors.ts'

const maxCapacity = 1 << 16
/** Java turns a longer chain of colliding names into a tree, whose order depends on more than the names. */
const maxChain = 8
const minTreeCapacity = 64

/**
 * The order in which Java's `HashMap` gives names that were put into it in this order. Some systems sign JSON as such a map writes it.
 *
 * @param initialCapacity - as for its constructor: the smallest power of two that is not below it counts
 * @throws EncodingError `ERR_ENCODING_JSON`: so many names fall together, as no honest ones do, that Java would order them otherwise
 */
export function javaHashMapOrder(names: readonly string[], initialCapacity = 16): readonly string[] {
  let table = emptyTable(tableSize(initialCapacity))
  for (const [index, name] of names.entries()) {
    const chain = table[javaHash(name) & (table.length - 1)]!
    chain.push(name)
    if (chain.length > maxChain) {
      if (table.length >= minTreeCapacity) throw new EncodingError('ERR_ENCODING_JSON', 'expected names that do not all fall together')
      table = grown(table)
    }
    if (index + 1 > Math.floor(table.length * 0.75)) table = grown(table)
  }
  return table.flat()
}

/** `String.hashCode` over UTF-16 units, its upper half folded in as `HashMap.hash` does. */
function javaHash(text: string): number {
  let hash = 0
  for (let index = 0; index < text.length; index++) hash = (Math.imul(hash, 31) + text.charCodeAt(index)) | 0
  return hash ^ (hash >>> 16)
}

function tableSize(capacity: number): number {
  let size = 1
  while (size < capacity && size < maxCapacity) size *= 2
  return size
}

function emptyTable(size: number): string[][] {
  return Array.from({ length: size }, () => [])
}

/** Twice as large; names of one chain keep their order. */
function grown(table: readonly (readonly string[])[]): string[][] {
  if (table.length >= maxCapacity) throw new EncodingError('ERR_ENCODING_JSON', 'expected fewer names in one object')
  const larger = emptyTable(table.length * 2)
  for (const name of table.flat()) larger[javaHash(name) & (larger.length - 1)]!.push(name)
  return larger
}
