import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { asBytes, asInteger, LedgerClient, scriptHashFromBytes } from '@hufu/ledger'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { deployContracts } from './deploy-contracts.ts'
import { LocalNetwork } from './local-network.ts'
import { committeeAccount, createNetworkFolder, networkDescriptor, noContracts, validatorsAccount } from './network-folder.ts'
import { localCouncil } from './new-council.ts'
import { fundAccounts } from './treasury.ts'

let parent: string
let network: LocalNetwork
let ledger: LedgerClient

beforeAll(async () => {
  parent = mkdtempSync(join(tmpdir(), 'hufu-deploy-'))
  const validators = ['one', 'two', 'three', 'four']
  network = await LocalNetwork.start(await createNetworkFolder(join(parent, 'network'), { name: 'test', magic: 787_878, validators }))
  ledger = new LedgerClient({ network: networkDescriptor(network.files, noContracts) })
})

afterAll(async () => {
  ledger.close()
  await network.stop()
  rmSync(parent, { recursive: true, force: true })
})

test('gives the committee GAS and deploys the contracts, each knowing those it rests on; a second time does nothing', async () => {
  const committee = committeeAccount(network.files)
  await fundAccounts(ledger, validatorsAccount(network.files), [committee.scriptHash], 100_000_00000000n, 'fund the committee')
  const options = { production: false, council: localCouncil(network.files) }
  const contracts = await deployContracts(ledger, committee, options)

  expect(new Set(Object.values(contracts).map(({ id }) => id)).size).toBe(7)
  for (const { hash } of Object.values(contracts))
    expect(asInteger(await ledger.invokeRead({ contract: hash, method: 'version', args: [] }))).toBeGreaterThan(0n)
  for (const [contract, method] of [
    ['trust', 'identifiers'],
    ['status', 'identifiers'],
    ['status', 'trust'],
    ['proofs', 'identifiers'],
    ['proofs', 'trust'],
    ['proofs', 'status'],
    ['titles', 'identifiers'],
    ['titles', 'gateway'],
  ] as const) {
    const known = await ledger.invokeRead({ contract: contracts[contract].hash, method, args: [] })
    expect(scriptHashFromBytes(asBytes(known))).toBe(contracts[method].hash)
  }

  const readOnly = {
    invokeRead: ledger.invokeRead.bind(ledger),
    invokeReadMany: ledger.invokeReadMany.bind(ledger),
    getBlockCount: ledger.getBlockCount.bind(ledger),
    estimateSystemFee: () => Promise.reject(new Error('nothing is to be written')),
    submit: () => Promise.reject(new Error('nothing is to be written')),
  }
  expect(await deployContracts(readOnly, committee, options)).toEqual(contracts)
})
