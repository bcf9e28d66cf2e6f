import { existsSync } from 'node:fs'
import { hostname } from 'node:os'
import { writeFileWhole } from '@hufu/files'
import { bytesToHex, msToDateTime, sha256, utf8ToBytes } from '@hufu/primitives'
import type { ScryptParameters } from '../encrypt-key.ts'
import { ValidatorError } from './errors.ts'
import { makeValidatorFolder, writeWallet } from './validator-folder.ts'
import { newWallet, walletText } from './validator-wallet.ts'

/** Who made which key, when and before whom: `key-ceremony.json`, to be printed and signed by hand. Nothing in it is secret. */
export interface KeyCeremonyRecord {
  readonly format: 'hufu-key-ceremony'
  readonly version: 1
  /** Of the validator. */
  readonly name: string
  readonly publicKey: string
  readonly address: string
  /** Of the wallet file, hexadecimal: what a backup must have. */
  readonly walletSha256: string
  readonly scrypt: ScryptParameters
  readonly madeAt: string
  readonly host: string
  readonly operator: string
  readonly witnesses: readonly string[]
}

/**
 * Makes a validator's key in a new folder, and the record of the ceremony.
 *
 * @throws ValidatorError `ERR_VALIDATOR_FOLDER`: there is a wallet already; `ERR_VALIDATOR_PASSWORD`: too short
 */
export async function holdKeyCeremony(
  path: string,
  {
    name,
    operator,
    witnesses,
    password,
    nowMs,
  }: {
    readonly name: string
    readonly operator: string
    readonly witnesses: readonly string[]
    readonly password: string
    readonly nowMs: number
  },
): Promise<KeyCeremonyRecord> {
  const files = makeValidatorFolder(path)
  if (existsSync(files.walletFile))
    throw new ValidatorError('ERR_VALIDATOR_FOLDER', 'the folder holds a key already: a key is never overwritten')
  const wallet = await newWallet(name, password)
  const { publicKey, address } = wallet.keys[0]!
  await writeWallet(files, wallet)
  const record: KeyCeremonyRecord = {
    format: 'hufu-key-ceremony',
    version: 1,
    name,
    publicKey,
    address,
    walletSha256: bytesToHex(sha256(utf8ToBytes(walletText(wallet)))),
    scrypt: wallet.scrypt,
    madeAt: msToDateTime(nowMs),
    host: hostname(),
    operator,
    witnesses,
  }
  await writeFileWhole(files.ceremonyFile, `${JSON.stringify(record, null, 2)}\n`)
  return record
}
