import { bytesToBase64url, randomBytes, sha256, utf8ToBytes } from '@hufu/primitives'

/** 256 random bits in base64url: a token, a code, a nonce. */
export function newSecret(): string {
  return bytesToBase64url(randomBytes(32))
}

/** What is kept of a secret that was handed out. Found by its hash, it is not compared letter by letter. */
export function hashOfSecret(secret: string): string {
  return bytesToBase64url(sha256(utf8ToBytes(secret)))
}
