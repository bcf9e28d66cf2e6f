import { generateSigner } from '@hufu/keys'
import { randomBytes } from '@hufu/primitives'
import { type Database, openPostgresDatabase } from '@hufu/service'
import { startPostgres } from '@hufu/testkit'
import { configurationIdOf } from '../../../apps/institution/src/issuer/configurations.ts'
import { type IssuerBench, keyProof, openIssuerBench, residentType } from '../../../apps/institution/src/issuer/issuer-fixture.ts'
import type { Comparison, Side } from '../compare.ts'
import { closedOnFailure } from '../fixtures/closed-on-failure.ts'
import { inFlight } from '../fixtures/in-flight.ts'
import { timed } from '../fixtures/timed.ts'
import { postgresPeer } from '../peers.ts'

const connections = 16
const copiesPerRequest = 16
const requestsPerRun = 24
/** A row is that much quicker. */
const rowsPerCopy = 6
const configuration = configurationIdOf(residentType, 'dc+sd-jwt')
/** What a copy's row holds: identifiers, digest of the key, place in the list, times. */
const rowBytes = 300

/**
 * Credentials that are issued and recorded before they are given out, by the issuer's own route: proofs of possession checked, intents on the disk before
 * anything is signed, places in status lists drawn, signatures, digests recorded. Beside it, rows of a record's size that are inserted, each in a
 * transaction of its own.
 */
export const durableIssuance: Comparison = {
  name: 'durable-issuance',
  description: `issue credentials, ${copiesPerRequest} copies a request, at ${connections} connections to PostgreSQL, or insert rows there`,
  peer: postgresPeer,
  measures: [{ figure: 'perSecond', of: 'A/B', goal: { atLeast: 0.45 } }],
  open: () =>
    closedOnFailure(async steps => {
      const postgres = await startPostgres()
      steps.push(() => postgres.stop())
      const open = async () => {
        const database = openPostgresDatabase(await postgres.createDatabase(), { poolSize: connections })
        steps.push(() => database.close())
        return database
      }
      const [issuing, inserting] = [await open(), await open()]
      const bench = await openIssuerBench({ database: issuing })
      steps.push(() => bench.close())
      await inserting.query('create table records (id text primary key, content bytea not null)')
      await expectRecorded(bench, issuing)
      return { a: issuer(bench), b: bareInserts(inserting) }
    }),
}

function issuer(bench: IssuerBench): Side {
  return {
    name: 'hufu issuer',
    async run() {
      const requests = await inFlight(Array.from({ length: requestsPerRun }), connections, () => requestOf(bench))
      return timed(requestsPerRun * copiesPerRequest, () => inFlight(requests, connections, request => issue(bench, request)))
    },
  }
}

function bareInserts(database: Database): Side {
  return {
    name: 'bare inserts',
    async run() {
      const count = requestsPerRun * copiesPerRequest * rowsPerCopy
      const rows = Array.from({ length: count }, () => [crypto.randomUUID(), randomBytes(rowBytes)] as const)
      return timed(count, () => inFlight(rows, connections, row => database.query('insert into records values ($1, $2)', row)))
    },
  }
}

interface IssuanceRequest {
  readonly token: string
  readonly proofs: readonly string[]
}

/** Made ahead: the counter's work and the wallet's. */
async function requestOf(bench: IssuerBench): Promise<IssuanceRequest> {
  const { token } = await bench.token()
  const nonce = await bench.nonce()
  const signers = await Promise.all(Array.from({ length: copiesPerRequest }, () => generateSigner('P-256')))
  return { token, proofs: await Promise.all(signers.map(signer => keyProof(signer, nonce))) }
}

async function issue(bench: IssuerBench, { token, proofs }: IssuanceRequest): Promise<void> {
  const answer = await bench.wallet(token, '/vci/credential', { credential_configuration_id: configuration, proofs: { jwt: proofs } })
  const { credentials, error } = answer.json() as { credentials?: readonly unknown[]; error?: string }
  if (credentials?.length !== copiesPerRequest) throw new Error(`expected ${copiesPerRequest} credentials, got ${error}`)
}

/** Void unless every copy that was given out stands in the register. */
async function expectRecorded(bench: IssuerBench, database: Database): Promise<void> {
  await issue(bench, await requestOf(bench))
  const [row] = await database.query<{ count: number }>('select count(*)::integer as count from credentials where issued_at_ms is not null')
  if (row?.count !== copiesPerRequest) throw new Error('expected every copy to be recorded')
}
