import { closeSync, openSync, readFileSync, readSync, statSync, truncateSync, writeSync } from 'node:fs'
import type { SeededRandom } from '@hufu/network'

/** What a bad disk, cable or controller does to a file. */
export type DamageKind = 'bits' | 'page of zeros' | 'page of another place' | 'cut'
export const damageKinds: readonly DamageKind[] = ['bits', 'page of zeros', 'page of another place', 'cut']

const maxTries = 10_000

/** Damages a file that nobody has open. @param pageBytes - what it is written in @param at - where the damaged page begins, by default anywhere @returns what was done, for a message */
export function damageFile(file: string, kind: DamageKind, random: SeededRandom, pageBytes: number, at?: number): string {
  const { size } = statSync(file)
  if (kind === 'cut') {
    const length = 1 + random.below(size - 1)
    truncateSync(file, length)
    return `cut at ${length} of ${size}`
  }
  const handle = openSync(file, 'r+')
  try {
    if (kind === 'bits') return flipBits(handle, size, random)
    const to = at ?? usedPage(handle, size, random, pageBytes)
    const page = kind === 'page of zeros' ? Buffer.alloc(pageBytes) : readAt(handle, usedPage(handle, size, random, pageBytes), pageBytes)
    writeSync(handle, page, 0, pageBytes, to)
    return `${kind} at ${to}`
  } finally {
    closeSync(handle)
  }
}

/** Changes one bit behind the first place at which `before` stands, as often as it stands there. @returns how often */
export function flipBehind(file: string, before: Uint8Array, offset: number): number {
  const content = readFileSync(file)
  const handle = openSync(file, 'r+')
  let count = 0
  for (let at = content.indexOf(before); at >= 0; at = content.indexOf(before, at + 1), count++) {
    const place = at + before.length + offset
    writeSync(handle, Uint8Array.of(content[place]! ^ 0x04), 0, 1, place)
  }
  closeSync(handle)
  return count
}

/** One bit in each of eight bytes that hold something. */
function flipBits(handle: number, size: number, random: SeededRandom): string {
  const places: number[] = []
  for (let tries = 0; places.length < 8 && tries < maxTries; tries++) {
    const at = random.below(size)
    const [byte] = readAt(handle, at, 1)
    if (byte === 0) continue
    writeSync(handle, Uint8Array.of(byte! ^ (1 << random.below(8))), 0, 1, at)
    places.push(at)
  }
  return `bits at ${places.join(', ')}`
}

function usedPage(handle: number, size: number, random: SeededRandom, pageBytes: number): number {
  const pages = Math.max(1, Math.floor(size / pageBytes))
  for (let tries = 0; tries < maxTries; tries++) {
    const at = pageBytes * random.below(pages)
    if (readAt(handle, at, pageBytes).some(byte => byte !== 0)) return at
  }
  return 0
}

function readAt(handle: number, at: number, length: number): Buffer {
  const bytes = Buffer.alloc(length)
  readSync(handle, bytes, 0, length, at)
  return bytes
}
