// The scan itself: whatever it looks for is found in each form and place in which it could stand.
import { createHash, randomBytes } from 'node:crypto'
import { hashToScalar, poseidon, scalarToBytes } from '@hufu/proofs'
import { expect, test } from 'vitest'
import { type Secret, TraceFinder } from './input/find-traces.ts'
import { person } from './world/resident.ts'

const texts = [person.resident_number, person.name, person.name_latin, person.address, person.birth_date, '13800138000']
const secrets: readonly Secret[] = texts.map((text, place) => ({ what: `value ${place}`, text, isPersonal: true }))
const key = new Uint8Array(randomBytes(32))
const finder = new TraceFinder([...secrets, { what: 'key', key }])

function escaped(text: string): string {
  return JSON.stringify(text).replace(/[^ -~]/g, one => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** Forms in which data lies about, each made by other means than the scan makes them. */
const forms: Readonly<Record<string, (text: string) => Uint8Array | string>> = {
  'a file': text => text,
  'JSON that is escaped': escaped,
  'an address': text => new URLSearchParams({ name: text }).toString(),
  'hexadecimal digits': text => Buffer.from(text).toString('hex'),
  'capital hexadecimal digits': text => Buffer.from(text).toString('hex').toUpperCase(),
  'UTF-16, little-endian': text => new Uint8Array(Uint16Array.from(text, one => one.charCodeAt(0)).buffer),
  'UTF-16, big-endian': text => Buffer.from(new Uint8Array(Uint16Array.from(text, one => one.charCodeAt(0)).buffer)).swap16(),
  'bytes backwards': text => Uint8Array.from(Buffer.from(text)).reverse(),
  'digits of bytes backwards': text => Buffer.from(Uint8Array.from(Buffer.from(text)).reverse()).toString('hex'),
  'a token': text => Buffer.from(JSON.stringify({ sub: text })).toString('base64url'),
  'a longer token': text => Buffer.from(JSON.stringify({ subs: text })).toString('base64url'),
  'the longest token': text => Buffer.from(JSON.stringify({ subsy: text })).toString('base64'),
  'a hash': text => createHash('sha256').update(text).digest(),
  'digits of a hash': text => createHash('sha256').update(text).digest('hex'),
  'digits of a hash, as Neo writes them': text => createHash('sha256').update(text).digest().reverse().toString('hex'),
  'Base64 of a hash': text => createHash('sha256').update(text).digest('base64'),
  'a hash of UTF-16': text => createHash('sha256').update(Buffer.from(text, 'utf16le')).digest(),
  'a hash twice': text => createHash('sha256').update(createHash('sha256').update(text).digest()).digest(),
  'a number of a circuit': text => scalarToBytes(hashToScalar(Buffer.from(text))),
  'an attribute of a circuit': text => Buffer.from(scalarToBytes(hashToScalar(Buffer.from(`hufu:text:${text}`)))).reverse(),
  'a Poseidon hash': text => scalarToBytes(poseidon(0n, [hashToScalar(Buffer.from(text)), 0n])),
}

/** Places in which bytes lie about: at the beginning, at the end, and at any offset among noise. */
const places: Readonly<Record<string, (bytes: Uint8Array) => Uint8Array>> = {
  alone: bytes => bytes,
  'at the end of a page': bytes => Buffer.concat([randomBytes(4_096 - bytes.length), bytes]),
  'at an odd offset of a page': bytes => Buffer.concat([randomBytes(1_001), bytes, randomBytes(3_000)]),
  'in a line of a log': bytes => Buffer.concat([Buffer.from('{"level":30,"msg":"'), bytes, Buffer.from('"}\n')]),
}

/** Of two characters no more than four bytes: it would be found everywhere. */
const tooShort = 6

test('each value is found in each form in each place', () => {
  let count = 0
  for (const [form, write] of Object.entries(forms))
    for (const [place, put] of Object.entries(places))
      for (const [index, text] of texts.entries()) {
        const written = Buffer.from(write(text) as string)
        if (written.length < tooShort) continue
        const found = finder.in(place, put(written))
        expect(
          found.some(line => line.startsWith(`${place}: value ${index},`)),
          `${form}, ${place}, value ${index}`,
        ).toBe(true)
        count++
      }
  expect(count).toBeGreaterThan(400)
})

test('a key is found, and told by its name only', () => {
  const ways = [key, Buffer.from(key).toString('hex'), Buffer.from(key).toString('base64'), Buffer.from(key).reverse()]
  for (const way of ways) {
    const found = finder.in('x', Buffer.concat([randomBytes(99), Buffer.from(way as string), randomBytes(99)]))
    expect(found).toEqual([expect.stringMatching(/^x: key, /)])
  }
})

test('nothing is found where one byte is another, nor in noise', () => {
  for (const [index, text] of texts.entries())
    for (const place of Buffer.from(text).keys()) {
      const other = Buffer.from(text)
      other[place]! ^= 0x80
      expect(finder.in('x', other).filter(line => line === `x: value ${index}, as it is`)).toEqual([])
    }
  expect(finder.in('noise', randomBytes(4_000_000))).toEqual([])
})
