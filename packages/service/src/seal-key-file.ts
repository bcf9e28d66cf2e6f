import { createCipheriv, createDecipheriv, randomBytes, type ScryptOptions, scrypt } from 'node:crypto'
import { base64urlToBytes, bytesToBase64url, bytesToUtf8, concatBytes, parseJson, utf8ToBytes } from '@hufu/primitives'
import { ServiceError } from './errors.ts'

/** A file whose content is sealed under a passphrase. */
interface SealedFile {
  readonly sealed: 'hufu-1'
  readonly kdf: 'scrypt'
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
 * Seals the text of a file that holds keys: scrypt (N = 2¹⁷, r = 8, p = 1) of the passphrase, AES-256-GCM.
 *
 * @returns JSON
 * @throws ServiceError `ERR_SERVICE_CONFIG`: the passphrase is shorter than 12 characters
 */
export async function sealKeyFile(text: string, passphrase: string): Promise<string> {
  if (passphrase.length < minPassphraseLength)
    throw new ServiceError('ERR_SERVICE_CONFIG', `passphrase: expected at least ${minPassphraseLength} characters`)
  const salt = new Uint8Array(randomBytes(16))
  const nonce = new Uint8Array(randomBytes(12))
  const head = { sealed: 'hufu-1', kdf: 'scrypt', logN, salt: bytesToBase64url(salt), nonce: bytesToBase64url(nonce) } as const
  const cipher = createCipheriv('aes-256-gcm', await keyOf(passphrase, salt, logN), nonce).setAAD(boundTo(head))
  const ciphertext = concatBytes(cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag())
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
  const key = await keyOf(passphrase, decoded(head.salt), head.logN)
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, decoded(head.nonce), { authTagLength: tagSize }).setAAD(boundTo(head))
    decipher.setAuthTag(bytes.subarray(bytes.length - tagSize))
    return bytesToUtf8(concatBytes(decipher.update(bytes.subarray(0, bytes.length - tagSize)), decipher.final()))
  } catch {
    throw damaged('another passphrase, or a damaged file')
  }
}

function parseSealed(text: string): SealedFile {
  let file: Partial<SealedFile>
  try {
    file = parseJson(text) as Partial<SealedFile>
  } catch {
    throw damaged('expected JSON')
  }
  const { sealed, kdf, logN: cost, salt, nonce, ciphertext } = file ?? {}
  // A cost that somebody else wrote must not take all memory.
  const isKnown = sealed === 'hufu-1' && kdf === 'scrypt' && Number.isInteger(cost) && cost! >= logN && cost! <= maxLogN
  if (!isKnown || [salt, nonce, ciphertext].some(member => typeof member !== 'string')) throw damaged('expected a sealed file of this form')
  return { sealed, kdf, logN: cost!, salt: salt!, nonce: nonce!, ciphertext: ciphertext! }
}

function decoded(member: string): Uint8Array {
  try {
    return base64urlToBytes(member)
  } catch {
    throw damaged('expected base64url')
  }
}

function boundTo({ sealed, kdf, logN, salt, nonce }: Omit<SealedFile, 'ciphertext'>): Uint8Array {
  return utf8ToBytes(JSON.stringify([sealed, kdf, logN, salt, nonce]))
}

function keyOf(passphrase: string, salt: Uint8Array, cost: number): Promise<Buffer> {
  const options: ScryptOptions = { N: 2 ** cost, r: 8, p: 1, maxmem: 2 ** (cost + 10) + 2 ** 20 }
  return new Promise((resolve, reject) => {
    scrypt(passphrase.normalize('NFC'), salt, 32, options, (error, key) => (error === null ? resolve(key) : reject(error)))
  })
}

function damaged(what: string): ServiceError {
  return new ServiceError('ERR_SERVICE_KEY', `sealed key file: ${what}`)
}
