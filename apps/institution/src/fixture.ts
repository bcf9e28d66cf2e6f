// Shared by the tests of this app.
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { importSigner, type KeyAlgorithm, publicKeyToMultikey } from '@hufu/keys'
import { bytesToBase64url } from '@hufu/primitives'
import { readSigningParty, type SigningParty } from './signing-party.ts'

/** An empty folder that lasts as long as the machine's temporary files. */
export function newFolder(): string {
  return mkdtempSync(join(tmpdir(), 'hufu-institution-'))
}

/** Writes the identity file of somebody with a `did:key`. @returns the file */
export async function writeIdentity(folder: string, name: string, algorithm: KeyAlgorithm, seed: number): Promise<string> {
  const secret = new Uint8Array(32).fill(seed)
  const multikey = publicKeyToMultikey((await importSigner(algorithm, secret)).publicKey)
  const did = `did:key:${multikey}`
  const file = join(folder, `${name}.json`)
  writeFileSync(
    file,
    JSON.stringify({ version: 1, did, keys: [{ id: `${did}#${multikey}`, algorithm, secret: bytesToBase64url(secret) }] }),
  )
  return file
}

/** Somebody with a `did:key`, the same on every run. */
export async function partyOf(name: string, algorithm: KeyAlgorithm, seed: number): Promise<SigningParty> {
  return readSigningParty(await writeIdentity(newFolder(), name, algorithm, seed))
}
