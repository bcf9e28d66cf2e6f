import { createHash, randomBytes } from 'node:crypto'

/** A secret that is handed out once: 256 bits, base64url. Keep only its {@link hashOfToken}. */
export function newToken(): string {
  return randomBytes(32).toString('base64url')
}

/** What is kept of a token: SHA-256, base64url. */
export function hashOfToken(token: string): string {
  return createHash('sha256').update(token).digest('base64url')
}
