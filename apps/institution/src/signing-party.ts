import { basename } from 'node:path'
import { didOfKid, type SigningKey } from '@hufu/credentials'
import { importSigner, type KeyAlgorithm } from '@hufu/keys'
import { type Account, singleAccount } from '@hufu/ledger'
import { base64urlToBytes, parseJson } from '@hufu/primitives'
import { ServiceError } from '@hufu/service'
import { readConfiguredFile } from './read-configured-file.ts'

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
 * Reads an identity file as the command line writes it; its name is that of the file.
 *
 * @throws ServiceError `ERR_SERVICE_CONFIG`: it cannot be read, or is not of that form
 */
export async function readSigningParty(file: string): Promise<SigningParty> {
  const name = basename(file, '.json')
  if (!namePattern.test(name)) throw wrong(file, 'a file name of lower-case letters and digits in groups joined by -')
  const content = await readConfiguredFile('ISSUER_FILES', file)
  try {
    const { did, keys, controller } = parseJson(content) as unknown as IdentityFile
    const [first, ...others] = await Promise.all(keys.map(signingKey))
    if (first === undefined || [first, ...others].some(key => didOfKid(key.id) !== did)) throw new TypeError('keys of another DID')
    return { name, did, keys: [first, ...others], account: controller === undefined ? undefined : await accountOf(controller) }
  } catch {
    // The cause may quote the file, which holds secrets: it is not passed on.
    throw wrong(file, 'an identity with keys')
  }
}

/** The members of an identity file that are read here. */
interface IdentityFile {
  readonly did: string
  /** base64url of the P-256 secret that controls the DID. */
  readonly controller?: string
  readonly keys: readonly { readonly id: string; readonly algorithm: KeyAlgorithm; readonly secret: string }[]
}

async function signingKey({ id, algorithm, secret }: IdentityFile['keys'][number]): Promise<SigningKey> {
  return { id, signer: await importSigner(algorithm, base64urlToBytes(secret)) }
}

async function accountOf(controller: string): Promise<Account> {
  return singleAccount(await importSigner('P-256', base64urlToBytes(controller)))
}

function wrong(file: string, expectation: string): ServiceError {
  return new ServiceError('ERR_SERVICE_CONFIG', `${file}: expected ${expectation}`)
}
