import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { cities } from '@hufu/samples'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { TraceFinder } from '../attacks/input/find-traces.ts'
import { filesIn } from '../attacks/world/files-in.ts'
import { filesOfPilot, isOwnPlace, keysOfPilot, ledgerOfPilot, personsOfPilot, tablesOfPilot } from './pilot/left-behind.ts'
import { Hufu, type Run } from './run-hufu.ts'

const basePort = 20_000 + Math.floor(Math.random() * 5_000)
const pilot = ['pilot', '--no-stay', '--base-port', String(basePort), '--bureau-port', String(basePort + 50)]
let home: string
let hufu: Hufu
let firstRun: Run
/** What the first run said for programs, by step. */
let steps: Readonly<Record<string, ReturnType<typeof JSON.parse>>>

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'hufu-pilot-'))
  hufu = new Hufu(home)
  firstRun = await hufu.run(...pilot, '--json')
  const values = firstRun.stdout.split(/\n(?=\{)/).map(text => JSON.parse(text))
  steps = Object.fromEntries(values.map(value => [value.step, value]))
}, 600_000)

afterAll(() => rmSync(home, { recursive: true, force: true }))

test('the guided run ends well: accepted once, and refused after revocation for that reason alone', () => {
  expect(firstRun).toMatchObject({ code: 0 })
  const [accepted, refused, ...more] = firstRun.stderr.match(/^(ACCEPTED|REFUSED).*\n(?: {2}[✓✗] .*\n)+/gm) ?? []
  expect(more).toEqual([])
  expect(accepted).toMatch(/^ACCEPTED/)
  expect(accepted).not.toContain('✗')
  expect(refused).toMatch(/^REFUSED/)
  expect(refused!.match(/✗ .*/g)).toEqual([expect.stringContaining('neither revoked nor suspended')])
})

test('the wallet showed what the bank may ask, and nothing else', () => {
  expect(firstRun.stderr).toContain('{"age_equal_or_over":{"18":true},"city_code":"990100"}')
})

test('a revocation on Neo is seen, proven, on a real Fabric channel and on an EVM chain within seconds', () => {
  const { chains, neoBlock } = steps['revocation-on-other-chains']
  const [fabric, evm, ...more] = chains
  expect(more).toEqual([])
  expect(fabric).toMatchObject({ chain: 'fabric', network: expect.stringMatching(/^fabric:hospitals@/), status: 'revoked' })
  expect(fabric.assurance).toEqual({ kind: 'endorsementProof', endorsers: ['Hospital1MSP', 'Hospital2MSP'] })
  expect(evm).toMatchObject({ chain: 'evm', network: 'eip155:31337', status: 'revoked', assurance: { kind: 'gatewaySigned' } })
  const lists = filesIn(join(home, 'published')).map(file => createHash('sha256').update(readFileSync(file)).digest('hex'))
  for (const { neoBlock: asOf, listHash, provenAfterMs } of chains) {
    expect(asOf).toBeGreaterThanOrEqual(neoBlock)
    expect(lists).toContain(listHash)
    // Both chains take a second or two with nothing else on the machine.
    expect(provenAfterMs).toBeLessThan(20_000)
  }
})

test('forged messages of a gateway are refused by both chains, for the reason that is', () => {
  const { refusals } = steps['forged-messages-refused']
  const told = refusals.map(({ chain, forgery, code, message }: Record<string, string>) => [chain, forgery, code, message!.split(': ')[1]])
  expect(told).toEqual([
    ['fabric', 'altered-entry', 'ERR_CHAIN_REFUSED', 'ERR_CHAINCODE_PROOF'],
    ['fabric', 'altered-signature', 'ERR_CHAIN_REFUSED', 'ERR_CHAINCODE_PROOF'],
    ['fabric', 'older-state', 'ERR_CHAIN_ROLLBACK', 'ERR_CHAINCODE_ROLLBACK'],
    ['evm', 'altered-entry', 'ERR_CHAIN_REFUSED', 'NodeHashDiffers'],
    ['evm', 'altered-signature', 'ERR_CHAIN_REFUSED', 'NotTheThreshold'],
    ['evm', 'older-state', 'ERR_CHAIN_ROLLBACK', 'EntryOlderThanHeld'],
  ])
})

test('every resident of the file has one credential', () => {
  const credentials = readFileSync(join(home, 'pilot', 'lanyu.jsonl'), 'utf8')
    .trimEnd()
    .split('\n')
  const ids = credentials.map(line => (JSON.parse(line) as { credentialId: string }).credentialId)
  expect(new Set(ids).size).toBe(cities[0]!.residents)
})

test('a second run goes on with the data of the first, and issues nobody a second credential', { timeout: 600_000 }, async () => {
  const before = readFileSync(join(home, 'pilot', 'lanyu.jsonl'), 'utf8')
  const second = await hufu.run(...pilot, '--no-chains')
  expect(second).toMatchObject({ code: 0 })
  expect(second.stderr).toContain('(0 issued now, 0 problems)')
  expect(readFileSync(join(home, 'pilot', 'lanyu.jsonl'), 'utf8')).toBe(before)
})

test('nothing about any resident, and no key, is on the ledger, in a database, a log or a journal, not even hashed', {
  timeout: 300_000,
}, async () => {
  const startedMs = performance.now()
  const files = filesOfPilot(home)
  expect(files.filter(({ place }) => place.endsWith('chain.bolt'))).toHaveLength(7)
  expect(files.some(({ place }) => place.endsWith('issuance.journal'))).toBe(true)
  const ledger = await ledgerOfPilot(home)
  expect(ledger.differing).toEqual([])
  expect(Math.min(ledger.items, ledger.transactions)).toBeGreaterThan(100)
  const tables = await tablesOfPilot(home)
  expect(tables.length).toBeGreaterThan(100)

  const [persons, keys] = [personsOfPilot(), keysOfPilot(home)]
  expect(keys.length).toBeGreaterThan(40)
  const finder = new TraceFinder([...persons, ...keys])
  const places = [...files, ...tables, ...ledger.places]
  const found = places.flatMap(({ place, bytes }) => finder.in(place, bytes).map(trace => ({ place, trace })))
  expect(found.filter(({ place }) => !isOwnPlace(place)).map(({ trace }) => trace)).toEqual([])
  // They are found where they are: residents in what the run leaves to look at, every key in its own file.
  const own = found.map(({ trace }) => trace)
  expect(own.filter(trace => /^pilot\/lanyu\.jsonl: name_latin/.test(trace)).length).toBeGreaterThan(5)
  for (const { what } of keys)
    expect(
      own.some(trace => trace.includes(`: ${what}, `)),
      what,
    ).toBe(true)
  const megabytes = places.reduce((sum, { bytes }) => sum + bytes.length, 0) / 1e6
  const { items, transactions } = ledger
  console.info(
    `${persons.length} values of persons and ${keys.length} keys in ${finder.patterns} forms: none in ${places.length} places, ${megabytes.toFixed(0)} MB, ${items} entries and ${transactions} transactions of the ledger; ${((performance.now() - startedMs) / 1000).toFixed(1)} s`,
  )
})

test('a command that cannot be carried out says why with a stable code, and as JSON', async () => {
  const { code, stdout, stderr } = await hufu.run('did', 'create', '--as', 'nobody', '--json')
  expect(code).toBe(1)
  expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'ERR_CLI_IDENTITY' } })
  expect(stderr).toContain('[ERR_CLI_IDENTITY]')
  const chinese = await hufu.run('network', 'status', '--lang', 'zh-CN')
  expect(chinese.stdout).toContain('法定数')
})
