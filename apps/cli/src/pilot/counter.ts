import { createReadStream } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { readUnverifiedTerms } from '@hufu/credentials'
import { generateSigner, type Signer } from '@hufu/keys'
import { dayInChina, systemClock } from '@hufu/primitives'
import { checkFile, claimsOfContent, contentOfRow, disclosablePaths, type ResidentRow } from '@hufu/records'
import { cities, residentsFile } from '@hufu/samples'
import { grantReasons } from '@hufu/trust'
import type { Context } from '../command.ts'
import { publishAndAnchor } from '../commands/credential-command.ts'
import type { Identity } from '../identity.ts'
import { openDesk } from '../open-desk.ts'
import { localCommittee, type Session } from '../session.ts'

/** Where the bureau's counter is. */
export interface Counter {
  readonly context: Context
  readonly session: Session
  readonly bureau: Identity
  /** Address of the bureau's server. */
  readonly serverUrl: string
}

const city = cities[0]!
export const residentType = 'urn:hufu:resident'

/** A credential, the key that it is bound to, and the block of Neo after which its status list is on the ledger, durable. */
export interface Collected {
  readonly credential: string
  readonly holder: Signer
  readonly block: number
}

/** Issues a credential to a resident at the counter, bound to a key of the wallet: a new one each time, for it will be revoked. */
export async function issueAtCounter(counter: Counter): Promise<Collected> {
  const { context, session, bureau } = counter
  const content = contentOfRow(residentType, await anyAdult(), today())!
  const claims = claimsOfContent(content, today())
  const open = await openDesk(context.home, bureau, statusBaseUrl(counter))
  try {
    const holder = await generateSigner('P-256')
    const key = open.desk.keyOf('pilot: collected at the counter', crypto.randomUUID())
    const { expiresAtMs } = content
    const request = {
      key,
      credentialType: residentType,
      claims,
      disclosable: disclosablePaths(claims),
      holderKey: holder.publicKey,
      expiresAtMs,
    }
    const { credential } = await open.desk.issue(request)
    await open.desk.delivered(key, credential!)
    const block = await publishAndAnchor(session, open, bureau, await localCommittee(context.home))
    return { credential: credential!, holder, block }
  } finally {
    await open.close()
  }
}

/**
 * Revokes a credential and publishes the new status list.
 *
 * @returns the block of Neo after which the list's hash is on the ledger, durable
 */
export async function revokeAtCounter(counter: Counter, credential: string): Promise<number> {
  const { context, session, bureau } = counter
  const { status } = readUnverifiedTerms(credential)
  const open = await openDesk(context.home, bureau, statusBaseUrl(counter))
  try {
    await open.desk.changeStatus(open.desk.findByStatus(status!.uri, status!.index)!.credentialId, 'revoked', grantReasons.keyCompromised)
    return await publishAndAnchor(session, open, bureau, await localCommittee(context.home))
  } finally {
    await open.close()
  }
}

/** Status lists of the command line's desk name the address by number, as earlier versions did. */
export function statusBaseUrl({ serverUrl }: Pick<Counter, 'serverUrl'>): string {
  return `${serverUrl}/status-lists`
}

async function anyAdult(): Promise<ResidentRow> {
  const policy = { city: city.code, divisions: new Set(city.divisions.map(({ code }) => code)), clock: systemClock }
  for await (const checked of checkFile(createReadStream(fileURLToPath(residentsFile(city.slug))), policy)) {
    if ('row' in checked && checked.row.birthDate < '2000-01-01') return checked.row
  }
  throw new TypeError('expected an adult in the samples')
}

function today(): string {
  return dayInChina(Date.now())
}
