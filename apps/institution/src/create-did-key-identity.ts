import { writeFile } from 'node:fs/promises'
import { importSigner, type KeyAlgorithm, publicKeyToMultikey } from '@hufu/keys'
import { bytesToBase64url } from '@hufu/primitives'

/**
 * Writes the identity file of a new issuer that is on no ledger: its DID is its key. For tests and demonstrations, as no trust registry lists it.
 *
 * @param file - must not be there yet; only its owner will be able to read it
 * @returns the DID
 */
export async function createDidKeyIdentity(file: string, algorithm: KeyAlgorithm, secret: Uint8Array): Promise<string> {
  const multikey = publicKeyToMultikey((await importSigner(algorithm, secret)).publicKey)
  const did = `did:key:${multikey}`
  const content = { version: 1, did, keys: [{ id: `${did}#${multikey}`, algorithm, secret: bytesToBase64url(secret) }] }
  await writeFile(file, `${JSON.stringify(content, null, 2)}\n`, { flag: 'wx', mode: 0o600 })
  return did
}
