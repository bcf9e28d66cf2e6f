import type { Json } from '@hufu/primitives'

/** Personal data at rest. Whoever copies the database learns nothing without the key, which is not in it. */
export interface Vault {
  /** Encrypts. @param context - what it is and whose, such as `application 1b4e…`: opening it elsewhere fails */
  seal(value: Json, context: string): Promise<Uint8Array<ArrayBuffer>>
  /** Decrypts. @throws ServiceError `ERR_SERVICE_SEAL`: another key, another context, or damaged */
  open(sealed: Uint8Array, context: string): Promise<Json>
  /** A keyed digest for look-ups, base64url: it tells nothing without the key. */
  digest(...parts: readonly string[]): string
}
