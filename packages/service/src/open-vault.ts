import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto'
import { openSm4Gcm, sealSm4Gcm } from '@hufu/keys/sm4'
import { bytesToUtf8, concatBytes, equalBytes, type Json, utf8ToBytes } from '@hufu/primitives'
import { ServiceError } from './errors.ts'
import type { Vault } from './vault.ts'

/** What seals: AES with keys of 256 bits, or SM4 (GM/T 0002-2012), whose keys have 128. Both in Galois/Counter Mode. */
export type VaultCipher = 'aes-256-gcm' | 'sm4-gcm'

/** A master secret, of one cipher alone. */
export interface VaultSecret {
  /** At least 32 random bytes. */
  readonly secret: Uint8Array
  readonly cipher: VaultCipher
}

/** Keys of one master secret, each for one thing. */
interface VaultKey extends VaultSecret {
  /** Names the secret in what it sealed, and tells nothing of it. */
  readonly id: Uint8Array
}

/** A sealed value: version, which tells the cipher, key's name, salt, ciphertext, tag. */
const versionOf: Readonly<Record<VaultCipher, number>> = { 'aes-256-gcm': 1, 'sm4-gcm': 2 }
const idSize = 8
const saltSize = 24
const nonceSize = 12
const tagSize = 16
const headSize = 1 + idSize + saltSize
const minSecretSize = 32

/**
 * Seals under a master secret, each value under a key and nonce of its own, derived from the secret and a random salt (HKDF-SHA-256). Version,
 * name of the key and context are authenticated with it. A secret seals and opens with its own cipher only, whatever a value says.
 *
 * To change the secret, put the new one before the older ones: new values are sealed under the first, older ones still open. Digests come from the **last** one
 * always, for what they were stored as must be found again: keep it as long as the database.
 *
 * @param secrets - at least 32 random bytes each; bytes alone are for AES-256-GCM
 * @throws ServiceError `ERR_SERVICE_CONFIG`: a secret is too short
 */
export function openVault(secrets: Uint8Array | readonly [Uint8Array | VaultSecret, ...(Uint8Array | VaultSecret)[]]): Vault {
  const keys = (secrets instanceof Uint8Array ? [secrets] : secrets).map(secret =>
    keyOf(secret instanceof Uint8Array ? { secret, cipher: 'aes-256-gcm' } : secret),
  )
  const current = keys[0]!
  const digestKey = derive(keys.at(-1)!.secret, 'digest', new Uint8Array(), 32)
  return {
    async seal(value, context) {
      const head = concatBytes(Uint8Array.of(versionOf[current.cipher]), current.id, randomBytes(saltSize))
      return sealWith(current, head, utf8ToBytes(JSON.stringify(value)), context)
    },
    async open(sealed, context) {
      const head = sealed.subarray(0, headSize)
      const key = keys.find(({ id }) => equalBytes(id, head.subarray(1, 1 + idSize)))
      const isVersionKnown = Object.values(versionOf).includes(head[0]!)
      if (sealed.length < headSize + tagSize || !isVersionKnown) throw notOurs()
      if (key === undefined) throw new ServiceError('ERR_SERVICE_SEAL', 'sealed value: of a key that this server does not have')
      if (head[0] !== versionOf[key.cipher]) throw notOurs()
      return openWith(key, sealed, context)
    },
    digest: (...parts) => createHmac('sha256', digestKey).update(JSON.stringify(parts)).digest('base64url'),
  }
}

function sealWith(vaultKey: VaultKey, head: Uint8Array, plaintext: Uint8Array, context: string): Uint8Array<ArrayBuffer> {
  const { key, nonce } = sealingKeyOf(vaultKey, head)
  const associatedData = boundTo(head, context)
  if (vaultKey.cipher === 'sm4-gcm') return concatBytes(head, sealSm4Gcm(plaintext, { key, nonce, associatedData }))
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(associatedData)
  return concatBytes(head, cipher.update(plaintext), cipher.final(), cipher.getAuthTag())
}

function openWith(vaultKey: VaultKey, sealed: Uint8Array, context: string): Json {
  let text: Uint8Array
  try {
    text = decrypt(vaultKey, sealed, context)
  } catch {
    throw notOurs()
  }
  return JSON.parse(bytesToUtf8(text)) as Json
}

function decrypt(vaultKey: VaultKey, sealed: Uint8Array, context: string): Uint8Array {
  const head = sealed.subarray(0, headSize)
  const { key, nonce } = sealingKeyOf(vaultKey, head)
  const associatedData = boundTo(head, context)
  if (vaultKey.cipher === 'sm4-gcm') return openSm4Gcm(sealed.subarray(headSize), { key, nonce, associatedData })
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: tagSize }).setAAD(associatedData)
  decipher.setAuthTag(sealed.subarray(sealed.length - tagSize))
  return concatBytes(decipher.update(sealed.subarray(headSize, sealed.length - tagSize)), decipher.final())
}

function keyOf({ secret, cipher }: VaultSecret): VaultKey {
  if (secret.length < minSecretSize)
    throw new ServiceError('ERR_SERVICE_CONFIG', `vault: expected a secret of at least ${minSecretSize} bytes`)
  return { secret, cipher, id: derive(secret, `${purposePrefix[cipher]}key id`, new Uint8Array(), idSize) }
}

/** Nothing that one cipher works with is derived for the other. */
const purposePrefix: Readonly<Record<VaultCipher, string>> = { 'aes-256-gcm': '', 'sm4-gcm': 'sm4-gcm ' }

const keySizeOf: Readonly<Record<VaultCipher, number>> = { 'aes-256-gcm': 32, 'sm4-gcm': 16 }

function sealingKeyOf({ secret, cipher }: VaultKey, head: Uint8Array): { key: Uint8Array; nonce: Uint8Array } {
  const keySize = keySizeOf[cipher]
  const bytes = derive(secret, `${purposePrefix[cipher]}seal`, head.subarray(1 + idSize), keySize + nonceSize)
  return { key: bytes.subarray(0, keySize), nonce: bytes.subarray(keySize) }
}

function derive(secret: Uint8Array, purpose: string, salt: Uint8Array, size: number): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', secret, salt, `hufu vault 1 ${purpose}`, size))
}

function boundTo(head: Uint8Array, context: string): Uint8Array {
  return concatBytes(head, utf8ToBytes(context))
}

function notOurs(): ServiceError {
  return new ServiceError('ERR_SERVICE_SEAL', 'sealed value: damaged, or of another context')
}
