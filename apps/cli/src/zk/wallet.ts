import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { writeFileWhole } from '@hufu/files'
import { base64urlToBytes, bytesToBase64url, randomBytes } from '@hufu/primitives'
import {
  holderCommitment,
  parseZkCredential,
  randomScalar,
  type Scalar,
  scalarFromBytes,
  scalarToBytes,
  writeZkCredential,
  type ZkCredential,
} from '@hufu/proofs'
import { CliError } from '../errors.ts'

/** A resident's wallet in a folder that its owner alone can read. Development: a real wallet keeps its secret under a passkey. */
export interface Wallet {
  readonly name: string
  /** The wallet's for good; never leaves it. */
  readonly secret: Scalar
  readonly preparedFolder: string
}

interface WalletFile {
  readonly version: 1
  readonly secret: string
}

const namePattern = /^[a-z0-9]+(-[a-z0-9]+)*$/

/** Opens a wallet; makes it if it is not there. @throws CliError `ERR_CLI_WALLET` */
export async function openWallet(walletsFolder: string, name: string): Promise<Wallet> {
  const folder = walletFolder(walletsFolder, name)
  const file = join(folder, 'wallet.json')
  if (!existsSync(file)) {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const content: WalletFile = { version: 1, secret: encode(randomScalar(randomBytes)) }
    await writeFileWhole(file, `${JSON.stringify(content)}\n`)
  }
  try {
    const content = JSON.parse(readFileSync(file, 'utf8')) as WalletFile
    if (content.version !== 1) throw new TypeError('unknown version')
    return { name, secret: scalarFromBytes(base64urlToBytes(content.secret)), preparedFolder: join(folder, 'prepared') }
  } catch {
    // The cause may quote the file, which holds the secret: it is not passed on.
    throw new CliError('ERR_CLI_WALLET', `the file of the wallet ${name} is damaged`)
  }
}

/**
 * What a wallet gives an issuer for a new credential: a commitment to its secret that no two issuers can compare. What hides the secret stays in the wallet.
 */
export async function newHolderCommitment(walletsFolder: string, wallet: Wallet): Promise<string> {
  const blinding = randomScalar(randomBytes)
  const commitment = encode(holderCommitment(wallet.secret, blinding))
  const folder = join(walletFolder(walletsFolder, wallet.name), 'requests')
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  await writeFileWhole(join(folder, commitment), encode(blinding))
  return commitment
}

/** What hides the secret in a commitment of this wallet. @throws CliError `ERR_CLI_WALLET`: the commitment is not of this wallet */
export function blindingOf(walletsFolder: string, wallet: Wallet, commitment: string): Scalar {
  const file = join(walletFolder(walletsFolder, wallet.name), 'requests', commitment)
  if (!/^[A-Za-z0-9_-]{43}$/.test(commitment) || !existsSync(file))
    throw new CliError('ERR_CLI_WALLET', `the credential was issued to another wallet than ${wallet.name}`)
  return scalarFromBytes(base64urlToBytes(readFileSync(file, 'utf8')))
}

/** Keeps a credential. */
export async function addCredential(walletsFolder: string, wallet: Wallet, credential: ZkCredential): Promise<void> {
  const folder = join(walletFolder(walletsFolder, wallet.name), 'credentials')
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const { credentialType, issuer, leafIndex } = credential
  const name = `${credentialType}-${issuer}-${leafIndex}`.replaceAll(/[^A-Za-z0-9-]/g, '_')
  await writeFileWhole(join(folder, `${name}.json`), writeZkCredential(credential))
}

/** The wallet's credentials of a type, the newest last. */
export function credentialsOf(walletsFolder: string, wallet: Wallet, credentialType: string): readonly ZkCredential[] {
  const folder = join(walletFolder(walletsFolder, wallet.name), 'credentials')
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .filter(file => file.endsWith('.json'))
    .map(file => parseZkCredential(readFileSync(join(folder, file), 'utf8')))
    .filter(credential => credential.credentialType === credentialType)
    .toSorted((left, right) => left.leafIndex - right.leafIndex)
}

function walletFolder(walletsFolder: string, name: string): string {
  if (!namePattern.test(name)) throw new CliError('ERR_CLI_WALLET', 'a name is of lower-case letters and digits in groups joined by -')
  return join(walletsFolder, name)
}

function encode(scalar: Scalar): string {
  return bytesToBase64url(scalarToBytes(scalar))
}
