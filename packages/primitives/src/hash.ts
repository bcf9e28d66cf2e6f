import { hmac } from '@noble/hashes/hmac.js'
import { ripemd160 } from '@noble/hashes/legacy.js'
import { sha256 as nobleSha256 } from '@noble/hashes/sha2.js'
import { keccak_256 } from '@noble/hashes/sha3.js'

/** SHA-256, synchronous (for short inputs and hot loops; WebCrypto's is asynchronous). */
export function sha256(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(nobleSha256(bytes))
}

/** SHA-256 of SHA-256: Neo's Merkle and Merkle-Patricia nodes, address checksums. */
export function doubleSha256(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return sha256(sha256(bytes))
}

/** RIPEMD-160 of SHA-256: a Neo script hash, little-endian as it travels. */
export function hash160(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(ripemd160(sha256(bytes)))
}

/** Keccak-256, the hash of Ethereum and of what was made after it; not SHA3-256, whose padding differs. */
export function keccak256(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(keccak_256(bytes))
}

/** HMAC-SHA-256 (RFC 2104). */
export function hmacSha256(key: Uint8Array, message: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(hmac(nobleSha256, key, message))
}
