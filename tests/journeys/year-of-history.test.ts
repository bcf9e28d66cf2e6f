import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { identifiers, trust } from '@hufu/bindings'
import { type Account, type ContractCall, LightClient, singleAccount } from '@hufu/ledger'
import { base64ToBytes, bytesToBase64, utf8ToBytes } from '@hufu/primitives'
import { fixedSigner, startTestNetwork } from '@hufu/testkit'
import { exportTrustEvidence, grantReasons, ledgerTrustSource, mayAsk, mayIssue, type TrustEvidence } from '@hufu/trust'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { seededRandom } from '../proofs/seeded-random.ts'
import { BlockMaker } from './year/block-maker.ts'

const script = fileURLToPath(new URL('../../packages/trust/independent/replay_trust.py', import.meta.url))
const dayMs = 86_400_000
const days = 365
const types = ['resident', 'concession'] as const
const queries = ['open-account', 'register'] as const

const network = await startTestNetwork({ validators: 1 })
const folder = mkdtempSync(join(tmpdir(), 'hufu-year-'))
const networkFile = join(folder, 'network.json')
const contracts = network.descriptor.contracts
const grants = trust(contracts.trust.hash)
const { below, pick } = seededRandom('a year of history')
let startMs = 0
let evidence: TrustEvidence
let institutions: readonly Account[] = []
let changes = 0

beforeAll(async () => {
  writeFileSync(networkFile, JSON.stringify(network.descriptor))
  const authorities = await accounts('authority', 3)
  institutions = await accounts('institution', 9)
  const maker = await BlockMaker.takeOver(network)
  startMs = Date.now() + dayMs
  const submit = async (calls: readonly ContractCall[], account: Account | 'council', key: string): Promise<boolean> => {
    const writer = account === 'council' ? network.founding : network.ledger
    const signer = account === 'council' ? network.committee : account
    // What the registry refuses at that moment (a suspension of what is revoked, say) does not happen: histories are made of what it takes.
    return writer.submit(calls, { account: signer, sponsor: network.committee, idempotencyKey: key }).then(
      () => true,
      error => {
        if ((error as { code?: string }).code !== 'ERR_LEDGER_DRY_RUN_FAULT') throw error
        return false
      },
    )
  }
  const made = async (timeMs: number, ...writes: readonly Promise<boolean>[]): Promise<void> => {
    changes += (await Promise.all(writes)).filter(Boolean).length
    await maker.make(timeMs)
  }
  const identifier = (account: Account) =>
    identifiers(contracts.identifiers.hash).register({
      identifier: account.scriptHash,
      document: utf8ToBytes('{}'),
      recovery: null,
      recoveryDelayMs: 0n,
    })
  const everybody = [...authorities, ...institutions]
  await made(startMs, ...everybody.map((account, index) => submit([identifier(account)], account, `identifier ${index}`)))
  const untilMs = (day: number) => BigInt(startMs + day * dayMs)
  const beginnings = [
    ...authorities.map((authority, index) =>
      grants.addAuthority({ authority: authority.scriptHash, region: `99010${index}`, validUntilMs: untilMs(index === 2 ? 200 : 900) }),
    ),
    ...types.map(typeId => grants.registerCredentialType({ typeId, version: 1n, schema: utf8ToBytes('{}') })),
  ]
  await made(startMs + dayMs, submit(beginnings, 'council', 'beginnings'))
  const changeOn = (day: number) => {
    const place = below(institutions.length)
    const institution = institutions[place]!
    const authority = below(8) === 0 ? pick(authorities) : authorities[place % authorities.length]!
    const named = { authority: authority.scriptHash, institution: institution.scriptHash }
    const validUntilMs = untilMs(day + 20 + below(300))
    const grant = pick([
      { kind: 2n, subject: institution.scriptHash, name: '' },
      { kind: 3n, subject: institution.scriptHash, name: pick(types) },
      { kind: 4n, subject: institution.scriptHash, name: pick(queries) },
      { kind: 1n, subject: authority.scriptHash, name: '' },
    ])
    const byCouncil = grant.kind === 1n || below(5) === 0
    const actor = byCouncil ? contracts.council.hash : authority.scriptHash
    const reason = BigInt(grantReasons.rulesBroken)
    const steps = [
      () => [[grants.addInstitution({ ...named, kind: 'bank', validUntilMs })], authority] as const,
      () =>
        [
          [grants.accreditIssuer({ ...named, typeId: pick(types), validFromMs: untilMs(day + below(30)), validUntilMs })],
          authority,
        ] as const,
      () => [[grants.registerQuery({ ...named, queryId: pick(queries), content: utf8ToBytes(`{"day":${day}}`) })], 'council'] as const,
      () => [[grants.suspend({ ...grant, actor, reason })], byCouncil ? 'council' : authority] as const,
      () => [[grants.reinstate({ ...grant, actor, reason })], byCouncil ? 'council' : authority] as const,
      () => [[grants.renew({ ...grant, actor, validUntilMs })], byCouncil ? 'council' : authority] as const,
      ...(below(10) === 0 ? [() => [[grants.revoke({ ...grant, actor, reason })], byCouncil ? 'council' : authority] as const] : []),
    ]
    return pick(steps)()
  }
  for (let day = 2; day <= days; day++) {
    const attempts = async () => {
      for (let attempt = 0; attempt < 4; attempt++) if (await submit(...changeOn(day), `day ${day}, ${attempt}`)) return true
      return false
    }
    await made(startMs + day * dayMs, attempts())
  }
  // The state of the last day stands in the block after it.
  await maker.make(startMs + (days + 1) * dayMs)
  const client = new LightClient({ network: network.descriptor, clock: { nowMs: () => startMs + (days + 1) * dayMs } })
  evidence = await exportTrustEvidence(client, network.descriptor)
}, 120_000)

afterAll(async () => {
  await network.stop()
  rmSync(folder, { recursive: true, force: true })
})

test('a year of grants: who might issue or ask at any time is told from the evidence alone as the contract tells it', async () => {
  expect(changes).toBeGreaterThan(120)
  const questions = Array.from({ length: 600 }, () => {
    const isIssue = below(2) === 0
    const subject = pick(institutions).scriptHash
    const timeMs = startMs + below(days * 24) * 3_600_000
    return { kind: isIssue ? 'issue' : 'ask', subject, name: pick(isIssue ? types : queries), timeMs } as const
  })
  const source = ledgerTrustSource(network.ledger, network.descriptor)
  const told = await Promise.all(
    questions.map(async ({ kind, subject, name, timeMs }) => {
      const { allowed } = kind === 'issue' ? await mayIssue(source, subject, name, timeMs) : await mayAsk(source, subject, name, timeMs)
      const method =
        kind === 'issue'
          ? grants.mayIssue({ institution: subject, typeId: name, timeMs: BigInt(timeMs) })
          : grants.mayAsk({ institution: subject, queryId: name, timeMs: BigInt(timeMs) })
      const byContract = await network.ledger.invokeRead(method)
      expect(byContract).toEqual({ type: 'Boolean', value: allowed })
      return allowed
    }),
  )
  const replayed = replay(
    evidence,
    ['answer'],
    questions.map(({ kind, subject, name, timeMs }) => JSON.stringify([kind, subject, name, timeMs])).join('\n'),
  )
  expect(replayed.stderr).toBe('')
  expect(
    replayed.stdout
      .trim()
      .split('\n')
      .map(line => JSON.parse(line)),
  ).toEqual(told)
  // Both answers occur often, or the comparison would say little.
  expect(told.filter(Boolean).length).toBeGreaterThan(40)
  expect(told.filter(allowed => !allowed).length).toBeGreaterThan(40)
})

test('evidence with a flipped bit, a missing change, a foreign key or a later question is refused', () => {
  const flipped = (place: 'headers' | 'entries', at: number): TrustEvidence => {
    const change = (text: string) => {
      const bytes = base64ToBytes(text)
      bytes[below(bytes.length)]! ^= 1
      return bytesToBase64(bytes)
    }
    if (place === 'headers')
      return { ...evidence, headers: evidence.headers.map((header, index) => (index === at ? change(header) : header)) }
    return {
      ...evidence,
      entries: evidence.entries.map((entry, index) => (index === at ? { ...entry, proof: change(entry.proof) } : entry)),
    }
  }
  const earlier = evidence.entries.findIndex(({ key }) => base64ToBytes(key)[0] === 'G'.charCodeAt(0))
  const refused: readonly (readonly [string, TrustEvidence])[] = [
    ...Array.from(
      { length: 12 },
      (_, index) => ['a bit of a proof', flipped('entries', Math.floor((index / 12) * evidence.entries.length))] as const,
    ),
    ...Array.from({ length: 6 }, () => ['a bit of a header', flipped('headers', 0)] as const),
    ['a change left out', { ...evidence, entries: evidence.entries.filter((_, index) => index !== earlier) }],
    ['a change twice', { ...evidence, entries: [...evidence.entries, evidence.entries[earlier]!] }],
    ['another block', { ...evidence, blockIndex: evidence.blockIndex - 1 }],
    ['another network', { ...evidence, magic: evidence.magic + 1 }],
  ]
  for (const [what, changed] of refused) expect(replay(changed, ['history']).status, what).toBe(2)
  writeFileSync(
    networkFile,
    JSON.stringify({
      ...network.descriptor,
      validators: [
        { publicKey: network.seats[0]!.account.publicKeys[0]!.bytes.reduce((hex, byte) => hex + byte.toString(16).padStart(2, '0'), '') },
      ],
    }),
  )
  expect(replay(evidence, ['history']).status).toBe(2)
  writeFileSync(networkFile, JSON.stringify(network.descriptor))
  expect(replay(evidence, ['history']).status).toBe(0)
  expect(replay(evidence, ['who-may-issue', 'resident', String(startMs + 400 * dayMs)]).status).toBe(1)
})

function replay(given: TrustEvidence, question: readonly string[], input = '') {
  const file = join(folder, 'evidence.json')
  writeFileSync(file, JSON.stringify(given))
  const { status, stdout, stderr } = spawnSync('python3', ['-B', script, file, '--network', networkFile, ...question], {
    input,
    encoding: 'utf8',
  })
  return { status, stdout, stderr }
}

async function accounts(what: string, count: number): Promise<readonly Account[]> {
  return Promise.all(Array.from({ length: count }, async (_, index) => singleAccount(await fixedSigner(`year: ${what} ${index}`))))
}
