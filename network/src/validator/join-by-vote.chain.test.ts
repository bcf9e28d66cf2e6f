import { linkSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { council } from '@hufu/bindings'
import { decide } from '@hufu/council'
import { LedgerClient, type NetworkDescriptor } from '@hufu/ledger'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { deployContracts } from '../deploy-contracts.ts'
import { foundNetwork } from '../found-network.ts'
import { LocalNetwork } from '../local-network.ts'
import { committeeAccount, createNetworkFolder, networkDescriptor, noContracts, validatorsAccount } from '../network-folder.ts'
import { localCouncil } from '../new-council.ts'
import { neoGo } from '../node-process.ts'
import { freePorts } from '../ports.ts'
import { registerCandidate } from '../register-candidate.ts'
import { fundAccounts } from '../treasury.ts'
import { backupValidator } from './backup-validator.ts'
import { draftNetworkFile, localNetworkPlan } from './draft-network-file.ts'
import { hashOfFile } from './hash-of-file.ts'
import { leaveNetwork, nextValidators } from './leave-network.ts'
import { lookAtFleet } from './look-at-fleet.ts'
import { type NetworkFile, networkFileFingerprint, networkFileText, type SignedNetworkFile, signNetworkFile } from './network-file.ts'
import { restoreValidator } from './restore-validator.ts'
import { beginRotation, finishRotation } from './rotate-key.ts'
import { type RunningValidator, type RunStep, runValidator } from './run-validator.ts'
import type { StepOptions } from './upgrade-validator.ts'
import { listenOn, testPassword, testPlatform } from './validator-fixture.ts'
import {
  initValidator,
  makeValidatorFolder,
  openValidator,
  readState,
  readWallet,
  replaceNetworkFile,
  writeWallet,
} from './validator-folder.ts'
import { newWallet, openWalletKey, type ValidatorWallet } from './validator-wallet.ts'

const names = ['one', 'two', 'three', 'four']
const ask = { fetch: globalThis.fetch, timeoutMs: 2_000 }
const code = (name: string) => expect.objectContaining({ code: `ERR_VALIDATOR_${name}` })

let parent: string
let folder: string
let nodes: LocalNetwork
let ledger: LedgerClient
let network: NetworkDescriptor
let file: NetworkFile
let newcomer: RunningValidator | undefined

beforeAll(async () => {
  parent = mkdtempSync(join(tmpdir(), 'hufu-join-'))
  folder = join(parent, 'newcomer')
  const files = await createNetworkFolder(join(parent, 'network'), { name: 'test', magic: 787_879, validators: names })
  nodes = await LocalNetwork.start(files)
  ledger = new LedgerClient({ network: networkDescriptor(files, noContracts) })
  const committee = committeeAccount(files)
  await fundAccounts(ledger, validatorsAccount(files), [committee.scriptHash], 100_000_00000000n, 'fund the committee')
  network = networkDescriptor(files, await deployContracts(ledger, committee, { production: false, council: localCouncil(files) }))
  await foundNetwork(ledger, files, network.contracts)
})

afterAll(async () => {
  await newcomer?.stop()
  ledger.close()
  await nodes.stop()
  rmSync(parent, { recursive: true, force: true })
})

async function until(isSo: () => boolean | Promise<boolean>, timeoutMs = 60_000): Promise<void> {
  for (const deadline = Date.now() + timeoutMs; !(await isSo()); ) {
    if (Date.now() > deadline) throw new Error('waited in vain')
    await sleep(200)
  }
}

/** Signed by those of genesis, which is who the file before names; `four` by whoever has its key now. */
async function signed(next: NetworkFile, wallet?: ValidatorWallet): Promise<SignedNetworkFile> {
  let result: SignedNetworkFile = { network: next, signatures: [] }
  for (const index of [0, 1, 2]) result = await signNetworkFile(result, names[index]!, nodes.files.signers[index]!)
  if (wallet === undefined) return result
  return signNetworkFile(result, 'four', await openWalletKey(wallet, wallet.keys.at(-1)!.publicKey, testPassword))
}

/** The council votes a key into the fourth seat, and the ledger elects it. */
async function voteIn(wallet: ValidatorWallet, position: number): Promise<void> {
  const { publicKey } = wallet.keys[position]!
  const signer = await openWalletKey(wallet, publicKey, testPassword)
  const sponsor = validatorsAccount(nodes.files)
  await registerCandidate(ledger, signer, sponsor)
  await decide(
    { client: ledger, network },
    {
      seats: names.slice(0, 3).map((name, index) => ({ name, account: nodes.files.seatAccounts[index]! })),
      sponsor,
      title: 'four has a new key',
      calls: [council(network.contracts.council.hash).setValidator({ name: 'four', publicKey: signer.publicKey.bytes })],
      attempt: publicKey,
    },
  )
  await until(async () => (await nextValidators(file, ask, Date.now())).has(publicKey))
}

test('a validator joins: it looks on, has the state of the others, is voted in, and signs', async () => {
  const wallet = await newWallet('four', testPassword)
  await writeWallet(makeValidatorFolder(folder), wallet)
  const ports = await freePorts(1)
  const software = [{ version: '0.122.0', platform: testPlatform, sha256: await hashOfFile(neoGo) }]
  const issuedAt = '2026-11-01T00:00:00Z'
  const first = draftNetworkFile({ ...localNetworkPlan(nodes.files), turnMs: 1_000 }, { issuedAt, software })
  const listen = listenOn(ports[0]!)
  const validators = first.validators.map(each =>
    each.name === 'four'
      ? {
          ...each,
          publicKey: wallet.keys[0]!.publicKey,
          p2p: listen.p2p,
          rpcUrl: `http://${listen.rpc}`,
          metricsUrl: `http://${listen.metrics}/metrics`,
        }
      : each,
  )
  file = draftNetworkFile({ validators }, { issuedAt, software, previous: first })
  const opened = await initValidator(folder, {
    networkFileText: networkFileText(await signed(file)),
    trust: { fingerprint: networkFileFingerprint(file) },
    seat: 'four',
    listen,
    isFounding: false,
  })
  linkSync(neoGo, opened.files.binary)

  const steps: RunStep[] = []
  const running = await runValidator(folder, {
    password: async () => testPassword,
    platform: testPlatform,
    onStep: step => steps.push(step),
  })
  newcomer = running
  expect(running.isOnDuty()).toBe(false)
  await until(() => running.isOnDuty())
  const caughtUp = steps.find(step => step.kind === 'caughtUp')
  expect(caughtUp).toMatchObject({ comparison: { agreeing: ['one', 'two', 'three'], stateRoot: expect.stringMatching(/^[0-9a-f]{64}$/) } })
  expect(readState(opened.files)).toMatchObject({ phase: 'onDuty', mustCatchUp: false })

  // Not voted in: it may run and does not sign; nobody misses it.
  const publicKey = wallet.keys[0]!.publicKey
  expect(await nextValidators(file, ask, Date.now())).not.toContain(publicKey)
  await voteIn(wallet, 0)
  await until(async () => {
    const fleet = await lookAtFleet(file, ask, Date.now())
    return fleet.members.find(member => member.name === 'four')!.takesPart
  })
  // The one before may go now; the newcomer may not.
  await nodes.stopNode(3)
  await expect(leaveNetwork(folder, ask, Date.now())).rejects.toEqual(code('STILL_VOTED'))
})

test('its key is rotated: both in one process, the new one from the vote on, the old one then taken out', async () => {
  const { files } = await openValidator(folder)
  const options: StepOptions = { ask, nowMs: Date.now, restart: () => newcomer!.restart(), backWithinMs: 60_000 }
  const old = readWallet(files).keys[0]!.publicKey
  await expect(finishRotation(folder, options)).rejects.toEqual(code('WALLET'))
  const { folder: oldBackup } = await backupValidator(folder, join(parent, 'backups'), { withChain: false, nowMs: Date.now() })

  const { key } = await inTurn(() => beginRotation(folder, testPassword, options))
  await expect(inTurn(() => beginRotation(folder, testPassword, options))).rejects.toEqual(code('WALLET'))
  expect(readState(files).backupHeight).toBeNull()
  // The old key signs yet: to take it out now would lose the validator.
  await expect(finishRotation(folder, options)).rejects.toEqual(code('STILL_VOTED'))

  await voteIn(readWallet(files), 1)
  await until(async () => !(await nextValidators(file, ask, Date.now())).has(old))
  await expect(finishRotation(folder, options)).rejects.toEqual(code('SEAT'))
  const validators = file.validators.map(each => (each.name === 'four' ? { ...each, publicKey: key.publicKey } : each))
  const next = draftNetworkFile({ validators }, { issuedAt: '2026-11-02T00:00:00Z', software: file.software, previous: file })
  const text = networkFileText(await signed(next, readWallet(files)))
  file = await replaceNetworkFile(await openValidator(folder), text)
  await until(async () => (await lookAtFleet(file, ask, Date.now())).margin === 1)
  expect(await inTurn(() => finishRotation(folder, options))).toBe(old)
  expect(readWallet(files).keys.map(each => each.publicKey)).toEqual([key.publicKey])
  await until(async () => (await lookAtFleet(file, ask, Date.now())).margin === 1)

  // The backup from before has a key that is no longer the seat's.
  const restore = restoreValidator(oldBackup, join(parent, 'old'), {
    ask,
    nowMs: Date.now(),
    greet: () => Promise.reject(new Error('silent')),
    networkFileText: text,
  })
  await expect(restore).rejects.toEqual(code('SEAT'))
})

/** Tries until it is the validator's turn: what is refused before has changed nothing. */
async function inTurn<T>(step: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await step()
    } catch (error) {
      if ((error as { code?: string }).code !== 'ERR_VALIDATOR_TURN') throw error
    }
  }
}
