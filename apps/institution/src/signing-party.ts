import { basename } from 'node:path'
import { didOfKid, type SigningKey } from '@hufu/credentials'
import { importSigner, type KeyAlgorithm, type Signer } from '@hufu/keys'
import { type Account, singleAccount } from '@hufu/ledger'
import { base64urlToBytes, parseJson } from '@hufu/primitives'
import { isSealedKeyFile, openKeyFile, readConfiguredFile, ServiceError } from '@hufu/service'
import { type KeySources, plainKeySources } from './open-key-sources.ts'

/** Somebody in whose name this server signs. */
export interface SigningParty {
  /** Short, and part of the URLs of its status lists. */
  readonly name: string
  readonly did: string
  /** Listed by the DID for issuing; the first one signs. */
  readonly keys: readonly [SigningKey, ...SigningKey[]]
  /** Controls the DID on the ledger; undefined for a DID that is on none. */
  readonly account: Account | undefined
}

const namePattern = /^[a-z0-9]+(-[a-z0-9]+)*$/

/**
 * Reads an identity file as the command line writes it; its name is that of the file. It may be sealed under a passphrase (`main.ts --seal-identity`), and in place
 * of a secret name a key in a token: `"pkcs11": { "label": "…" }`.
 *
 * @throws ServiceError `ERR_SERVICE_CONFIG`: it cannot be read, is not of that form, or needs what is not configured
 * @throws ServiceError `ERR_SERVICE_KEY`: it does not open with the passphrase, or the token does not give the key
 */
export async function readSigningParty(file: string, sources: KeySources = plainKeySources): Promise<SigningParty> {
  const name = basename(file, '.json')
  if (!namePattern.test(name)) throw wrong(file, 'a file name of lower-case letters and digits in groups joined by -')
  const stored = await readConfiguredFile('ISSUER_FILES', file)
  const content = isSealedKeyFile(stored) ? await openKeyFile(stored, await sources.passphrase()) : stored
  try {
    const { did, keys, controller } = parseJson(content) as unknown as IdentityFile
    const [first, ...others] = await Promise.all(
      keys.map(async key => ({ id: key.id, signer: await signerOf(key, key.algorithm, sources) })),
    )
    if (first === undefined || [first, ...others].some(key => didOfKid(key.id) !== did)) throw new TypeError('keys of another DID')
    return { name, did, keys: [first, ...others], account: controller === undefined ? undefined : await accountOf(controller, sources) }
  } catch (error) {
    if (error instanceof ServiceError) throw error
    // The cause may quote the file, which holds secrets: it is not passed on.
    throw wrong(file, 'an identity with keys')
  }
}

/** Where a key is: base64url of its secret, or its label in a token. */
interface StoredKey {
  readonly secret?: string
  readonly pkcs11?: { readonly label: string }
}

/** The members of an identity file that are read here. */
interface IdentityFile {
  readonly did: string
  /** The P-256 key that controls the DID. */
  readonly controller?: string | StoredKey
  readonly keys: readonly (StoredKey & { readonly id: string; readonly algorithm: KeyAlgorithm })[]
}

async function signerOf({ secret, pkcs11 }: StoredKey, algorithm: KeyAlgorithm, sources: KeySources): Promise<Signer> {
  if (pkcs11 === undefined) return importSigner(algorithm, base64urlToBytes(secret!))
  if (secret !== undefined || algorithm !== 'P-256') throw new TypeError('a key of P-256 in a token has no secret here')
  return (await sources.token()).signer(pkcs11.label)
}

async function accountOf(controller: string | StoredKey, sources: KeySources): Promise<Account> {
  return singleAccount(await signerOf(typeof controller === 'string' ? { secret: controller } : controller, 'P-256', sources))
}

function wrong(file: string, expectation: string): ServiceError {
  return new ServiceError('ERR_SERVICE_CONFIG', `${file}: expected ${expectation}`)
}
