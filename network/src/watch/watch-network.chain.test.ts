import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { askRunner } from '../control/ask-runner.ts'
import { needOfRestart } from '../control/need-of-restart.ts'
import { LocalNetwork } from '../local-network.ts'
import { createNetworkFolder, type NetworkFolder, networkDescriptor, noContracts } from '../network-folder.ts'
import type { Alarm, AlarmCode, Watch } from './fleet.ts'
import { watchNetwork } from './watch-network.ts'
import { watchedNodes } from './watched-nodes.ts'

let parent: string
let files: NetworkFolder
let network: LocalNetwork
let watch: Watch

beforeAll(async () => {
  parent = mkdtempSync(join(tmpdir(), 'hufu-watch-'))
  files = await createNetworkFolder(join(parent, 'network'), { name: 'watch', magic: 4_711, validators: ['a', 'b', 'c', 'd'] })
  network = await LocalNetwork.start(files)
  watch = watchNetwork({ nodes: watchedNodes(networkDescriptor(files, noContracts), files.folder), magic: files.magic })
  await until(() => watch.snapshot().nodes.every(node => node.up) && (watch.snapshot().height ?? 0) > 1)
})

afterAll(async () => {
  watch?.stop()
  await network?.stop()
  rmSync(parent, { recursive: true, force: true })
})

async function until(isSo: () => boolean, withinMs = 30_000): Promise<number> {
  const startedAt = performance.now()
  for (; !isSo(); await sleep(20)) if (performance.now() - startedAt > withinMs) throw new Error('waited in vain')
  return performance.now() - startedAt
}

const alarm = (code: AlarmCode, node?: string): Alarm | undefined =>
  watch.snapshot().alarms.find(each => each.code === code && each.node === node)

test('a validator that is killed and one that hangs are seen in 3 s each, with the margin; revived, all is well', async () => {
  await network.killNode(1)
  const killedMs = await until(() => alarm('ALARM_NODE_DOWN', 'b') !== undefined && alarm('ALARM_MARGIN_ZERO') !== undefined)
  expect(killedMs).toBeLessThan(3_000)
  // Of three that are left, all are needed: the chain goes on without b, whose turn it is in vain.
  await until(() => watch.snapshot().nodes[1]!.viewChanges > 0)

  process.kill(network.pids[2]!, 'SIGSTOP')
  const hangsMs = await until(() => alarm('ALARM_NODE_DOWN', 'c') !== undefined && alarm('ALARM_QUORUM_LOST') !== undefined)
  expect(hangsMs).toBeLessThan(3_000)
  expect(watch.snapshot()).toMatchObject({ margin: -1, forecast: { level: 'now' } })
  expect(watch.snapshot().nodes.map(({ condition }) => condition)).toEqual(['answers', 'refused', 'hangs', 'answers'])
  expect(alarm('ALARM_QUORUM_LOST')!.command).toContain('network revive')

  const steps = await askRunner(files, { action: 'revive' })
  expect(steps.filter(({ step }) => step === 'started').map(({ node }) => node!)).toEqual(expect.arrayContaining(['b', 'c']))
  expect(steps.at(-1)!.step).toBe('moves')
  await until(() => watch.snapshot().alarms.length === 0)
  expect(watch.snapshot()).toMatchObject({ margin: 1 })
})

test('a restart of all is not needed while the chain moves, nor while validators are down', async () => {
  expect(await needOfRestart(watch, 200)).toBe('moves')
  await Promise.all([network.killNode(0), network.killNode(1)])
  expect(await needOfRestart(watch, 200)).toBe('quorumLost')
  await askRunner(files, { action: 'revive' })
})

test('a restart of all brings all back on the same chain, moving, and says every step', async () => {
  await until(() => watch.snapshot().alarms.length === 0)
  const before = watch.snapshot()
  const pids = network.pids
  const steps = await askRunner(files, { action: 'restart-all' })
  expect(steps.map(({ step }) => step)).toEqual(['stopping', ...Array(4).fill('stopped'), ...Array(4).fill('started'), 'agree', 'moves'])
  expect(network.pids.some(pid => pids.includes(pid))).toBe(false)
  expect(steps.at(-1)!.height).toBeGreaterThan(before.height!)
  await until(() => watch.snapshot().alarms.length === 0 && watch.snapshot().height! > before.height!)
})

test('a validator whose database is deleted fetches the chain anew; not while the others are no quorum, and no unknown one', async () => {
  const steps = await askRunner(files, { action: 'resync', node: 'd' })
  expect(steps.map(({ step }) => step)).toEqual(['stopping', 'stopped', 'emptied', 'started', 'answers'])
  await expect(askRunner(files, { action: 'resync', node: 'e' })).rejects.toMatchObject({ code: 'ERR_NETWORK_NODE_UNKNOWN' })
  await network.killNode(0)
  await expect(askRunner(files, { action: 'resync', node: 'd' })).rejects.toMatchObject({ code: 'ERR_NETWORK_QUORUM' })
  await expect(askRunner(files, { action: 'restart', node: 'd' })).rejects.toMatchObject({ code: 'ERR_NETWORK_QUORUM' })
  expect((await askRunner(files, { action: 'restart', node: 'a' })).at(-1)).toMatchObject({ step: 'answers', node: 'a' })
  await expect(askRunner(files, { action: 'dance' as never })).rejects.toMatchObject({ code: 'ERR_NETWORK_REQUEST' })
})

test('nobody runs it: nothing can be asked', async () => {
  watch.stop()
  await network.stop()
  await expect(askRunner(files, { action: 'revive' })).rejects.toMatchObject({ code: 'ERR_NETWORK_NOT_RUNNING' })
})
