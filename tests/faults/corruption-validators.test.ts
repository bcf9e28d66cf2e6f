// A validator whose database is damaged by a bad disk. SEED=… for other damage, LONG=1 for sixty rounds instead of six (ROUNDS=…).
import { copyFileSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { RpcNode, singleAccount } from '@hufu/ledger'
import { checkState, gasTransfer, seededRandom } from '@hufu/network'
import { fixedSigner, startTestNetwork, type TestNetwork } from '@hufu/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { damageFile, damageKinds, flipBehind } from './corruption/damage-file.ts'

const seed = process.env.SEED ?? 'bad disk'
const rounds = Number(process.env.ROUNDS ?? (process.env.LONG === '1' ? 60 : 6))
const victim = 3
const pageBytes = 4_096
const settlesWithinMs = 60_000
const gasToken = '0xd2a4cff31913016155e38e474a2c06d08be276cf'
const ask = { fetch, timeoutMs: 10_000 }

let network: TestNetwork
let receiver: ReturnType<typeof singleAccount>['scriptHash']
let writes = 0

beforeAll(async () => {
  network = await startTestNetwork({ validators: 4 })
  receiver = singleAccount(await fixedSigner('receiver')).scriptHash
  await write(10)
})

afterAll(() => network?.stop())

/** What becomes of a node with a damaged database. */
type Outcome = 'ended' | 'works' | 'stands' | 'other state' | 'finds damage'

test(`damaged at ${rounds} times: it says so or works like the others, which go on; and it heals`, {
  timeout: rounds * 90_000,
}, async () => {
  const outcomes: Partial<Record<Outcome, number>> = {}
  for (let round = 0; round < rounds; round++) {
    const kind = damageKinds[round % damageKinds.length]!
    await network.nodes.stopNode(victim)
    copyFileSync(database(), `${database()}.good`)
    const damage = () => damageFile(database(), kind, seededRandom(`${seed} ${round}`), pageBytes)
    // Every third time while it runs: it reads its file through memory, and sees at once what changes there.
    const isRunning = round % 3 === 2
    const before = isRunning ? '' : damage()
    const { outcome, why, done: meanwhile } = await start(isRunning ? damage : undefined)
    const done = isRunning ? `${meanwhile} while it ran` : before
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1
    const what = `SEED=${JSON.stringify(seed)}, round ${round}: ${done}: ${outcome}: ${why}`
    // The one outcome that must not be: a block or a state of its own that it gives out.
    expect(outcome, what).not.toBe('other state')
    if (outcome === 'ended') expect(why, what).not.toBe('')
    await network.nodes.killNode(victim)
    copyFileSync(`${database()}.good`, database())
  }
  console.log(`validator's database damaged, seed ${seed}: ${JSON.stringify(outcomes)}`)
  await resync()
})

// Found by the test above: nothing notices a changed balance until it is changed again, and the node answers with it.
test('a changed balance under the right state root is found by the check of the state, and by the others once it is written', {
  timeout: 120_000,
}, async () => {
  await network.nodes.stopNode(victim)
  // Pages that are not used any more may hold it, too.
  expect(flipBehind(database(), balanceKey(), 4)).toBeGreaterThan(0)
  network.nodes.startNode(victim)
  await until(async () => (await count(victim)) >= (await count(0)) - 1)
  const others = await balance(0)
  expect(await balance(victim), 'it answers with what it has').not.toBe(others)
  expect(await stateRoots()).toHaveLength(1)
  const urls = network.descriptor.validators.map(({ rpcUrl }) => rpcUrl)
  expect((await checkState(urls[victim]!, ask)).findings).toEqual([{ contract: gasToken, kind: 'differs', entries: 1 }])
  const healthy = await checkState(urls[0]!, ask)
  expect(healthy).toMatchObject({ findings: [] })
  expect(healthy.contracts, 'our own and those of Neo').toBeGreaterThan(Object.keys(network.descriptor.contracts).length + 8)
  await write(1)
  // Its next header has another root than the others': it refuses theirs, and stands.
  await write(1)
  const height = await count(victim)
  await write(5)
  expect(await count(0)).toBeGreaterThan(height + 1)
  expect(await count(victim)).toBe(height)
  expect(log()).toContain('state root for previous block is invalid')
  await resync()
  expect(await balance(victim)).toBe(await balance(0))
  expect((await checkState(urls[victim]!, ask)).findings).toEqual([])
})

function database(): string {
  return join(network.nodes.files.nodes[victim]!.folder, 'chain.bolt')
}

function log(from = 0): string {
  return readFileSync(network.nodes.files.nodes[victim]!.logFile).subarray(from).toString('utf8')
}

/** Starts it, does what is to be done to it then, has the others work, and sees what becomes of it. */
async function start(whileRunning?: () => string): Promise<{ readonly outcome: Outcome; readonly why: string; readonly done: string }> {
  const from = statSync(network.nodes.files.nodes[victim]!.logFile).size
  const why = () => /(panic|fatal error|unexpected fault|could not|failed to|state root)[^\n]*/.exec(log(from))?.[0].slice(0, 200) ?? ''
  network.nodes.startNode(victim)
  if (whileRunning !== undefined) await until(async () => (await count(victim)) > 0)
  const done = whileRunning?.() ?? ''
  await write(3)
  const deadline = Date.now() + settlesWithinMs
  let stands = 0
  let height = 0
  while (Date.now() < deadline && stands < 30) {
    if (network.nodes.pids[victim] === null) return { outcome: 'ended', why: why(), done }
    const [own, head] = [await count(victim), await count(0)]
    stands = own === height && own < head - 1 ? stands + 1 : 0
    height = own
    if (own > 0 && own >= head - 1) {
      await write(3)
      if (network.nodes.pids[victim] === null) return { outcome: 'ended', why: why(), done }
      if ((await stateRoots()).length > 1) {
        // The next header has the others' root: it refuses that block, says why, and goes no further.
        const hasNoticed = () => why().includes('state root mismatch')
        for (let tries = 0; tries < 100 && !hasNoticed(); tries++) await sleep(100)
        return { outcome: hasNoticed() ? 'stands' : 'other state', why: why(), done }
      }
      const checked = await checkState(network.descriptor.validators[victim]!.rpcUrl, ask).catch(() => undefined)
      if (checked === undefined) return { outcome: network.nodes.pids[victim] === null ? 'ended' : 'stands', why: why(), done }
      return { outcome: checked.findings.length === 0 ? 'works' : 'finds damage', why: JSON.stringify(checked.findings), done }
    }
    await sleep(100)
  }
  return { outcome: 'stands', why: why(), done }
}

async function resync(): Promise<void> {
  await network.nodes.killNode(victim)
  rmSync(database())
  network.nodes.startNode(victim)
  await network.nodes.ready()
  expect(await stateRoots()).toHaveLength(1)
}

/** Block and state root of the latest block that both have, each by its own word: one if they agree. */
async function stateRoots(): Promise<readonly string[]> {
  const at = Math.min(await count(victim), await count(0)) - 1
  const said = await Promise.all(
    [0, victim].map(async index => JSON.stringify([await call(index, 'getblockhash', [at]), await rootAt(index, at)])),
  )
  return [...new Set(said)]
}

async function rootAt(index: number, at: number): Promise<string> {
  return ((await call(index, 'getstateroot', [at])) as { roothash: string }).roothash
}

async function balance(index: number): Promise<string> {
  const answer = await call(index, 'invokefunction', [
    gasToken,
    'balanceOf',
    [{ type: 'Hash160', value: `0x${receiver.replace(/^0x/, '')}` }],
  ])
  return (answer as { stack: [{ value: string }] }).stack[0].value
}

/** Storage of the contract −6, of the account's balance, as it stands in the database. */
function balanceKey(): Uint8Array {
  return Buffer.concat([Uint8Array.of(0x70, 0xfa, 0xff, 0xff, 0xff, 0x14), Buffer.from(receiver.replace(/^0x/, ''), 'hex').reverse()])
}

/** Blocks of a node; 0 if it does not answer. */
function count(index: number): Promise<number> {
  return call(index, 'getblockcount', []).then(Number, () => 0)
}

function call(index: number, method: string, params: readonly unknown[]): Promise<unknown> {
  const url = network.descriptor.validators[index]!.rpcUrl
  return new RpcNode(url, { fetch, timeoutMs: 5_000, maxAnswerBytes: 1_048_576 }).call(method, params)
}

async function write(howMany: number): Promise<void> {
  const { ledger, treasury } = network
  const all = Array.from({ length: howMany }, async () => {
    const transfer = gasTransfer(treasury.scriptHash, receiver, 1n)
    await (await ledger.submit([transfer], { account: treasury, idempotencyKey: `write ${writes++}` })).durable()
  })
  await Promise.all(all)
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + settlesWithinMs
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error('waited in vain')
    await sleep(50)
  }
}
