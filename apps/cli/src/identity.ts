import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { generateSecret, importSigner, type KeyAlgorithm, type Signer } from '@hufu/keys'
import { type Account, addressOfScriptHash, singleAccount } from '@hufu/ledger'
import { base64urlToBytes, bytesToBase64url } from '@hufu/primitives'
import { CliError } from './errors.ts'

/** An institution as this machine holds it: its DID and the keys that act for it. */
export interface Identity {
  readonly name: string
  readonly did: string
  /** Controls the DID on the ledger. */
  readonly account: Account
  /** Keys listed in the DID document, by their DID URL. */
  readonly keys: readonly IdentityKey[]
}

export interface IdentityKey {
  /** DID URL, such as `did:neo:pilot:N…#key-1`. */
  readonly id: string
  readonly signer: Signer
}

interface IdentityFile {
  readonly version: 1
  readonly did: string
  /** base64url of the P-256 secret. */
  readonly controller: string
  readonly keys: readonly { readonly id: string; readonly algorithm: KeyAlgorithm; readonly secret: string }[]
}

const namePattern = /^[a-z0-9]+(-[a-z0-9]+)*$/

/** Makes an identity with new keys — one P-256, one Ed25519 — and writes its file, which only its owner can read. @throws CliError `ERR_CLI_IDENTITY` */
export async function createIdentity(folder: string, name: string, networkName: string): Promise<Identity> {
  const file = identityFile(folder, name)
  if (existsSync(file)) throw new CliError('ERR_CLI_IDENTITY', `there is an identity called ${name} already`)
  const controller = generateSecret('P-256')
  const account = singleAccount(await importSigner('P-256', controller))
  const did = `did:neo:${networkName}:${addressOfScriptHash(account.scriptHash)}`
  const keys = (['P-256', 'Ed25519'] as const).map((algorithm, index) => ({
    id: `${did}#key-${index + 1}`,
    algorithm,
    secret: bytesToBase64url(generateSecret(algorithm)),
  }))
  const content: IdentityFile = { version: 1, did, controller: bytesToBase64url(controller), keys }
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  writeFileSync(`${file}.new`, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600, flush: true })
  renameSync(`${file}.new`, file)
  return loadIdentity(folder, name)
}

/** Loads an identity by name. @throws CliError `ERR_CLI_IDENTITY`: there is none, or its file is damaged */
export async function loadIdentity(folder: string, name: string): Promise<Identity> {
  const file = identityFile(folder, name)
  if (!existsSync(file)) throw new CliError('ERR_CLI_IDENTITY', `there is no identity called ${name}`)
  try {
    const content = JSON.parse(readFileSync(file, 'utf8')) as IdentityFile
    if (content.version !== 1) throw new TypeError('unknown version')
    const account = singleAccount(await importSigner('P-256', base64urlToBytes(content.controller)))
    const keys = await Promise.all(
      content.keys.map(async key => ({ id: key.id, signer: await importSigner(key.algorithm, base64urlToBytes(key.secret)) })),
    )
    return { name, did: content.did, account, keys }
  } catch (cause) {
    // The cause may quote the file, which holds secrets: it is not passed on.
    throw new CliError('ERR_CLI_IDENTITY', `the key file of ${name} is damaged (${cause instanceof Error ? cause.name : 'unknown'})`)
  }
}

/** Loads the identity if it is there, else makes it. */
export async function ensureIdentity(folder: string, name: string, networkName: string): Promise<Identity> {
  return existsSync(identityFile(folder, name)) ? loadIdentity(folder, name) : createIdentity(folder, name, networkName)
}

/** Names of the identities in the folder. */
export function listIdentities(folder: string): readonly string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .filter(file => file.endsWith('.json'))
    .map(file => file.slice(0, -'.json'.length))
    .sort()
}

/** The identity's key of an algorithm. @throws CliError `ERR_CLI_IDENTITY`: it has none */
export function keyOf(identity: Identity, algorithm: KeyAlgorithm): IdentityKey {
  const key = identity.keys.find(candidate => candidate.signer.publicKey.algorithm === algorithm)
  if (key === undefined) throw new CliError('ERR_CLI_IDENTITY', `identity ${identity.name} has no ${algorithm} key`)
  return key
}

function identityFile(folder: string, name: string): string {
  if (!namePattern.test(name)) throw new CliError('ERR_CLI_IDENTITY', 'a name is of lower-case letters and digits in groups joined by -')
  return join(folder, `${name}.json`)
}
