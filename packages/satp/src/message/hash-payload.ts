import { bytesToHex, canonicalJsonBytes, sha256 } from '@hufu/primitives'

/** SHA-256 of a payload, or of a part of one, in canonical JSON (§5.3.12, §5.3.13): 64 hexadecimal digits. */
export function hashPayload(payload: unknown): string {
  return bytesToHex(sha256(canonicalJsonBytes(payload)))
}
