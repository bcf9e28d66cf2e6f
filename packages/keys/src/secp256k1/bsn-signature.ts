import { base64ToBytes, bytesToBase64, concatBytes, equalBytes, errorCode, keccak256, utf8ToBytes } from '@hufu/primitives'
import { secp256k1 } from '@noble/curves/secp256k1.js'
import { parseSecp256k1Key, type Secp256k1Key } from './secp256k1-key.ts'

/**
 * Tells whether a signature of BSN's DID service (type `Secp256k1`) over a text is the key's: base64 of r‖s‖v, ECDSA over Keccak-256 of the text's UTF-8.
 * Stricter than BSN's own program, which reads no _v_ and takes a high _s_: here one text has one signature for each nonce, and each bit counts.
 */
export function isBsnSignatureValid(key: Secp256k1Key, text: string, signature: string): boolean {
  const bytes = decode(signature)
  if (bytes === undefined) return false
  // As web3j writes it, 27 or 28; some write 0 or 1.
  const recovery = bytes[64]! >= 27 ? bytes[64]! - 27 : bytes[64]!
  if (recovery > 1) return false
  const digest = keccak256(utf8ToBytes(text))
  const rs = bytes.subarray(0, 64)
  if (!secp256k1.verify(rs, digest, key.bytes, { prehash: false, lowS: true })) return false
  const recovered = secp256k1.recoverPublicKey(concatBytes(Uint8Array.of(recovery), rs), digest, { prehash: false })
  return equalBytes(parseSecp256k1Key(recovered).bytes, key.bytes)
}

/**
 * Signs as BSN's programs do: for stand-ins of them, and tests.
 *
 * @param secret - 32 bytes
 */
export function signAsBsn(secret: Uint8Array, text: string): string {
  const signature = secp256k1.sign(keccak256(utf8ToBytes(text)), secret, { prehash: false, lowS: true, format: 'recovered' })
  return bytesToBase64(concatBytes(signature.subarray(1), Uint8Array.of(27 + signature[0]!)))
}

/** The public key of a secret: for stand-ins, and tests. @throws KeyError `ERR_KEY_MALFORMED` */
export function secp256k1KeyOf(secret: Uint8Array): Secp256k1Key {
  return parseSecp256k1Key(secp256k1.getPublicKey(secret, true))
}

function decode(signature: string): Uint8Array | undefined {
  try {
    const bytes = base64ToBytes(signature)
    return bytes.length === 65 ? bytes : undefined
  } catch (error) {
    if (errorCode(error) === undefined) throw error
    return undefined
  }
}
