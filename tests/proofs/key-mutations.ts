import { concatBytes } from '@hufu/primitives'
import { g2Generator, writeG2 } from '@hufu/proofs'

/** Layout of a key's file with a name of this length. */
function offsetsOf(nameLength: number) {
  const circuitHash = 7 + nameLength
  const alpha = circuitHash + 64
  const beta = alpha + 48
  return {
    circuitHash,
    transcriptHash: circuitHash + 32,
    alpha,
    beta,
    gamma: beta + 96,
    delta: beta + 192,
    count: beta + 288,
    inputs: beta + 290,
  }
}

const infinity = (size: number) => Uint8Array.of(0xc0, ...new Uint8Array(size - 1))
/** x = 0: on the curve of G1, in a group of order 3. */
const order3 = Uint8Array.of(0x80, ...new Uint8Array(47))
const generator = writeG2(g2Generator)

/** Files of keys that must be refused, made of a good development key's. */
export function spoiledKeys(file: Uint8Array, nameLength: number): readonly (readonly [name: string, file: Uint8Array])[] {
  const at = offsetsOf(nameLength)
  const put = (offset: number, bytes: Uint8Array) => concatBytes(file.slice(0, offset), bytes, file.slice(offset + bytes.length))
  const flip = (offset: number, mask: number) => put(offset, Uint8Array.of(file[offset]! ^ mask))
  const take = (offset: number, size: number) => file.slice(offset, offset + size)
  const negative = (point: Uint8Array) => Uint8Array.of(point[0]! ^ 0x20, ...point.slice(1))
  const [beta, delta, first, second] = [take(at.beta, 96), take(at.delta, 96), take(at.inputs, 48), take(at.inputs + 48, 48)]
  return [
    ['nothing', new Uint8Array()],
    ['cut', file.slice(0, -1)],
    ['longer', concatBytes(file, Uint8Array.of(0))],
    ['a point less', file.slice(0, -48)],
    ['a point more', concatBytes(file, second)],
    ['another kind of file', flip(3, 1)],
    ['another version', flip(4, 3)],
    ['unknown flags', flip(5, 2)],
    ['no development key, without a ceremony', flip(5, 1)],
    ['development key with a ceremony', flip(at.transcriptHash + 31, 1)],
    ['another length of the name', flip(6, 1)],
    ['a name that is not printed', put(7, Uint8Array.of(0x20))],
    ['alpha at infinity', put(at.alpha, infinity(48))],
    ['beta at infinity', put(at.beta, infinity(96))],
    ['gamma at infinity', put(at.gamma, infinity(96))],
    ['delta at infinity', put(at.delta, infinity(96))],
    ['an input at infinity', put(at.inputs + 48, infinity(48))],
    ['alpha outside its group', put(at.alpha, order3)],
    ['an input outside its group', put(at.inputs, order3)],
    ['alpha not compressed', flip(at.alpha, 0x80)],
    ['gamma not the generator', put(at.gamma, delta)],
    ['gamma negative', put(at.gamma, negative(generator))],
    ['delta is gamma', put(at.delta, generator)],
    ['delta is gamma negative', put(at.delta, negative(generator))],
    ['beta is gamma', put(at.beta, generator)],
    ['beta is delta', put(at.beta, delta)],
    ['delta is beta negative', put(at.delta, negative(beta))],
    ['an input twice', put(at.inputs + 48, first)],
    ['an input and its negative', put(at.inputs, negative(second))],
    ['beta beyond its modulus', put(at.beta, new Uint8Array(96).fill(0x9f))],
  ]
}
