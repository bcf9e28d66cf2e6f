import { createCipheriv, createDecipheriv, randomBytes, type ScryptOptions, scrypt } from 'node:crypto'
import { openSm4Gcm, sealSm4Gcm } from '@hufu/keys/sm4'
import { base64urlToBytes, bytesToBase64url, bytesToUtf8, concatBytes, parseJson, utf8ToBytes } from '@hufu/primitives'
import { ServiceError } from './errors.ts'

/** A file whose content is sealed under a passphrase. */
interface SealedFile {
  readonly sealed: 'hufu-1'
  readonly kdf: 'scrypt'
  /** Left out: AES-256-GCM. */
  readonly cipher?: 'sm4-gcm'
  /** Logarithm of scrypt's cost N. */
  readonly logN: number
  readonly salt: string
  readonly nonce: string
  /** With its tag at the end. */
  readonly ciphertext: string
}

/** 128 MiB and some half a second: for each guess at the passphrase too. */
const logN = 17
const maxLogN = 20
const tagSize = 16
const minPassphraseLength = 12

/**
 * Seals the text of a file that holds keys: scrypt (N = 2¹⁷, r = 8, p = 1) of the passphrase, then AES-256-GCM, or SM4-GCM where an installation asks for it.
 *
 * @returns JSON
 * @throws ServiceError `ERR_SERVICE_CONFIG`: the passphrase is shorter than 12 characters
 */
export async function sealKeyFile(
  text: string,
  passphrase: string,
  { cipher = 'aes-256-gcm' }: { readonly cipher?: 'aes-256-gcm' | 'sm4-gcm' } = {},
): Promise<string> {
  if (passphrase.length < minPassphraseLength)
    throw new ServiceError('ERR_SERVICE_CONFIG', `passphrase: expected at least ${minPassphraseLength} characters`)
  const salt = new Uint8Array(randomBytes(16))
  const nonce = new Uint8Array(randomBytes(12))
  const named = cipher === 'sm4-gcm' ? ({ cipher } as const) : {}
  const head = { sealed: 'hufu-1', kdf: 'scrypt', ...named, logN, salt: bytesToBase64url(salt), nonce: bytesToBase64url(nonce) } as const
  const ciphertext = encrypt(utf8ToBytes(text), await keyOf(passphrase, salt, logN), head)
  return `${JSON.stringify({ ...head, ciphertext: bytesToBase64url(ciphertext) } satisfies SealedFile, null, 2)}\n`
}

/** Whether a file's text is a sealed one. */
export function isSealedKeyFile(text: string): boolean {
  try {
    return (JSON.parse(text) as { sealed?: unknown } | null)?.sealed !== undefined
  } catch {
    return false
  }
}

/**
 * Opens what {@link sealKeyFile} sealed.
 *
 * @throws ServiceError `ERR_SERVICE_KEY`: another passphrase, damaged, or of another form
 */
export async function openKeyFile(text: string, passphrase: string): Promise<string> {
  const { ciphertext, ...head } = parseSealed(text)
  const bytes = decoded(ciphertext)
  const keys = await keyOf(passphrase, decoded(head.salt), head.logN)
  try {
    return bytesToUtf8(decrypt(bytes, keys, head))
  } catch {
    throw damaged('another passphrase, or a damaged file')
  }
}

type Head = Omit<SealedFile, 'ciphertext'>

function encrypt(plaintext: Uint8Array, keys: CipherKeys, head: Head): Uint8Array {
  const nonce = decoded(head.nonce)
  if (head.cipher === 'sm4-gcm') return sealSm4Gcm(plaintext, { key: keys.sm4, nonce, associatedData: boundTo(head) })
  const cipher = createCipheriv('aes-256-gcm', keys.aes, nonce).setAAD(boundTo(head))
  return concatBytes(cipher.update(plaintext), cipher.final(), cipher.getAuthTag())
}

function decrypt(sealed: Uint8Array, keys: CipherKeys, head: Head): Uint8Array {
  const nonce = decoded(head.nonce)
  if (head.cipher === 'sm4-gcm') return openSm4Gcm(sealed, { key: keys.sm4, nonce, associatedData: boundTo(head) })
  const decipher = createDecipheriv('aes-256-gcm', keys.aes, nonce, { authTagLength: tagSize }).setAAD(boundTo(head))
  decipher.setAuthTag(sealed.subarray(sealed.length - tagSize))
  return concatBytes(decipher.update(sealed.subarray(0, sealed.length - tagSize)), decipher.final())
}

function parseSealed(text: string): SealedFile {
  let file: Partial<SealedFile>
  try {
    file = parseJson(text) as Partial<SealedFile>
  } catch {
    throw damaged('expected JSON')
  }
  const { sealed, kdf, cipher, logN: cost, salt, nonce, ciphertext } = file ?? {}
  // A cost that somebody else wrote must not take all memory.
  const isKnown = sealed === 'hufu-1' && kdf === 'scrypt' && Number.isInteger(cost) && cost! >= logN && cost! <= maxLogN
  const isCipherKnown = cipher === undefined || cipher === 'sm4-gcm'
  if (!isKnown || !isCipherKnown || [salt, nonce, ciphertext].some(member => typeof member !== 'string'))
    throw damaged('expected a sealed file of this form')
  return { sealed, kdf, ...(cipher === undefined ? {} : { cipher }), logN: cost!, salt: salt!, nonce: nonce!, ciphertext: ciphertext! }
}

function decoded(member: string): Uint8Array {
  try {
    return base64urlToBytes(member)
  } catch {
    throw damaged('expected base64url')
  }
}

function boundTo({ sealed, kdf, cipher, logN, salt, nonce }: Head): Uint8Array {
  return utf8ToBytes(JSON.stringify([sealed, kdf, logN, salt, nonce, ...(cipher === undefined ? [] : [cipher])]))
}

/** A key for each cipher, so that no bytes are ever used with both. */
interface CipherKeys {
  readonly aes: Uint8Array
  readonly sm4: Uint8Array
}

function keyOf(passphrase: string, salt: Uint8Array, cost: number): Promise<CipherKeys> {
  const options: ScryptOptions = { N: 2 ** cost, r: 8, p: 1, maxmem: 2 ** (cost + 10) + 2 ** 20 }
  return new Promise((resolve, reject) => {
    scrypt(passphrase.normalize('NFC'), salt, 48, options, (error, key) =>
      error === null ? resolve({ aes: key.subarray(0, 32), sm4: key.subarray(32) }) : reject(error),
    )
  })
}

function damaged(what: string): ServiceError {
  return new ServiceError('ERR_SERVICE_KEY', `sealed key file: ${what}`)
}
