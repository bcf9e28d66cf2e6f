import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { didOfKid, type SigningKey } from '@hufu/credentials'
import { importSigner, type KeyAlgorithm } from '@hufu/keys'
import { base64urlToBytes, parseJson } from '@hufu/primitives'
import { ServiceError } from '@hufu/service'

/** Somebody in whose name this server signs. */
export interface SigningParty {
  /** Short, and part of the URLs of its status lists. */
  readonly name: string
  readonly did: string
  /** Listed by the DID for issuing; the first one signs. */
  readonly keys: readonly [SigningKey, ...SigningKey[]]
}

const namePattern = /^[a-z0-9]+(-[a-z0-9]+)*$/

/**
 * Reads an identity file as `hufu did create` writes it; its name is that of the file. Only the keys that sign for the DID are taken, not the one
 * that controls it.
 *
 * @throws ServiceError `ERR_SERVICE_CONFIG`: it cannot be read, or is not of that form
 */
export async function readSigningParty(file: string): Promise<SigningParty> {
  const name = basename(file, '.json')
  if (!namePattern.test(name)) throw wrong(file, 'a file name of lower-case letters and digits in groups joined by -')
  const content = await readFile(file, 'utf8').catch(cause => {
    throw new ServiceError('ERR_SERVICE_CONFIG', `${file}: cannot be read`, { cause })
  })
  try {
    const { did, keys } = parseJson(content) as unknown as IdentityFile
    const [first, ...others] = await Promise.all(keys.map(signingKey))
    if (first === undefined || [first, ...others].some(key => didOfKid(key.id) !== did)) throw new TypeError('keys of another DID')
    return { name, did, keys: [first, ...others] }
  } catch {
    // The cause may quote the file, which holds secrets: it is not passed on.
    throw wrong(file, 'an identity with keys')
  }
}

/** The members of an identity file that are read here. */
interface IdentityFile {
  readonly did: string
  readonly keys: readonly { readonly id: string; readonly algorithm: KeyAlgorithm; readonly secret: string }[]
}

async function signingKey({ id, algorithm, secret }: IdentityFile['keys'][number]): Promise<SigningKey> {
  return { id, signer: await importSigner(algorithm, base64urlToBytes(secret)) }
}

function wrong(file: string, expectation: string): ServiceError {
  return new ServiceError('ERR_SERVICE_CONFIG', `${file}: expected ${expectation}`)
}
