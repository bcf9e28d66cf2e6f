// Shared by tests: a key that makes DPoP proofs, right ones and wrong ones.
import { createHash, randomUUID } from 'node:crypto'
import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose'

export interface ProofChanges {
  readonly accessToken?: string
  readonly claims?: object
  readonly header?: object
  readonly withPrivateKey?: boolean
}

export class DpopKey {
  readonly #key: CryptoKey
  readonly #jwk: JWK
  readonly #private: JWK

  private constructor(key: CryptoKey, jwk: JWK, privateJwk: JWK) {
    this.#key = key
    this.#jwk = jwk
    this.#private = privateJwk
  }

  static async make(): Promise<DpopKey> {
    const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true })
    return new DpopKey(privateKey, await exportJWK(publicKey), await exportJWK(privateKey))
  }

  async prove(method: string, url: string, changes: ProofChanges = {}): Promise<string> {
    const { accessToken, claims = {}, header = {}, withPrivateKey = false } = changes
    const ath = accessToken === undefined ? {} : { ath: createHash('sha256').update(accessToken).digest('base64url') }
    return new SignJWT({ jti: randomUUID(), iat: Math.floor(Date.now() / 1000), htm: method, htu: url, ...ath, ...claims })
      .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk: withPrivateKey ? this.#private : this.#jwk, ...header })
      .sign(this.#key)
  }
}
