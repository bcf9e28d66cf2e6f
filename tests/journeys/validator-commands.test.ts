// What a bureau's engineer types, against a real network: from the network file to a node that runs and ends in order.
import { spawn } from 'node:child_process'
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { freePort, startTestNetwork, type TestNetwork } from '@hufu/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Hufu } from './run-hufu.ts'

const cli = fileURLToPath(new URL('../../apps/cli/src/main.ts', import.meta.url))

let network: TestNetwork
let home: string
let hufu: Hufu
let networkFile: string
let fingerprint: string

beforeAll(async () => {
  network = await startTestNetwork({ validators: 4, contracts: false })
  home = dirname(network.nodes.files.folder)
  hufu = new Hufu(home)
  networkFile = join(home, 'network-file.json')
})
afterAll(() => network?.stop())

test('a network file counts once a quorum signed it, and is the one that was compared', async () => {
  await hufu.ok('network', 'draft-file', '--out', networkFile)
  const unsigned = await hufu.json('network', 'verify-file', networkFile)
  expect(unsigned).toMatchObject({ code: 1, value: { error: { code: 'ERR_VALIDATOR_NETWORK_FILE' } } })
  await hufu.ok('network', 'sign-file', networkFile, '--local')
  const { code, value } = await hufu.json('network', 'verify-file', networkFile)
  expect({ code, signers: value.signers.length, quorum: value.quorum }).toEqual({ code: 0, signers: 4, quorum: 3 })
  fingerprint = value.fingerprint
  const other = await hufu.json(
    'network',
    'verify-file',
    networkFile,
    '--fingerprint',
    fingerprint.replace(/^./, digit => (digit === '0' ? '1' : '0')),
  )
  expect(other).toMatchObject({ code: 1, value: { error: { code: 'ERR_VALIDATOR_FINGERPRINT' } } })
  const altered = join(home, 'altered.json')
  writeFileSync(altered, readFileSync(networkFile, 'utf8').replace('"maxBlockBytes": 16777216', '"maxBlockBytes": 16777217'))
  expect((await hufu.json('network', 'verify-file', altered)).value.error.code).toBe('ERR_VALIDATOR_NETWORK_FILE')
})

test('an observer is made, looked at, run, started again and ended', async () => {
  const folder = join(home, 'observer')
  const [p2p, rpc, metrics] = [await freePort(), await freePort(), await freePort()].map(port => `127.0.0.1:${port}`) as [
    string,
    string,
    string,
  ]
  const where = ['--p2p', p2p, '--rpc', rpc, '--metrics', metrics]
  await hufu.ok(
    'validator',
    'init',
    '--observer',
    '--folder',
    folder,
    '--network-file',
    networkFile,
    '--fingerprint',
    fingerprint,
    ...where,
  )
  expect((await hufu.json('validator', 'preflight', '--folder', folder)).value).toMatchObject({ faults: 0, measured: { peersReached: 4 } })

  const args = [cli, '--home', home, 'validator', 'run', '--folder', folder]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, LANG: 'C' } })
  let said = ''
  child.stderr.setEncoding('utf8').on('data', text => {
    said += text
  })
  const ended = new Promise<number | null>(resolve => child.once('exit', resolve))
  try {
    const head = await network.ledger.getBlockCount()
    await until(async () => (await ask(rpc, 'getblockcount')) >= head)
    const status = (await hufu.json('validator', 'status', '--folder', folder)).value
    expect(status).toMatchObject({ role: 'observer', pid: child.pid, quorum: 3, margin: 1 })
    expect(await hufu.json('validator', 'check-state', '--folder', folder)).toMatchObject({ code: 0, value: { findings: [] } })
    const before = await ask(rpc, 'getversion')
    child.kill('SIGHUP')
    await until(async () => said.includes('started again') && (await ask(rpc, 'getversion')).nonce !== before.nonce)
    child.kill('SIGTERM')
    expect(await ended).toBe(0)
  } finally {
    child.kill('SIGKILL')
  }
})

test('a key is made once, with a record, and is not that of another seat', async () => {
  const folder = join(home, 'city')
  const password = join(home, 'password')
  writeFileSync(password, 'only for this test\n')
  const keygen = ['validator', 'keygen', '--folder', folder, '--name', 'validator-1', '--password-file', password]
  const { value } = await hufu.json(...keygen, '--operator', 'A', '--witness', 'B', 'C')
  expect(value).toMatchObject({ scrypt: { n: 16_384, r: 8, p: 8 }, operator: 'A', witnesses: ['B', 'C'] })
  expect(statSync(folder).mode & 0o077).toBe(0)
  expect(statSync(join(folder, 'wallet.json')).mode & 0o077).toBe(0)
  expect(JSON.parse(readFileSync(join(folder, 'key-ceremony.json'), 'utf8'))).toEqual(value)
  expect((await hufu.json(...keygen)).value.error.code).toBe('ERR_VALIDATOR_FOLDER')
  const init = [
    'validator',
    'init',
    '--name',
    'validator-1',
    '--folder',
    folder,
    '--network-file',
    networkFile,
    '--fingerprint',
    fingerprint,
  ]
  expect((await hufu.json(...init)).value.error.code).toBe('ERR_VALIDATOR_SEAT')
  // A folder that is no node yet: said in the language that was asked for.
  const { code, stdout } = await hufu.run('validator', 'preflight', '--folder', folder, '--lang', 'zh-CN')
  expect(code).toBe(1)
  expect(stdout).toContain('PREFLIGHT_FOLDER')
  expect(stdout).toContain('hufu validator init 创建')
})

async function until(isSo: () => Promise<boolean>, timeoutMs = 60_000): Promise<void> {
  for (const deadline = Date.now() + timeoutMs; !(await isSo().catch(() => false)); ) {
    if (Date.now() > deadline) throw new Error('waited in vain')
    await sleep(200)
  }
}

async function ask(rpc: string, method: string): Promise<ReturnType<typeof JSON.parse>> {
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params: [] })
  const response = await fetch(`http://${rpc}`, { method: 'POST', body })
  return ((await response.json()) as { result: unknown }).result
}
