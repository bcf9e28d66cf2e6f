import { concatBytes, hexToBytes } from '@hufu/primitives'

/** An integer as DER has it: shortest, with a zero in front of a high bit. */
function derInteger(number: bigint): Uint8Array {
  const hex = number.toString(16)
  const digits = hexToBytes(hex.length % 2 === 0 ? hex : `0${hex}`)
  return tagged(0x02, digits[0]! >= 0x80 ? concatBytes(Uint8Array.of(0), digits) : digits)
}

export function derSignature(r: bigint, s: bigint): Uint8Array {
  return tagged(0x30, concatBytes(derInteger(r), derInteger(s)))
}

function tagged(tag: number, content: Uint8Array): Uint8Array {
  return concatBytes(Uint8Array.of(tag, content.length), content)
}

/** What is not DER's one form of a signature, though lenient readers take it for the same numbers, and what is none at all. */
export function damagedForms(r: bigint, s: bigint, order: bigint): readonly (readonly [name: string, der: Uint8Array])[] {
  const [rInteger, sInteger] = [derInteger(r), derInteger(s)]
  const content = concatBytes(rInteger, sInteger)
  const good = derSignature(r, s)
  const padded = (integer: Uint8Array, zeros: number) => tagged(0x02, concatBytes(new Uint8Array(zeros), integer.subarray(2)))
  const negative = (number: bigint) => tagged(0x02, hexToBytes((2n ** 256n - number).toString(16).padStart(64, '0')))
  return [
    ['nothing', new Uint8Array(0)],
    ['one byte', Uint8Array.of(0x30)],
    ['an empty sequence', Uint8Array.of(0x30, 0)],
    ['a long form of its length', concatBytes(Uint8Array.of(0x30, 0x81, content.length), content)],
    ['a longer form of its length', concatBytes(Uint8Array.of(0x30, 0x82, 0, content.length), content)],
    ['a length without end', concatBytes(Uint8Array.of(0x30, 0x80), content, Uint8Array.of(0, 0))],
    ['a length one less', good.with(1, good[1]! - 1)],
    ['a length one more', good.with(1, good[1]! + 1)],
    ['a length of 4 GiB', concatBytes(Uint8Array.of(0x30, 0x84, 0xff, 0xff, 0xff, 0xff), content)],
    ['a byte behind', concatBytes(good, Uint8Array.of(0))],
    ['a byte behind, inside', tagged(0x30, concatBytes(content, Uint8Array.of(0)))],
    ['null behind, inside', tagged(0x30, concatBytes(content, Uint8Array.of(5, 0)))],
    ['a third integer', tagged(0x30, concatBytes(content, derInteger(1n)))],
    ['one integer', tagged(0x30, rInteger)],
    ['the last byte missing', good.subarray(0, -1)],
    ['a set', good.with(0, 0x31)],
    ['an octet string', good.with(0, 0x04)],
    ['r as an octet string', good.with(2, 0x04)],
    ['s as an octet string', tagged(0x30, concatBytes(rInteger, sInteger.with(0, 0x04)))],
    ['r with a zero in front', tagged(0x30, concatBytes(padded(rInteger, 1), sInteger))],
    ['s with two zeros in front', tagged(0x30, concatBytes(rInteger, padded(sInteger, 2)))],
    [
      'r with a long form of its length',
      tagged(0x30, concatBytes(Uint8Array.of(2, 0x81, rInteger.length - 2), rInteger.subarray(2), sInteger)),
    ],
    ['r without digits', tagged(0x30, concatBytes(Uint8Array.of(2, 0), sInteger))],
    ['s without digits', tagged(0x30, concatBytes(rInteger, Uint8Array.of(2, 0)))],
    ['r negative', tagged(0x30, concatBytes(negative(r), sInteger))],
    ['s negative', tagged(0x30, concatBytes(rInteger, negative(s)))],
    ['r = 0', derSignature(0n, s)],
    ['s = 0', derSignature(r, 0n)],
    ['r = n', derSignature(order, s)],
    ['s = n', derSignature(r, order)],
    ['r plus n', derSignature(r + order, s)],
    ['s plus n', derSignature(r, s + order)],
    ['r plus 2²⁵⁶', derSignature(r + 2n ** 256n, s)],
    ['s of 100 bytes', derSignature(r, s + 2n ** 800n)],
    ['twice', concatBytes(good, good)],
    ['in a sequence', tagged(0x30, good)],
    ['raw', concatBytes(...[r, s].map(number => hexToBytes(number.toString(16).padStart(64, '0'))))],
  ]
}
