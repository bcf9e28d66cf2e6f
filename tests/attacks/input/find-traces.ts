import { createHash } from 'node:crypto'
import { domains, hashToScalar, poseidon, scalarToBytes } from '@hufu/proofs'

/** Something that must stand nowhere, and what it is called in a report: of personal data or of a secret no more than that is told. */
export interface Secret {
  readonly what: string
  readonly text: string
  /** Of a person: not even a hash of it may stand anywhere. Of codes and tokens it may. */
  readonly isPersonal?: boolean
}

/** A key, by its bytes. */
export interface SecretKey {
  readonly what: string
  readonly key: Uint8Array
}

/** A way in which a secret may stand among other bytes. */
interface Pattern {
  readonly what: string
  readonly way: string
  readonly bytes: Uint8Array
}

/** What is shorter stands anywhere by chance. */
const leastBytes = 6

function patternsOf(secret: Secret | SecretKey): readonly Pattern[] {
  const ways = 'key' in secret ? [['as it is', secret.key] as const, ...waysOfBytes(secret.key)] : waysOfText(secret)
  const patterns = ways.map(([way, written]) => ({ what: secret.what, way, bytes: Buffer.from(written as string) }))
  const places = new Map(patterns.map(({ bytes }, place) => [bytes.toString('latin1'), place]))
  return patterns.filter(({ bytes }, place) => bytes.length >= leastBytes && places.get(bytes.toString('latin1')) === place)
}

function waysOfText({ text, isPersonal = false }: Secret): readonly (readonly [string, string | Uint8Array])[] {
  const escaped = [...text].map(character => (character > '~' ? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}` : character))
  return [
    ...(isPersonal ? hashesOf(text).flatMap(({ name, hash }) => hashWays(name, hash)) : []),
    ...waysOfBytes(Buffer.from(text)),
    ['in UTF-16', Buffer.from(text, 'utf16le')],
    ['in UTF-16', Buffer.from(text, 'utf16le').swap16()],
    ['escaped', escaped.join('')],
    ['percent-encoded', new URLSearchParams({ x: text }).toString().slice(2)],
    ['percent-encoded', encodeURIComponent(text).toLowerCase()],
    ['percent-encoded', encodeURIComponent(text)],
    // Last, for the last of the same counts.
    ['as it is', text],
  ]
}

/** Encodings of bytes, wherever they stand among others. */
function waysOfBytes(bytes: Uint8Array): readonly (readonly [string, string | Uint8Array])[] {
  // In Base64 it depends on what is before it; the first and last characters depend on their neighbours.
  const encoded = [0, 1, 2].flatMap(offset => {
    const inner = Buffer.concat([Buffer.alloc(offset), bytes])
      .toString('base64')
      .replaceAll('=', '')
    const certain = inner.slice(offset === 0 ? 0 : offset + 1, (offset + bytes.length) % 3 === 0 ? undefined : -1)
    return [certain, certain.replaceAll('+', '-').replaceAll('/', '_')]
  })
  const hex = Buffer.from(bytes).toString('hex')
  const reversed = Buffer.from(bytes).reverse()
  return [
    ['as hexadecimal digits', hex],
    ['as hexadecimal digits', hex.toUpperCase()],
    ['backwards', reversed],
    ['as hexadecimal digits, backwards', reversed.toString('hex')],
    ...encoded.map(one => ['in Base64', one] as const),
  ]
}

/** What somebody could try out who has a list of people. */
function hashesOf(text: string): readonly { readonly name: string; readonly hash: Buffer }[] {
  const plain = hashToScalar(Buffer.from(text))
  const attribute = hashToScalar(Buffer.from(`hufu:text:${text.normalize('NFC')}`))
  return [
    ...(['sha256', 'sha1', 'md5'] as const).map(name => ({ name, hash: createHash(name).update(text).digest() })),
    { name: 'sha256 of UTF-16', hash: createHash('sha256').update(Buffer.from(text, 'utf16le')).digest() },
    { name: 'sha256 twice', hash: createHash('sha256').update(createHash('sha256').update(text).digest()).digest() },
    { name: 'field element', hash: Buffer.from(scalarToBytes(plain)) },
    { name: 'attribute of a proof', hash: Buffer.from(scalarToBytes(attribute)) },
    ...[plain, attribute].flatMap(scalar =>
      [0n, domains.attributes].map(domain => ({ name: 'Poseidon', hash: Buffer.from(scalarToBytes(poseidon(domain, [scalar, 0n]))) })),
    ),
  ]
}

function hashWays(name: string, hash: Buffer): readonly (readonly [string, string | Uint8Array])[] {
  const ways = waysOfBytes(hash).map(([way, written]) => [`hashed (${name}), ${way}`, written] as const)
  return [[`hashed (${name})`, hash], ...ways]
}

/** Finds secrets in bytes, however many secrets there are: one pass over the bytes, which looks up four at a time. */
export class TraceFinder {
  /** How many patterns it looks for. */
  readonly patterns: number
  readonly #byStart = new Map<number, Pattern[]>()
  /** Bit `n`: some pattern begins with four bytes whose hash is `n`. */
  readonly #starts = new Uint8Array(2 ** 21)

  constructor(secrets: readonly (Secret | SecretKey)[]) {
    const patterns = secrets.flatMap(patternsOf)
    this.patterns = patterns.length
    for (const pattern of patterns) {
      const start = Buffer.from(pattern.bytes).readUInt32BE()
      this.#byStart.set(start, [...(this.#byStart.get(start) ?? []), pattern])
      const place = placeOf(start)
      this.#starts[place >>> 3]! |= 1 << (place & 7)
    }
  }

  /** Which stand in a place, and how; each way of each once. */
  in(place: string, bytes: Uint8Array): readonly string[] {
    const found = new Set<string>()
    const starts = this.#starts
    let start = 0
    for (let end = 0; end < bytes.length; end++) {
      start = ((start << 8) | bytes[end]!) >>> 0
      if (end < 3) continue
      const bit = placeOf(start)
      if ((starts[bit >>> 3]! & (1 << (bit & 7))) === 0) continue
      for (const { what, way, bytes: wanted } of this.#byStart.get(start) ?? [])
        if (isAt(bytes, end - 3, wanted)) found.add(`${place}: ${what}, ${way}`)
    }
    return [...found]
  }
}

/** Which of some secrets stand in some bytes, and how. */
export function findTraces(place: string, bytes: Uint8Array, secrets: readonly (Secret | SecretKey)[]): readonly string[] {
  return new TraceFinder(secrets).in(place, bytes)
}

function placeOf(start: number): number {
  return Math.imul(start, 0x9e3779b1) >>> 8
}

function isAt(bytes: Uint8Array, place: number, wanted: Uint8Array): boolean {
  if (place + wanted.length > bytes.length) return false
  for (let index = 4; index < wanted.length; index++) if (bytes[place + index] !== wanted[index]) return false
  return true
}
