import { concatBytes, hexToBytes, sm3, utf8ToBytes } from '@hufu/primitives'
import { sm2Curve } from './sm2-curve.ts'
import type { Sm2PublicKey } from './sm2-public-key.ts'

/** The identifier of a signer where nothing else was agreed (GM/T 0009-2012 §10). */
export const defaultSm2Id = '1234567812345678'

const maxIdLength = 8191

const curveBytes = hexToBytes(sm2Curve.a + sm2Curve.b + sm2Curve.generatorX + sm2Curve.generatorY)

/**
 * The number e that SM2 signs: SM3 of ZA and the message, where ZA = SM3(length of the id in bits ‖ id ‖ a ‖ b ‖ G ‖ key) binds id and key to it.
 *
 * @param id - at most 8,191 bytes in UTF-8
 * @returns 32 bytes
 * @see GM/T 0003.2-2012 §5.5, §6.1
 */
export function sm2Digest(key: Sm2PublicKey, message: Uint8Array, id: string = defaultSm2Id): Uint8Array<ArrayBuffer> {
  const idBytes = utf8ToBytes(id)
  if (idBytes.length > maxIdLength) throw new TypeError(`id: expected at most ${maxIdLength} bytes`)
  const bits = idBytes.length * 8
  const za = sm3(concatBytes(Uint8Array.of(bits >> 8, bits & 0xff), idBytes, curveBytes, key.bytes.subarray(1)))
  return sm3(concatBytes(za, message))
}
