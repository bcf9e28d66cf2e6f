import { importSigner, type Signer } from '@hufu/keys'
import { bytesToHex, hexToBytes, randomBytes, utf8ToBytes } from '@hufu/primitives'
import { randomScalar, type Scalar } from '@hufu/proofs'

/** Size of the seed that all keys follow from, in bytes. */
export const seedSize = 32

const p256Order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n

/** A new seed. Wipe it after use. */
export function generateSeed(): Uint8Array<ArrayBuffer> {
  return randomBytes(seedSize)
}

/**
 * The keys of an open wallet. All follow from the seed by HKDF-SHA-256, each with an `info` of its own, so that the seed alone brings them back. The seed itself
 * is held by WebCrypto as non-extractable.
 */
export class SeedKeys {
  readonly #seed: CryptoKey
  /** AES-256-GCM, non-extractable: seals the records. */
  readonly dataKey: CryptoKey

  private constructor(seed: CryptoKey, dataKey: CryptoKey) {
    this.#seed = seed
    this.dataKey = dataKey
  }

  /** @param seed - 32 bytes; the caller wipes them */
  static async of(seed: Uint8Array<ArrayBuffer>): Promise<SeedKeys> {
    if (seed.length !== seedSize) throw new TypeError(`seed: expected ${seedSize} bytes`)
    const base = await crypto.subtle.importKey('raw', seed, 'HKDF', false, ['deriveBits', 'deriveKey'])
    const algorithm = { name: 'AES-GCM', length: 256 }
    return new SeedKeys(base, await crypto.subtle.deriveKey(derivation('data'), base, algorithm, false, ['encrypt', 'decrypt']))
  }

  /** The P-256 key of a name: of one copy of a credential, or of one session with an issuer. */
  async signer(name: string): Promise<Signer> {
    // 384 bits, so that the remainder favours no key.
    const wide = await this.#derive(`holder key\n${name}`, 48)
    const secret = hexToBytes(((BigInt(`0x${bytesToHex(wide)}`) % (p256Order - 1n)) + 1n).toString(16).padStart(64, '0'))
    try {
      return await importSigner('P-256', secret)
    } finally {
      wide.fill(0)
      secret.fill(0)
    }
  }

  /** The wallet's secret in zero-knowledge proofs: one for good, whence the same pseudonym at the same verifier (docs/zk.md). */
  async proofSecret(): Promise<Scalar> {
    // Nine draws in ten are good: 64 are always enough.
    const stream = await this.#derive('proof secret', 64 * 32)
    let draws = 0
    const scalar = randomScalar(length => stream.subarray(length * draws++, length * draws))
    stream.fill(0)
    return scalar
  }

  async #derive(purpose: string, length: number): Promise<Uint8Array<ArrayBuffer>> {
    return new Uint8Array(await crypto.subtle.deriveBits(derivation(purpose), this.#seed, length * 8))
  }
}

function derivation(purpose: string): HkdfParams {
  return { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info: utf8ToBytes(`hufu wallet 1: ${purpose}`) }
}
