import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { generateSecret, importSigner } from '@hufu/keys'
import { LedgerClient, multisigAccount, quorumOf, singleAccount } from '@hufu/ledger'
import { errorCode } from '@hufu/primitives'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { noContracts } from '../network-folder.ts'
import { gasTransfer } from '../treasury.ts'
import { AskNode } from './ask-node.ts'
import { backupValidator } from './backup-validator.ts'
import { greetPeer } from './greet-peer.ts'
import { hashOfFile } from './hash-of-file.ts'
import { requireIdleKey } from './key-lease.ts'
import { leaveNetwork } from './leave-network.ts'
import { lookAtFleet } from './look-at-fleet.ts'
import { networkFileText } from './network-file.ts'
import { preflight } from './preflight.ts'
import { hostProbes } from './preflight-probes.ts'
import { restoreValidator } from './restore-validator.ts'
import { runValidator } from './run-validator.ts'
import { upgradeValidator } from './upgrade-validator.ts'
import { openTestKey, TestValidators, testPassword, testPlatform } from './validator-fixture.ts'
import { readState, readWallet, validatorFolder } from './validator-folder.ts'

/** The long form is of seven: `VALIDATORS=7`. */
const count = Number(process.env.VALIDATORS ?? 4)
const spare = count - quorumOf(count)
let validators: TestValidators
let ledger: LedgerClient
const ask = { fetch: globalThis.fetch, timeoutMs: 2_000 }
const code = (name: string) => expect.objectContaining({ code: `ERR_VALIDATOR_${name}` })
const run = { password: () => Promise.resolve(testPassword), platform: testPlatform }

beforeAll(async () => {
  validators = await TestValidators.found(count)
  await validators.startAll()
  await allTakePart()
  ledger = new LedgerClient({ network: descriptor() })
})
afterAll(async () => {
  ledger.close()
  await validators.stop()
})

function descriptor() {
  const { name, magic, validators: members } = validators.network
  return {
    name,
    magic,
    validators: members.map(each => ({ name: each.name, publicKey: each.publicKey, rpcUrl: each.rpcUrl, metricsUrl: each.metricsUrl })),
    contracts: noContracts,
  }
}

function look() {
  return lookAtFleet(validators.network, ask, Date.now())
}

async function until(isSo: () => boolean | Promise<boolean>, timeoutMs = 40_000): Promise<void> {
  for (const deadline = Date.now() + timeoutMs; !(await isSo()); ) {
    if (Date.now() > deadline) throw new Error('waited in vain')
    await sleep(100)
  }
}

const allTakePart = () => until(async () => (await look()).margin === spare)

async function faultsOf(folder: string): Promise<readonly string[]> {
  const { findings } = await preflight(folder, { probes: hostProbes(ask), platform: testPlatform, password: testPassword })
  return findings.filter(each => each.level === 'fault').map(each => each.code)
}

test('four validators run from their folders, on the chain whose first block the network file names', async () => {
  const header = await new AskNode(validators.network.validators[2]!.rpcUrl, ask).header(0)
  expect(header.hash).toBe(validators.network.genesis.hash)
  await until(() => readState(validators.files(0)).heartbeat !== null)
  expect((await look()).members.every(member => member.takesPart)).toBe(true)
  expect(await faultsOf(validators.files(1).folder)).toEqual([])
})

test('one key runs once: not from its folder, nor from a copy, nor from another machine', async () => {
  const { folder } = validators.files(0)
  await expect(runValidator(folder, run)).rejects.toMatchObject({ code: 'ERR_FILE_LOCKED' })

  const copy = validatorFolder(join(validators.folder, 'copy'))
  mkdirSync(copy.folder, { mode: 0o700 })
  for (const file of ['networkFile', 'settingsFile', 'stateFile', 'walletFile', 'binary'] as const)
    copyFileSync(validators.files(0)[file], copy[file])
  await expect(runValidator(copy.folder, run)).rejects.toEqual(code('KEY_LIVE'))
  expect(await faultsOf(copy.folder)).toEqual(['PREFLIGHT_PORT', 'PREFLIGHT_PORT', 'PREFLIGHT_PORT', 'PREFLIGHT_KEY_LIVE'])

  const publicKeys = readWallet(copy).keys.map(key => key.publicKey)
  const input = { network: validators.network, publicKeys, seat: 'city-1', heartbeat: null, fleet: await look(), ask }
  await expect(requireIdleKey({ ...input, greet: address => greetPeer(address, 2_000) })).rejects.toThrow(
    'answers at the address of city-1',
  )
  // Another machine whose address is not in the network file: what it signs gives it away.
  const silent = () => Promise.reject(new Error('silent'))
  await expect(requireIdleKey({ ...input, greet: silent })).rejects.toThrow('carries a signature of this key')
  const { publicKey: stranger } = await importSigner('P-256', generateSecret('P-256'))
  const other = { ...input, publicKeys: [Buffer.from(stranger.bytes).toString('hex')], greet: silent }
  expect(await requireIdleKey(other)).toBe('blocks')
})

test('a backup that is behind comes back only once its key is at rest, and looks on before it signs', async () => {
  const index = 3
  const files = validators.files(index)
  const { folder: backup, manifest } = await backupValidator(files.folder, join(validators.folder, 'backups'), {
    withChain: false,
    nowMs: Date.now(),
  })
  expect(manifest).toMatchObject({ seat: 'city-4', withChain: false })
  const options = () => ({ ask, nowMs: Date.now(), greet: (address: string) => greetPeer(address, 2_000) })
  const elsewhere = join(validators.folder, 'restored')

  await expect(restoreValidator(backup, files.folder, options())).rejects.toEqual(code('KEY_LIVE'))
  await expect(restoreValidator(backup, elsewhere, options())).rejects.toEqual(code('KEY_LIVE'))
  const { height } = manifest.heartbeat!
  await until(() => readState(files).heartbeat!.height > height)
  // Its disk is lost, a moment ago: it signed after the backup, until just now.
  await validators.running[index]!.stop()
  await expect(restoreValidator(backup, elsewhere, options())).rejects.toEqual(code('KEY_LIVE'))
  // The folder of old has what the backup has not.
  await expect(restoreValidator(backup, files.folder, options())).rejects.toEqual(code('BACKUP_BEHIND'))

  let restored: Awaited<ReturnType<typeof restoreValidator>> | undefined
  await until(async () => {
    restored = await restoreValidator(backup, elsewhere, options()).catch(() => undefined)
    return restored !== undefined
  })
  expect(restored!.behindBlocks).toBeGreaterThan(0)
  copyFileSync(files.binary, restored!.opened.files.binary)
  // Nobody else may be taken off meanwhile.
  await expect(upgrade(0, validators.files(0).binary)).rejects.toEqual(code('MARGIN'))

  const steps: string[] = []
  const running = await runValidator(elsewhere, { ...run, onStep: step => steps.push(step.kind) })
  expect(running.isOnDuty()).toBe(false)
  await until(() => running.isOnDuty())
  await allTakePart()
  expect(steps.filter(kind => kind !== 'catchingUp')).toEqual(['caughtUp', 'onDuty'])
  await running.stop()
  // What it signed since was signed here: the same folder goes on at once. The one of old does not.
  const again = await runValidator(elsewhere, run)
  await allTakePart()
  await expect(runValidator(files.folder, run)).rejects.toEqual(code('KEY_LIVE'))
  await again.stop()
  await expect(runValidator(files.folder, run)).rejects.toEqual(code('KEY_LIVE'))
  await until(async () => (await validators.start(index).catch(() => undefined)) !== undefined)
  await allTakePart()
})

test('a damaged backup is refused', async () => {
  const { folder } = await backupValidator(validators.files(0).folder, join(validators.folder, 'backups-2'), {
    withChain: false,
    nowMs: Date.now(),
  })
  const options = { ask, nowMs: Date.now(), greet: () => Promise.reject(new Error('silent')) }
  writeFileSync(join(folder, 'wallet.json'), '{}')
  await expect(restoreValidator(folder, join(validators.folder, 'damaged'), options)).rejects.toEqual(code('BACKUP'))
  await expect(restoreValidator(validators.folder, join(validators.folder, 'damaged'), options)).rejects.toEqual(code('BACKUP'))
  const running = backupValidator(validators.files(0).folder, join(validators.folder, 'backups-3'), { withChain: true, nowMs: Date.now() })
  await expect(running).rejects.toEqual(code('BACKUP'))
})

const newProgram = () => join(validators.folder, 'neo-go-next')

/** Validators that are off for an upgrade just now, and the most that ever were. */
const off = { now: 0, most: 0 }

async function upgrade(index: number, binary = newProgram(), text = networkFileText(validators.file)) {
  let wasTaken = false
  try {
    return await upgradeValidator(validators.files(index).folder, {
      binary,
      platform: testPlatform,
      networkFileText: text,
      ask,
      nowMs: Date.now,
      restart: () => {
        if (!wasTaken) off.most = Math.max(off.most, ++off.now)
        wasTaken = true
        return validators.running[index]!.restart()
      },
      backWithinMs: 60_000,
    })
  } finally {
    if (wasTaken) off.now--
  }
}

test('a rolling upgrade of all under load loses no request, and every step that would cost the network its margin is refused', async () => {
  // Another program by its hash, the same by what it does.
  copyFileSync(validators.files(0).binary, newProgram())
  writeFileSync(newProgram(), '\0', { flag: 'a' })
  const broken = join(validators.folder, 'neo-go-broken')
  writeFileSync(broken, '#!/bin/sh\nexit 1\n', { mode: 0o755 })
  const { network } = validators
  await expect(upgrade(0)).rejects.toEqual(code('BINARY'))
  const software = await Promise.all(
    [newProgram(), broken].map(async file => ({ ...network.software[0]!, version: '0.122.1', sha256: await hashOfFile(file) })),
  )
  validators.file = await validators.sign({ ...network, sequence: 2, software: [...software, ...network.software] })

  const load = startLoad()
  // Everybody at once, over and over: whoever has the turn goes, and nobody with it.
  const pending = new Set(validators.running.keys())
  while (pending.size > 0) {
    const indexes = [...pending]
    const outcomes = await Promise.allSettled(indexes.map(index => upgrade(index)))
    for (const [position, outcome] of outcomes.entries()) {
      if (outcome.status === 'rejected') expect(['ERR_VALIDATOR_TURN', 'ERR_VALIDATOR_MARGIN']).toContain(errorCode(outcome.reason))
      else {
        pending.delete(indexes[position]!)
        expect(await hashOfFile(validators.files(indexes[position]!).binary)).toBe(software[0]!.sha256)
      }
    }
    await allTakePart()
  }
  expect(off.most).toBe(1)
  const { sent, failed } = await load.stop()
  expect(failed).toEqual([])
  expect(sent).toBeGreaterThan(20)
  const lowest = Math.min(...(await look()).members.map(member => member.height!))
  for (const height of [...Array.from({ length: Math.floor(lowest / 100) }, (_, hundred) => 100 * (hundred + 1)), lowest]) {
    const roots = await Promise.all(network.validators.map(each => new AskNode(each.rpcUrl, ask).stateRoot(height)))
    expect(new Set(roots).size).toBe(1)
  }
  if (process.env.VALIDATORS !== undefined) console.log(JSON.stringify({ validators: count, sent, failed: failed.length, lowest }))

  // A program that does not run gives its place back.
  await expect(inTurn(() => upgrade(1, broken))).rejects.toEqual(code('UPGRADE'))
  expect(await hashOfFile(validators.files(1).binary)).toBe(software[0]!.sha256)
  await allTakePart()
}, 240_000)

/** Tries until it is the validator's turn: what is refused before has changed nothing. */
async function inTurn<T>(step: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await step()
    } catch (error) {
      if (errorCode(error) !== 'ERR_VALIDATOR_TURN') throw error
    }
  }
}

test('a validator that is voted in does not leave', async () => {
  await expect(leaveNetwork(validators.files(2).folder, ask, Date.now())).rejects.toEqual(code('STILL_VOTED'))
  expect(readState(validators.files(2)).phase).toBe('onDuty')
})

test('with one lost, no other one is taken off; data of another network is named', async () => {
  await validators.running[2]!.stop()
  await until(async () => (await look()).margin === spare - 1)
  await expect(upgrade(0, validators.files(0).binary)).rejects.toEqual(code('MARGIN'))

  const others = await TestValidators.found(1, { magic: 4_242 })
  try {
    await others.start(0)
    await until(() => readState(others.files(0)).heartbeat !== null)
    await others.running[0]!.stop()
    expect(await faultsOf(others.files(0).folder)).toEqual([])
    copyFileSync(others.files(0).databaseFile, validators.files(2).databaseFile)
    expect(await faultsOf(validators.files(2).folder)).toEqual(['PREFLIGHT_DATA_NETWORK'])
  } finally {
    await others.stop()
  }
})

/** Writes some ten a second, each made durable or an error. */
function startLoad() {
  let isOver = false
  let sent = 0
  const failed: unknown[] = []
  const work = (async () => {
    const signers = await Promise.all([...validators.running.keys()].map(index => openTestKey(readWallet(validators.files(index)))))
    const publicKeys = signers.map(signer => signer.publicKey)
    const treasury = multisigAccount(quorumOf(count), publicKeys, signers)
    const writes: Promise<unknown>[] = []
    while (!isOver) {
      const call = gasTransfer(treasury.scriptHash, singleAccount(signers[0]!).scriptHash, 1n)
      const write = async () => {
        const submitted = await ledger.submit([call], { account: treasury, idempotencyKey: `load ${sent++}` })
        await submitted.durable()
      }
      writes.push(write().catch(error => failed.push(error)))
      await sleep(100)
    }
    await Promise.all(writes)
  })()
  return {
    stop: async () => {
      isOver = true
      await work
      return { sent, failed }
    },
  }
}
