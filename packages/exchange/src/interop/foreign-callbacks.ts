// For the tests: what oid4vc-ts (@openid4vc/*) needs from outside, by jose and WebCrypto; nothing of ours takes part.
import type { CallbackContext, Jwk } from '@openid4vc/oauth2'
import {
  base64url,
  CompactEncrypt,
  type CryptoKey,
  calculateJwkThumbprint,
  compactDecrypt,
  compactVerify,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JWK,
  SignJWT,
} from 'jose'

/** Keys of a foreign party: made once, found again by thumbprint. */
export class ForeignKeys {
  readonly #signing = new Map<string, CryptoKey>()
  readonly #decrypting = new Map<string, { privateKey: CryptoKey; jwk: Jwk }>()

  /** A new ES256 key. @returns its public JWK */
  async newSigningKey(): Promise<Jwk> {
    const { privateKey, publicKey } = await generateKeyPair('ES256')
    const jwk = (await exportJWK(publicKey)) as Jwk
    this.#signing.set(await calculateJwkThumbprint(jwk as JWK), privateKey)
    return jwk
  }

  /** A new key for answers. @returns its public JWK, as a request has it */
  async newEncryptionKey(kid: string): Promise<Jwk> {
    const { privateKey, publicKey } = await generateKeyPair('ECDH-ES', { crv: 'P-256' })
    const jwk = { ...((await exportJWK(publicKey)) as Jwk), kid, use: 'enc', alg: 'ECDH-ES' }
    this.#decrypting.set(kid, { privateKey, jwk })
    return jwk
  }

  async sign(publicJwk: Jwk, header: object, payload: object): Promise<string> {
    const key = this.#signing.get(await calculateJwkThumbprint(publicJwk as JWK))
    if (key === undefined) throw new TypeError('expected a key of this party')
    return new SignJWT(payload as never).setProtectedHeader(header as never).sign(key)
  }

  async decrypt(jwe: string, kid: string | undefined): Promise<{ payload: string; jwk: Jwk } | undefined> {
    const found = this.#decrypting.get(kid ?? '')
    if (found === undefined) return undefined
    const { plaintext } = await compactDecrypt(jwe, found.privateKey)
    return { payload: new TextDecoder().decode(plaintext), jwk: found.jwk }
  }
}

/**
 * Callbacks for the foreign library.
 *
 * @param options.dids - the keys of DIDs, by DID URL
 * @param options.signWith - the key of one's own DID
 */
export function foreignCallbacks(options: {
  readonly keys: ForeignKeys
  readonly fetch: typeof fetch
  readonly dids?: Readonly<Record<string, Jwk>>
  readonly signWith?: Jwk
}): Omit<CallbackContext, 'clientAuthentication'> {
  const { keys, fetch, dids = {}, signWith } = options
  return {
    fetch,
    hash: async (data, algorithm) => new Uint8Array(await crypto.subtle.digest(algorithm.toUpperCase(), new Uint8Array(data))),
    generateRandom: length => crypto.getRandomValues(new Uint8Array(length)),
    signJwt: async (signer, { header, payload }) => {
      const jwk = signer.method === 'jwk' ? signer.publicJwk : signWith
      if (jwk === undefined) throw new TypeError('expected a key to sign with')
      return { jwt: await keys.sign(jwk, header, payload), signerJwk: jwk }
    },
    verifyJwt: async (signer, { compact }) => {
      const jwk = signer.method === 'jwk' ? signer.publicJwk : signer.method === 'did' ? dids[signer.didUrl] : undefined
      if (jwk === undefined) return { verified: false }
      try {
        await compactVerify(compact, await importJWK(jwk as JWK, signer.alg))
        return { verified: true, signerJwk: jwk }
      } catch {
        return { verified: false }
      }
    },
    encryptJwe: async ({ publicJwk, alg, enc, apu, apv }, data) => ({
      encryptionJwk: publicJwk,
      jwe: await new CompactEncrypt(new TextEncoder().encode(data))
        .setProtectedHeader({ alg, enc, ...(publicJwk.kid === undefined ? {} : { kid: publicJwk.kid }) })
        .setKeyManagementParameters({
          ...(apu === undefined ? {} : { apu: base64url.decode(apu) }),
          ...(apv === undefined ? {} : { apv: base64url.decode(apv) }),
        })
        .encrypt(await importJWK(publicJwk as JWK, alg)),
    }),
    decryptJwe: async (jwe, { jwk } = {}) => {
      const opened = await keys.decrypt(jwe, jwk?.kid)
      return opened === undefined ? { decrypted: false } : { decrypted: true, decryptionJwk: opened.jwk, payload: opened.payload }
    },
  }
}
