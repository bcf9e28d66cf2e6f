import {
  base64ToBytes,
  bytesToBase64,
  bytesToHex,
  bytesToUtf8,
  errorCode,
  type Json,
  parseJson,
  randomBytes,
  sha256,
  utf8ToBytes,
} from '@hufu/primitives'
import { WalletError } from '../errors.ts'
import type { CopyRecord, CredentialRecord, HistoryRecord, ZkRecord } from '../records.ts'

type Identified<Value> = Value & { readonly id: string }

/** What a backup carries. Prepared proofs and offers under way are not in it: they are made again. */
export interface BackupContent {
  readonly network: string
  readonly madeAtMs: number
  /** base64, 32 bytes: all keys follow from it. */
  readonly seed: string
  readonly credentials: readonly Identified<CredentialRecord>[]
  /** Those set aside. */
  readonly copies: readonly Identified<CopyRecord>[]
  readonly zk: readonly Identified<ZkRecord>[]
  readonly history: readonly Identified<HistoryRecord>[]
}

const format = 'hufu-wallet-backup'
const fileVersion = 1
/** OWASP's figure for PBKDF2-HMAC-SHA-256 (2023), doubled: a backup lies where anybody may try, and is seldom opened. */
const defaultIterations = 1_200_000
const maxIterations = 20_000_000
const minPassphraseLength = 12
const maxFileLength = 67_108_864

/**
 * Encrypts a backup: AES-256-GCM under PBKDF2-HMAC-SHA-256 of the passphrase (NFKC), all that is in the open being bound to it.
 *
 * @throws WalletError `ERR_WALLET_PASSPHRASE_WEAK`: below 12 characters, or of fewer than five different ones
 */
export async function writeBackup(content: BackupContent, passphrase: string, iterations = defaultIterations): Promise<string> {
  if ([...passphrase].length < minPassphraseLength || new Set(passphrase).size < 5)
    throw new WalletError('ERR_WALLET_PASSPHRASE_WEAK', `passphrase: expected ${minPassphraseLength} characters`)
  const salt = randomBytes(16)
  const iv = randomBytes(12)
  const head = { format, version: fileVersion, kdf: 'PBKDF2-HMAC-SHA-256', iterations, salt: bytesToBase64(salt), iv: bytesToBase64(iv) }
  const key = await keyOf(passphrase, salt, iterations)
  const plain = utf8ToBytes(JSON.stringify(content))
  const sealed = new Uint8Array(await crypto.subtle.encrypt({ name: 'AES-GCM', iv, additionalData: bound(head) }, key, plain))
  const file = { ...head, sealed: bytesToBase64(sealed) }
  return JSON.stringify({ ...file, checksum: checksumOf(file) }, undefined, 1)
}

/**
 * Opens a backup.
 *
 * @throws WalletError `ERR_WALLET_BACKUP_FORM`: no backup, or damaged; `ERR_WALLET_BACKUP_VERSION`: of another version; `ERR_WALLET_BACKUP_PASSPHRASE`: the
 *   passphrase is another, or somebody changed the file
 */
export async function readBackup(text: string, passphrase: string): Promise<BackupContent> {
  const { head, sealed } = parseFile(text)
  const salt = base64ToBytes(head.salt)
  const key = await keyOf(passphrase, salt, head.iterations)
  let plain: ArrayBuffer
  try {
    const parameters = { name: 'AES-GCM', iv: base64ToBytes(head.iv), additionalData: bound(head) }
    plain = await crypto.subtle.decrypt(parameters, key, sealed)
  } catch (cause) {
    throw new WalletError('ERR_WALLET_BACKUP_PASSPHRASE', 'backup: does not open', { cause })
  }
  return parseJson(bytesToUtf8(new Uint8Array(plain)), { maxLength: maxFileLength }) as unknown as BackupContent
}

interface Head {
  readonly format: string
  readonly version: number
  readonly kdf: string
  readonly iterations: number
  readonly salt: string
  readonly iv: string
}

function parseFile(text: string): { head: Head; sealed: Uint8Array<ArrayBuffer> } {
  let json: Json
  try {
    json = parseJson(text.trim(), { maxLength: maxFileLength, maxDepth: 4 })
  } catch (cause) {
    throw damaged(cause)
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw damaged()
  const { checksum, ...file } = json as Readonly<Record<string, Json>>
  if (file.format !== format) throw damaged()
  if (file.version !== fileVersion) throw new WalletError('ERR_WALLET_BACKUP_VERSION', `backup: expected version ${fileVersion}`)
  const { sealed, ...head } = file
  const { kdf, iterations, salt, iv } = head
  const isWhole =
    Object.keys(head).length === 6 &&
    kdf === 'PBKDF2-HMAC-SHA-256' &&
    typeof iterations === 'number' &&
    Number.isInteger(iterations) &&
    iterations >= 1 &&
    iterations <= maxIterations &&
    typeof salt === 'string' &&
    typeof iv === 'string' &&
    typeof sealed === 'string' &&
    checksum === checksumOf(file)
  if (!isWhole) throw damaged()
  try {
    if (base64ToBytes(salt).length < 16 || base64ToBytes(iv).length !== 12) throw damaged()
    return { head: head as unknown as Head, sealed: base64ToBytes(sealed) }
  } catch (cause) {
    if (errorCode(cause) === undefined) throw cause
    throw damaged(cause)
  }
}

async function keyOf(passphrase: string, salt: Uint8Array<ArrayBuffer>, iterations: number): Promise<CryptoKey> {
  const base = await crypto.subtle.importKey('raw', utf8ToBytes(passphrase.normalize('NFKC')), 'PBKDF2', false, ['deriveKey'])
  const derivation = { name: 'PBKDF2', hash: 'SHA-256', salt, iterations }
  return crypto.subtle.deriveKey(derivation, base, { name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt'])
}

/** What stands in the open cannot be changed either. */
function bound({ format: name, version, kdf, iterations, salt, iv }: Head): Uint8Array<ArrayBuffer> {
  return utf8ToBytes(JSON.stringify([name, version, kdf, iterations, salt, iv]))
}

/** Tells a file that was damaged from a wrong passphrase; it protects from nobody. */
function checksumOf(file: Readonly<Record<string, unknown>>): string {
  return bytesToHex(sha256(utf8ToBytes(JSON.stringify(Object.entries(file).toSorted(([left], [right]) => (left < right ? -1 : 1))))))
}

function damaged(cause?: unknown): WalletError {
  return new WalletError('ERR_WALLET_BACKUP_FORM', 'backup: expected a whole file of a wallet', { cause })
}
