// Shared by the tests of this app.
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { KeyAlgorithm } from '@hufu/keys'
import { createDidKeyIdentity } from './create-did-key-identity.ts'
import { readSigningParty, type SigningParty } from './signing-party.ts'

/** An empty folder that lasts as long as the machine's temporary files. */
export function newFolder(): string {
  return mkdtempSync(join(tmpdir(), 'hufu-institution-'))
}

/** Writes the identity file of somebody with a `did:key`. @returns the file */
export async function writeIdentity(folder: string, name: string, algorithm: KeyAlgorithm, seed: number): Promise<string> {
  const file = join(folder, `${name}.json`)
  await createDidKeyIdentity(file, algorithm, new Uint8Array(32).fill(seed))
  return file
}

/** Somebody with a `did:key`, the same on every run. */
export async function partyOf(name: string, algorithm: KeyAlgorithm, seed: number): Promise<SigningParty> {
  return readSigningParty(await writeIdentity(newFolder(), name, algorithm, seed))
}
