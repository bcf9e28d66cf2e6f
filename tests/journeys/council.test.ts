import { writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { readCouncil, rulesArgument } from '@hufu/council'
import { addressOfScriptHash } from '@hufu/ledger'
import { writeDescriptor } from '@hufu/network'
import { startTestNetwork, type TestNetwork } from '@hufu/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Hufu } from './run-hufu.ts'

// Four seats: three agree. Of four validators three sign for the committee.
let network: TestNetwork
let hufu: Hufu
let home: string
let bureau: string
const seats = ['validator-1', 'validator-2', 'validator-3', 'validator-4'] as const

beforeAll(async () => {
  network = await startTestNetwork({ validators: 4 })
  home = dirname(network.nodes.files.folder)
  await writeDescriptor(network.nodes.files, network.descriptor)
  hufu = new Hufu(home)
  bureau = JSON.parse(await hufu.ok('identity', 'new', 'bureau', '--json')).did
  await hufu.ok('did', 'create', '--as', 'bureau')
})

afterAll(() => network?.stop())

const council = (...args: readonly string[]) => hufu.json('council', ...args)

function failure(code: string) {
  return { code: 1, value: { error: expect.objectContaining({ code }) } }
}

test('a seat changes hands by a vote, an unknown call is agreed to only knowingly, and vetoes hold up', async () => {
  // A veto by hand takes its time.
  await setDelay(120_000)
  const to = addressOfScriptHash(network.committee.scriptHash)
  const { value } = await council('propose', 'set-seat', 'validator-2', to, '--title', 'Seat 2 changes hands', '--seat', seats[0])
  expect(await council('propose', 'set-seat', 'validator-2', '--title', 'x', '--seat', seats[0])).toEqual(failure('ERR_CLI_USAGE'))
  const id = String(value.proposal)
  const shown = await council('show', id)
  expect(shown.value.calls[0].texts.en).toMatch(/^The seat validator-2 changes hands: from N\w+ to N\w+$/)
  for (const seat of seats.slice(0, 3)) await hufu.ok('council', 'vote', id, '--seat', seat)
  for (const seat of seats.slice(2)) expect((await council('veto', id, '--seat', seat)).code).toBe(0)
  expect((await council('show', id)).value).toMatchObject({ vetoedMs: expect.any(Number), standing: 'passed' })
  expect((await council('retract', id, '--seat', seats[0])).value).toMatchObject({ standing: 'rejected' })

  const file = join(home, 'calls.json')
  const call = { contract: 'status', method: 'doWhatItSays', args: [{ type: 'Integer', value: '5' }] }
  writeFileSync(file, JSON.stringify([call]))
  const unknown = await council('propose', 'calls', file, '--title', 'Harmless', '--seat', seats[0])
  const unknownId = String(unknown.value.proposal)
  expect(await council('vote', unknownId, '--seat', seats[1])).toEqual(failure('ERR_CLI_USAGE'))
  expect((await council('vote', unknownId, '--seat', seats[1], '--unknown-calls')).code).toBe(0)
  expect((await council('vote', unknownId, '--seat', seats[2], '--against')).code).toBe(0)
  expect((await council('withdraw', unknownId, '--seat', seats[0])).value).toMatchObject({ standing: 'withdrawn' })
}, 300_000)

test('while the network is founded a command is done at once; after that it is a proposal, and says so', async () => {
  await setDelay(1_000)
  expect(await council('seats')).toMatchObject({ code: 0, value: { isFounding: true, stoppedUntil: null, rules: { votesNeeded: 3 } } })
  const add = ['trust', 'add-authority', bureau, '--region', '990100'] as const
  expect(await hufu.json(...add, '--until', '2100-01-01T00:00:00Z')).toMatchObject({ code: 0, value: { block: expect.any(Number) } })
  expect((await council('end-founding')).code).toBe(0)

  const change = ['trust', 'suspend', 'authority', bureau, '--as', 'council', '--reason', '6', '--attempt', 'case 1'] as const
  const proposed = await hufu.json(...change)
  expect(proposed).toMatchObject({
    code: 0,
    value: { proposal: 3, seat: 'validator-4', payloadHash: expect.stringMatching(/^[0-9a-f]{64}$/) },
  })
  const hash: string = proposed.value.payloadHash
  expect(await hufu.json('trust', 'show', bureau)).toMatchObject({ value: { grants: [{ standing: 'active' }, {}] } })

  const shown = await council('show', '3')
  expect(shown.value).toMatchObject({ standing: 'open', payloadHash: hash, calls: [{ known: true }] })
  expect(shown.value.calls[0].texts.en).toBe(`Suspend: the authority ${bureau}. Reason: under inquiry (6)`)
  expect((await hufu.run('council', 'show', '3', '--lang', 'zh-CN')).stdout).toContain(`暂停：主管机关 ${bureau}`)

  // For what was seen, and nothing else; once; by a seat that there is.
  const other = `${hash.startsWith('0') ? 'f' : '0'}${hash.slice(1)}`
  expect(await council('vote', '3', '--seat', seats[0], '--payload', other)).toEqual(failure('ERR_CLI_USAGE'))
  expect(await council('vote', '3', '--seat', seats[0], '--payload', hash.slice(0, 7))).toEqual(failure('ERR_CLI_USAGE'))
  expect(await council('vote', '3', '--seat', 'nobody', '--payload', hash)).toEqual(failure('ERR_CLI_USAGE'))
  expect(await council('vote', '9', '--seat', seats[0])).toEqual(failure('ERR_COUNCIL_PROPOSAL'))
  expect(await council('execute', '3', '--seat', seats[0])).toEqual(failure('ERR_COUNCIL_STATE'))
  for (const seat of seats.slice(0, 3)) expect((await council('vote', '3', '--seat', seat, '--payload', hash.slice(0, 16))).code).toBe(0)
  expect(await council('vote', '3', '--seat', seats[0], '--against')).toEqual(failure('ERR_COUNCIL_VOTED'))
  const executed = await inTime(() => council('execute', '3', '--seat', seats[3], '--payload', hash))
  expect(executed).toMatchObject({ code: 0, value: { standing: 'executed' } })
  expect(await hufu.json('trust', 'show', bureau)).toMatchObject({ value: { grants: [{ standing: 'suspended' }, {}] } })
  expect(await council('list')).toMatchObject({ value: [{ id: 3, standing: 'executed', seat: 'validator-4' }, { id: 2 }, { id: 1 }] })
}, 300_000)

test("the committee's signatures are gathered without a file that is passed around", async () => {
  const { value } = await council('collect', 'open', 'storage-price', '99999', '--as', seats[0])
  expect(value).toMatchObject({ needed: 3, signed: [], calls: [{ known: true, texts: { en: expect.stringContaining('to 99999') } }] })
  const id = String(value.collection)
  const transaction = ['--transaction', value.transaction.slice(0, 12)] as const
  expect(await council('collect', 'sign', id, '--as', seats[1], '--transaction', '0'.repeat(12))).toEqual(failure('ERR_CLI_USAGE'))
  for (const member of seats.slice(1, 3)) expect((await council('collect', 'sign', id, '--as', member, ...transaction)).code).toBe(0)
  expect(await council('collect', 'send', id)).toEqual(failure('ERR_COUNCIL_SIGNATURES'))
  // As a validator elsewhere does: with its wallet.
  const wallet = join(network.nodes.files.nodes[3]!.folder, 'wallet.json')
  const password = join(home, 'password')
  writeFileSync(password, 'hufu-development-only\n')
  const own = ['--key', wallet, '--password-file', password] as const
  expect((await council('collect', 'sign', id, ...own, ...transaction)).value.signed).toHaveLength(3)
  expect((await council('collect', 'send', id)).code).toBe(0)
  expect(await council('collect', 'list')).toMatchObject({ value: [{ collection: Number(id) }] })
}, 300_000)

test('two seats stop, and it is said until when', async () => {
  const ask = (seat: string, attempt: string) => council('stop', '--seat', seat, '--reason', '1', '--attempt', attempt)
  expect((await ask(seats[0], '1')).value).toMatchObject({ stoppedUntil: null })
  expect(await ask(seats[0], '2')).toEqual(failure('ERR_COUNCIL_STOP_PAUSE'))
  expect((await ask(seats[1], '1')).value).toMatchObject({ stoppedUntil: expect.stringMatching(/Z$/) })
  expect((await council('seats')).value).toMatchObject({ stoppedUntil: expect.stringMatching(/Z$/) })
}, 300_000)

/** As the council, while the network is founded. */
async function setDelay(delayMs: number): Promise<void> {
  const { rules } = await readCouncil({ client: network.ledger, network: network.descriptor })
  const args = [rulesArgument({ ...rules, delayMs, vetoDelayMs: 2 * delayMs })]
  const call = { contract: network.descriptor.contracts.council.hash, method: 'setRules', args }
  const write = await network.founding.submit([call], { account: network.committee, idempotencyKey: `delay ${delayMs}` })
  await write.durable()
}

async function inTime(run: () => ReturnType<typeof council>) {
  for (;;) {
    const result = await run()
    if (result.value.error?.code !== 'ERR_COUNCIL_TOO_EARLY') return result
    await sleep(200)
  }
}
