import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto'
import { bytesToUtf8, concatBytes, equalBytes, type Json, utf8ToBytes } from '@hufu/primitives'
import { ServiceError } from './errors.ts'
import type { Vault } from './vault.ts'

/** Keys of one master secret, each for one thing. */
interface VaultKey {
  readonly secret: Uint8Array
  /** Names the secret in what it sealed, and tells nothing of it. */
  readonly id: Uint8Array
}

/** A sealed value: version, key's name, salt, ciphertext, tag. */
const version = 1
const idSize = 8
const saltSize = 24
const tagSize = 16
const headSize = 1 + idSize + saltSize
const minSecretSize = 32

/**
 * Seals under a master secret: AES-256-GCM, each value under a key and nonce of its own, derived from the secret and a random salt (HKDF-SHA-256). Version,
 * name of the key and context are authenticated with it.
 *
 * To change the secret, put the new one before the older ones: new values are sealed under the first, older ones still open. Digests come from the **last** one
 * always, for what they were stored as must be found again: keep it as long as the database.
 *
 * @param secrets - at least 32 random bytes each
 * @throws ServiceError `ERR_SERVICE_CONFIG`: a secret is too short
 */
export function openVault(secrets: Uint8Array | readonly [Uint8Array, ...Uint8Array[]]): Vault {
  const keys = (secrets instanceof Uint8Array ? [secrets] : secrets).map(keyOf)
  const current = keys[0]!
  const digestKey = derive(keys.at(-1)!.secret, 'digest', new Uint8Array(), 32)
  return {
    async seal(value, context) {
      const head = concatBytes(Uint8Array.of(version), current.id, randomBytes(saltSize))
      const { key, nonce } = sealingKeyOf(current, head)
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(boundTo(head, context))
      return new Uint8Array(concatBytes(head, cipher.update(JSON.stringify(value), 'utf8'), cipher.final(), cipher.getAuthTag()))
    },
    async open(sealed, context) {
      const head = sealed.subarray(0, headSize)
      const key = keys.find(({ id }) => equalBytes(id, head.subarray(1, 1 + idSize)))
      if (sealed.length < headSize + tagSize || head[0] !== version) throw notOurs()
      if (key === undefined) throw new ServiceError('ERR_SERVICE_SEAL', 'sealed value: of a key that this server does not have')
      return openWith(key, sealed, context)
    },
    digest: (...parts) => createHmac('sha256', digestKey).update(JSON.stringify(parts)).digest('base64url'),
  }
}

function openWith(vaultKey: VaultKey, sealed: Uint8Array, context: string): Json {
  const head = sealed.subarray(0, headSize)
  const { key, nonce } = sealingKeyOf(vaultKey, head)
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: tagSize }).setAAD(boundTo(head, context))
  decipher.setAuthTag(sealed.subarray(sealed.length - tagSize))
  let text: Uint8Array
  try {
    text = concatBytes(decipher.update(sealed.subarray(headSize, sealed.length - tagSize)), decipher.final())
  } catch {
    throw notOurs()
  }
  return JSON.parse(bytesToUtf8(text)) as Json
}

function keyOf(secret: Uint8Array): VaultKey {
  if (secret.length < minSecretSize)
    throw new ServiceError('ERR_SERVICE_CONFIG', `vault: expected a secret of at least ${minSecretSize} bytes`)
  return { secret, id: derive(secret, 'key id', new Uint8Array(), idSize) }
}

function sealingKeyOf({ secret }: VaultKey, head: Uint8Array): { key: Uint8Array; nonce: Uint8Array } {
  const bytes = derive(secret, 'seal', head.subarray(1 + idSize), 44)
  return { key: bytes.subarray(0, 32), nonce: bytes.subarray(32) }
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
