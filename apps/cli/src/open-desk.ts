import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type IssuanceRecord, IssuerDesk, statusListId } from '@hufu/credentials'
import { Journal, writeFileWhole } from '@hufu/files'
import { addressOfScriptHash } from '@hufu/ledger'
import type { Home } from './home.ts'
import { type Identity, keyOf } from './identity.ts'

/** An issuer's desk with its journal open. */
export interface OpenDesk {
  readonly desk: IssuerDesk
  /** Signs the status lists as they are now, and puts them where the institution server gives them out. */
  publish(): ReturnType<IssuerDesk['publish']>
  close(): Promise<void>
}

const lockWaitMs = 10_000
const secretLength = 32

/**
 * Opens the desk of an identity, for this process alone.
 *
 * @param statusBaseUrl - where the institution server gives out what lies in the published folder
 * @throws FileError `ERR_FILE_LOCKED`, `ERR_FILE_DAMAGED`
 */
export async function openDesk(home: Home, identity: Identity, statusBaseUrl: string): Promise<OpenDesk> {
  const folder = join(home.issuersFolder, identity.name)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const { journal, records } = await Journal.open<IssuanceRecord>(join(folder, 'issuance.journal'), { lockWaitMs })
  const { id: kid, signer } = keyOf(identity, 'P-256')
  const address = addressOfScriptHash(identity.account.scriptHash)
  const desk = new IssuerDesk({
    issuer: identity.did,
    signer,
    kid,
    journal,
    records,
    secret: await deskSecret(join(folder, 'secret')),
    statusListUri: n => `${statusBaseUrl}/${address}/desk-${n}`,
  })
  return {
    desk,
    async publish() {
      const lists = await desk.publish()
      const published = join(home.publishedFolder, address)
      mkdirSync(published, { recursive: true })
      for (const { uri, token } of lists) await writeFileWhole(join(published, statusListId(uri)), token, 0o644)
      return lists
    },
    close: () => journal.close(),
  }
}

async function deskSecret(file: string): Promise<Uint8Array> {
  if (!existsSync(file)) await writeFileWhole(file, randomBytes(secretLength))
  return new Uint8Array(readFileSync(file))
}
