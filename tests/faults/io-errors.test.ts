// Disks that fail: the kernel refuses what processes ask of it. Whoever could not write or sync does not say that it did.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { FileOutbox } from '@hufu/files'
import { fetchPersistedHeight, RpcNode, singleAccount } from '@hufu/ledger'
import { gasTransfer } from '@hufu/network'
import { fixedSigner, isPostgresInstalled, startTestNetwork } from '@hufu/testkit'
import { expect, test } from 'vitest'
import { AttackedWorld } from '../attacks/world/attacked-world.ts'
import { AcknowledgedWrites } from './database/acknowledged-writes.ts'
import { canInject, injectErrors, withChildren } from './io-errors/inject-errors.ts'

const seed = process.env.SEED ?? 'failing disk'
const writer = fileURLToPath(new URL('./io-errors/outbox-writer.ts', import.meta.url))

test.runIf(canInject).each([
  ['fdatasync', 'EIO', 'ERR_FILE_IO'],
  ['write', 'EIO', 'ERR_FILE_IO'],
])(
  'an outbox whose disk fails at %s keeps what it said it keeps, takes nothing meanwhile, and goes on once it is well',
  {
    timeout: 60_000,
  },
  async (calls, error, code) => {
    const folder = mkdtempSync(join(tmpdir(), 'hufu-io-'))
    const file = join(folder, 'outbox.journal')
    const child = spawn(process.execPath, [writer, file], { stdio: ['ignore', 'pipe', 'inherit'] })
    const lines: string[] = []
    child.stdout.on('data', (chunk: Buffer) => lines.push(...chunk.toString().trimEnd().split('\n')))
    try {
      await until(async () => lines.length > 20)
      const errors = await injectErrors([child.pid!], calls, error, file)
      await until(async () => lines.filter(line => line.startsWith('refused')).length > 10)
      expect(new Set(lines.filter(line => line.startsWith('refused')).map(line => line.split(' ')[2]))).toEqual(new Set([code]))
      const keptBefore = keptOf(lines).length
      await errors.stop()
      await until(async () => keptOf(lines).length > keptBefore + 20)
      child.kill('SIGKILL')
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
      const again = await FileOutbox.open(file)
      const found = new Set((await again.pending()).map(({ idempotencyKey }) => idempotencyKey))
      expect(keptOf(lines).filter(key => !found.has(key))).toEqual([])
      await again.close()
    } finally {
      child.kill('SIGKILL')
      rmSync(folder, { recursive: true, force: true })
    }
  },
)

test.runIf(canInject)(
  'a validator that cannot sync does not count as one that has; the others go on, and it comes back',
  {
    timeout: 120_000,
  },
  async () => {
    const network = await startTestNetwork({ validators: 4, contracts: false })
    try {
      const { nodes, descriptor, ledger, treasury } = network
      const receiver = singleAccount(await fixedSigner('receiver')).scriptHash
      const acknowledged: { readonly transactionHash: string; readonly blockIndex: number }[] = []
      const write = async () => {
        const transfer = gasTransfer(treasury.scriptHash, receiver, 1n)
        acknowledged.push(
          await (await ledger.submit([transfer], { account: treasury, idempotencyKey: `${acknowledged.length}` })).durable(),
        )
      }
      for (let count = 0; count < 5; count++) await write()
      const persisted = () => fetchPersistedHeight(fetch, descriptor.validators[3]!.metricsUrl, 5_000).catch(() => null)
      const errors = await injectErrors([nodes.pids[3]!], 'fsync,fdatasync', 'EIO')
      await until(async () => errors.count() > 0)
      const reached = await persisted()
      for (let count = 0; count < 10; count++) await write()
      const later = await persisted()
      if (later !== null && reached !== null) expect(later, 'it tells of no block more as kept').toBe(reached)
      await errors.stop()
      await nodes.killNode(3)
      nodes.startNode(3)
      await nodes.ready()
      for (const { transactionHash, blockIndex } of acknowledged)
        for (const { rpcUrl } of descriptor.validators) {
          const node = new RpcNode(rpcUrl, { fetch, timeoutMs: 5_000, maxAnswerBytes: 65_536 })
          expect(await node.call('gettransactionheight', [`0x${transactionHash}`])).toBe(blockIndex)
        }
    } finally {
      await network.stop()
    }
  },
)

test.runIf(canInject && isPostgresInstalled)(
  'an institution whose PostgreSQL cannot sync or write acknowledges nothing, and goes on afterwards',
  {
    timeout: 240_000,
  },
  async () => {
    const world = await AttackedWorld.start()
    const server = await world.bank.start()
    try {
      const writes = new AcknowledgedWrites(world.bank, seed)
      expect([...(await writes.send(5))]).toEqual(['201'])
      for (const calls of ['fsync,fdatasync', 'pwrite64,pwritev,pwritev2']) {
        const errors = await injectErrors(withChildren(world.postgres.pid!), calls, 'EIO')
        const before = writes.acknowledged
        const kinds = await writes.send(5)
        expect(errors.count(), 'the disk has failed').toBeGreaterThan(0)
        await errors.stop()
        expect(
          [...kinds].filter(kind => !/^50[03] ERR_SERVICE_(DATABASE|BEHIND)/.test(kind)),
          `${calls}: ${[...kinds]}`,
        ).toEqual([])
        expect(writes.acknowledged).toBe(before)
        await until(async () => {
          if (world.postgres.pid === null) await world.postgres.start()
          return (await world.bank.request('GET', '/health/ready')).status === 200
        })
        expect([...(await writes.send(5))]).toEqual(['201'])
      }
      expect(await writes.lost(), readFileSync(world.postgres.logFile, 'utf8').slice(-2_000)).toBe(0)
    } finally {
      await server.stop()
      await world.stop()
    }
  },
)

function keptOf(lines: readonly string[]): readonly string[] {
  return lines.filter(line => /^kept \d+$/.test(line)).map(line => `write ${line.split(' ')[1]}`)
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 60_000
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error('waited in vain')
    await sleep(50)
  }
}
