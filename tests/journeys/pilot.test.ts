import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { cities, residentsFile } from '@hufu/samples'
import { afterAll, beforeAll, expect, test } from 'vitest'
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
}, 300_000)

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
  const lists = filesBelow(join(home, 'published')).map(file => createHash('sha256').update(readFileSync(file)).digest('hex'))
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

test('a second run goes on with the data of the first, and issues nobody a second credential', { timeout: 300_000 }, async () => {
  const before = readFileSync(join(home, 'pilot', 'lanyu.jsonl'), 'utf8')
  const second = await hufu.run(...pilot, '--no-chains')
  expect(second).toMatchObject({ code: 0 })
  expect(second.stderr).toContain('(0 issued now, 0 problems)')
  expect(readFileSync(join(home, 'pilot', 'lanyu.jsonl'), 'utf8')).toBe(before)
})

test('nothing about any resident is on the ledger, in a log or in a journal', () => {
  const residents = readFileSync(residentsFile('lanyu'), 'utf8').trimEnd().split('\n').slice(1)
  // Numbers and addresses: a name of two characters can stand in any file by chance.
  const secrets = residents.slice(0, 40).flatMap(row => [row.split(',')[0]!, row.split(',')[6]!])
  // What a resident holds, and what the run leaves for its user to look at, is not meant.
  const own = [join(home, 'pilot'), join(home, 'wallets')]
  const files = filesBelow(home).filter(file => !own.some(folder => file.startsWith(folder)))
  expect(files.filter(file => file.endsWith('chain.bolt'))).toHaveLength(7)
  expect(files.some(file => file.endsWith('issuance.journal'))).toBe(true)
  for (const file of files) {
    const content = readFileSync(file)
    for (const secret of secrets) expect(content.includes(secret), file).toBe(false)
  }
})

test('a command that cannot be carried out says why with a stable code, and as JSON', async () => {
  const { code, stdout, stderr } = await hufu.run('did', 'create', '--as', 'nobody', '--json')
  expect(code).toBe(1)
  expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'ERR_CLI_IDENTITY' } })
  expect(stderr).toContain('[ERR_CLI_IDENTITY]')
  const chinese = await hufu.run('network', 'status', '--lang', 'zh-CN')
  expect(chinese.stdout).toContain('法定数')
})

function filesBelow(folder: string): readonly string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map(name => join(folder, name))
    .filter(file => statSync(file).isFile())
}
