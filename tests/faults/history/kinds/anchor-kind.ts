import { parseStatusListAnchoredNotification, status } from '@hufu/bindings'
import { asBytes, asNumber, asStruct, isNull, type ScriptHash } from '@hufu/ledger'
import { bytesToHex, sha256, utf8ToBytes } from '@hufu/primitives'
import type { HistoryKind, HistoryWorld } from '../history-kind.ts'
import { anchorModel } from '../models/anchor-model.ts'
import { Recorder } from '../recorder.ts'
import type { Registry } from '../registry.ts'
import { readAllVersions, readVersionsOften } from './read-versions.ts'

const listId = 'status-list-1'

/** Anchors of status lists, one list for each institution. */
export async function anchorKind(world: HistoryWorld, { institutions }: Registry): Promise<HistoryKind> {
  const { network, lives, isOver } = world
  const { hash } = network.descriptor.contracts.status
  const contract = status(hash)
  const names = institutions.map(({ scriptHash }) => scriptHash)
  const recorder = new Recorder(network, lives, {
    model: anchorModel,
    inquire(object, sequence) {
      const issuer = object as ScriptHash
      const call =
        sequence === 0
          ? contract.statusListAnchor({ issuer, listId })
          : contract.statusListAnchorAt({ issuer, listId, sequence: BigInt(sequence) })
      return {
        calls: [call],
        decode([item]) {
          if (item === undefined || isNull(item)) return 'none'
          const [found, listHash, timeMs, blockIndex] = asStruct(item, 4)
          return `${asNumber(found)} ${bytesToHex(asBytes(listHash))} ${asNumber(timeMs)} ${asNumber(blockIndex)}`
        },
      }
    },
    hear(notification) {
      if (notification.contract !== hash || notification.name !== 'StatusListAnchored') return undefined
      const { issuer, sequence, listHash } = parseStatusListAnchoredNotification(notification)
      return { object: issuer, said: `anchor ${sequence} ${bytesToHex(listHash)}` }
    },
  })
  for (const name of names) recorder.initial.set(name, [])

  async function keepWriting(index: number, writer: number): Promise<void> {
    const client = world.client()
    const account = institutions[index]!
    const issuer = account.scriptHash
    for (let turn = 0; !isOver(); turn++) {
      const listHash = sha256(utf8ToBytes(`${issuer} ${writer} ${turn}`))
      const call = contract.anchorStatusList({ issuer, listId, listHash })
      const options = { account, sponsor: network.committee, idempotencyKey: `anchor ${issuer} ${writer} ${turn}` }
      await recorder.write(issuer, { hash: bytesToHex(listHash) }, () => client.submit([call], options))
    }
  }

  return {
    name: 'anchors',
    contract: hash,
    recorder,
    actors: () => [
      ...[...names.keys()].flatMap(index => [0, 1].map(writer => keepWriting(index, writer))),
      ...readVersionsOften(world, 'anchors', recorder, names),
    ],
    readAll: node => readAllVersions(recorder, node, names),
    close: async () => [],
  }
}
