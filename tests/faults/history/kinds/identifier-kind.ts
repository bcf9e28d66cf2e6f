import { identifiers, parseChangedNotification } from '@hufu/bindings'
import { decodeRecord } from '@hufu/did'
import { type Account, isNull, type ScriptHash, singleAccount } from '@hufu/ledger'
import { bytesToHex, utf8ToBytes } from '@hufu/primitives'
import { fixedSigner } from '@hufu/testkit'
import type { HistoryKind, HistoryWorld } from '../history-kind.ts'
import { identifierModel } from '../models/identifier-model.ts'
import { Recorder } from '../recorder.ts'
import { registerAll } from '../register-all.ts'
import { readAllVersions, readVersionsOften } from './read-versions.ts'

const count = 8
const writersOfEach = 2

/** Identifiers, whose documents several writers replace who do not know of each other. */
export async function identifierKind(world: HistoryWorld): Promise<HistoryKind> {
  const { network, lives, isOver } = world
  const { hash } = network.descriptor.contracts.identifiers
  const contract = identifiers(hash)
  const accounts = new Map<string, Account>()
  for (let index = 0; index < count; index++) {
    const account = singleAccount(await fixedSigner(`identifier ${index}`))
    accounts.set(account.scriptHash, account)
  }
  await registerAll(network, [...accounts.values()])
  const recorder = new Recorder(network, lives, {
    model: identifierModel,
    inquire(object, version) {
      const identifier = object as ScriptHash
      const call = version === 0 ? contract.get({ identifier }) : contract.getVersion({ identifier, version: BigInt(version) })
      return {
        calls: [call],
        decode([item]) {
          if (item === undefined || isNull(item)) return 'none'
          const record = decodeRecord(item)
          return `${record.version} of block ${record.blockIndex}: ${bytesToHex(record.document)}`
        },
      }
    },
    hear(notification) {
      if (notification.contract !== hash || notification.name !== 'Changed') return undefined
      const { identifier, version } = parseChangedNotification(notification)
      return { object: identifier, said: `version ${version}` }
    },
  })
  for (const [identifier] of accounts) {
    const record = decodeRecord(await network.ledger.invokeRead(contract.get({ identifier: identifier as ScriptHash })))
    recorder.initial.set(identifier, [{ document: bytesToHex(record.document), blockIndex: record.blockIndex }])
  }
  const names = [...accounts.keys()]

  async function keepWriting(object: string, writer: number): Promise<void> {
    const client = world.client()
    const random = world.random(`identifier ${object} ${writer}`)
    for (let turn = 0; !isOver(); turn++) {
      const read = await recorder.read(random.below(lives.length), object, 0)
      if (read === undefined) continue
      const expectedVersion = Number(read.answer.split(' ')[0])
      const document = utf8ToBytes(JSON.stringify({ alsoKnownAs: [`https://value.example/${writer}/${turn}`] }))
      const call = contract.updateDocument({ identifier: object as ScriptHash, expectedVersion: BigInt(expectedVersion), document })
      const options = { account: accounts.get(object)!, sponsor: network.committee, idempotencyKey: `${object} ${writer} ${turn}` }
      await recorder.write(object, { expectedVersion, document: bytesToHex(document) }, () => client.submit([call], options))
    }
  }

  return {
    name: 'identifiers',
    contract: hash,
    recorder,
    actors: () => [
      ...names.flatMap(object => Array.from({ length: writersOfEach }, (_, writer) => keepWriting(object, writer))),
      ...readVersionsOften(world, 'identifiers', recorder, names),
    ],
    readAll: node => readAllVersions(recorder, node, names),
    close: async () => [],
  }
}
