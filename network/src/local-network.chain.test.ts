import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { takeLock } from '@hufu/files'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { LocalNetwork, networkStatus } from './local-network.ts'
import { createNetworkFolder, type NetworkFolder, wipeNetwork } from './network-folder.ts'

let parent: string
let folder: string
let running: LocalNetwork[]

beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'hufu-network-'))
  folder = join(parent, 'network')
  running = []
})

afterEach(async () => {
  await Promise.all(running.map(network => network.stop()))
  rmSync(parent, { recursive: true, force: true })
})

const names = ['one', 'two', 'three', 'four', 'five', 'six', 'seven']

function create(validators: number): Promise<NetworkFolder> {
  return createNetworkFolder(folder, { name: 'test', magic: 787_878, validators: names.slice(0, validators) })
}

async function start(files: NetworkFolder): Promise<LocalNetwork> {
  const network = await LocalNetwork.start(files)
  running.push(network)
  return network
}

async function waitUntil(isSo: () => Promise<boolean> | boolean, timeoutMs = 30_000): Promise<void> {
  for (const deadline = Date.now() + timeoutMs; !(await isSo()); ) {
    if (Date.now() > deadline) throw new Error('waited in vain')
    await sleep(50)
  }
}

async function lowestHeight(network: LocalNetwork): Promise<number> {
  return Math.min(...(await network.status()).map(node => node.height ?? -1))
}

async function blockHash(files: NetworkFolder, index: number): Promise<unknown> {
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'getblockhash', params: [index] })
  const response = await fetch(`http://127.0.0.1:${files.nodes[0]!.ports.rpc}`, { method: 'POST', body })
  return ((await response.json()) as { result: unknown }).result
}

function isRunning(pid: number): boolean {
  return existsSync(`/proc/${pid}`) && !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
}

/** Runs the network from a process of its own. */
async function startElsewhere(): Promise<{ readonly runner: ChildProcess; readonly nodePids: readonly number[] }> {
  const script = `
    import { LocalNetwork, openNetworkFolder } from ${JSON.stringify(join(import.meta.dirname, 'index.ts'))}
    const network = await LocalNetwork.start(await openNetworkFolder(${JSON.stringify(folder)}))
    console.log(JSON.stringify(network.pids))
    setInterval(() => undefined, 1_000)`
  const runner = spawn(process.execPath, ['--input-type=module', '--eval', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  const output = await new Promise<Buffer>(resolve => runner.stdout.once('data', resolve))
  return { runner, nodePids: JSON.parse(output.toString()) as number[] }
}

describe.each([1, 2, 7])('a network of %d validators', count => {
  test('makes blocks, puts them on disk, and goes on after a restart', async () => {
    const files = await create(count)
    const first = await start(files)
    await waitUntil(async () => (await first.status()).every(node => node.persistedHeight !== null && node.persistedHeight >= 2))
    for (const node of await first.status()) {
      expect(node).toMatchObject({ up: true, pid: expect.any(Number) })
      expect(node.peers).toBeGreaterThanOrEqual(Math.min(2, count - 1))
    }
    const hash = await blockHash(files, 2)
    await first.stop()
    expect((await first.status()).map(node => [node.up, node.pid])).toEqual(files.nodes.map(() => [false, null]))

    const second = await start(files)
    expect(await blockHash(files, 2)).toBe(hash)
    const height = await lowestHeight(second)
    await waitUntil(async () => (await lowestHeight(second)) > height)
  })
})

describe('one folder', () => {
  test('is run by one process at a time, which status names', async () => {
    const files = await create(1)
    const { runner, nodePids } = await startElsewhere()
    await expect(LocalNetwork.start(files)).rejects.toMatchObject({
      code: 'ERR_FILE_LOCKED',
      message: expect.stringContaining(String(runner.pid)),
    })
    await expect(wipeNetwork(folder)).rejects.toMatchObject({ code: 'ERR_FILE_LOCKED' })
    expect(await networkStatus(folder)).toMatchObject({ runnerPid: runner.pid, nodes: [{ up: true, pid: nodePids[0] }] })
    runner.kill('SIGKILL')
    await waitUntil(() => !isRunning(runner.pid!))
    expect(await networkStatus(folder)).toMatchObject({ runnerPid: null })
    await wipeNetwork(folder)
    expect(existsSync(folder)).toBe(false)
  })

  test('leaves no node behind when its process is killed, and starts again at once with its data', async () => {
    const files = await create(4)
    const { runner, nodePids } = await startElsewhere()
    expect(nodePids.every(isRunning)).toBe(true)
    const hash = await blockHash(files, 0)
    runner.kill('SIGKILL')
    await waitUntil(() => !isRunning(runner.pid!))
    const network = await start(files)
    expect(nodePids.some(isRunning)).toBe(false)
    expect(await blockHash(files, 0)).toBe(hash)
    await waitUntil(async () => (await lowestHeight(network)) > 1)
  })

  test('starts over a lock left by a process whose id another one has now', async () => {
    const files = await create(1)
    mkdirSync(files.lock)
    writeFileSync(join(files.lock, `${process.pid}-1-00000000`), '')
    await start(files)
  })
})

test('names the port that is taken, and starts nothing', async () => {
  const files = await create(1)
  const { metrics } = files.nodes[0]!.ports
  const other = createServer()
  await new Promise<void>(resolve => other.listen(metrics, '127.0.0.1', resolve))
  await expect(LocalNetwork.start(files)).rejects.toMatchObject({
    code: 'ERR_NETWORK_PORT_TAKEN',
    message: expect.stringContaining(`${metrics}`),
  })
  expect(existsSync(files.nodes[0]!.logFile)).toBe(false)
  await new Promise(resolve => other.close(resolve))
  const network = await start(files)
  await network.stop()
})

test('tells with the end of its log why a node ended, and lets go of the folder', async () => {
  const files = await create(1)
  writeFileSync(join(files.nodes[0]!.folder, 'chain.bolt'), 'not a database')
  await expect(LocalNetwork.start(files)).rejects.toMatchObject({
    code: 'ERR_NETWORK_NODE_ENDED',
    message: expect.stringContaining('BoltDB'),
  })
  const unlock = await takeLock(files.lock)
  await unlock()
})

test('puts a log over 8 MiB aside at the next start', async () => {
  const files = await create(1)
  const { logFile } = files.nodes[0]!
  writeFileSync(logFile, '')
  truncateSync(logFile, 9 * 1024 * 1024)
  await start(files)
  expect(statSync(`${logFile}.1`).size).toBe(9 * 1024 * 1024)
  expect(statSync(logFile).size).toBeLessThan(1024 * 1024)
})

test('seven validators go on without two, and take them back, even without data', { timeout: 180_000 }, async () => {
  const network = await start(await create(7))
  await waitUntil(async () => (await lowestHeight(network)) >= 1)
  await Promise.all([network.killNode(0), network.killNode(1)])
  const [dead, alsoDead, ...alive] = await network.status()
  expect([dead!.up, alsoDead!.up]).toEqual([false, false])
  const height = Math.max(...alive.map(node => node.height!))
  await waitUntil(async () => (await network.status()).slice(2).every(node => node.height! > height + 1), 120_000)
  // One comes back as it was, the other one with its disk lost.
  rmSync(join(network.files.nodes[1]!.folder, 'chain.bolt'))
  network.startNode(0)
  network.startNode(1)
  await network.ready()
  expect(await lowestHeight(network)).toBeGreaterThan(height)
})
