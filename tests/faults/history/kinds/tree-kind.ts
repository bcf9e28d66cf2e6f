import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseLeavesWrittenNotification, parseRootPublishedNotification, status } from '@hufu/bindings'
import {
  type Account,
  asBytes,
  asNumber,
  asStruct,
  type ContractCall,
  isNull,
  type LedgerClient,
  LedgerError,
  type ScriptHash,
} from '@hufu/ledger'
import type { SeededRandom } from '@hufu/network'
import { bytesToHex, concatBytes, hexToBytes } from '@hufu/primitives'
import {
  CredentialTree,
  createNodeHasher,
  createScalarEngine,
  MemoryTreeLog,
  type NodeHasher,
  randomScalar,
  scalarToBytes,
  TreeWriter,
} from '@hufu/proofs'
import { openTrees, ServiceError, type Trees } from '@hufu/service'
import { ledgerTrustSource } from '@hufu/trust'
import type { HistoryKind, HistoryWorld } from '../history-kind.ts'
import { noTree, type TreeAction, treeModel } from '../models/tree-model.ts'
import { Recorder } from '../recorder.ts'
import type { Registry } from '../registry.ts'
import { readAllVersions, readVersionsOften } from './read-versions.ts'

const zeroLeaf = '0'.repeat(64)
/** Servers of an issuer that write the same tree, each for credentials of its own. */
const replicas = 2

/** What a server was told of a leaf that it cares for: undefined where the last answer was no answer. */
type Told = Map<number, string | undefined>

/** Credential trees, each written by two servers of its issuer as they write them: with the roots that they work out from what they follow. */
export async function treeKind(world: HistoryWorld, { institutions, typeId }: Registry): Promise<HistoryKind> {
  const { network, lives, isOver } = world
  const { hash } = network.descriptor.contracts.status
  const contract = status(hash)
  const hasher = createNodeHasher(await createScalarEngine())
  const names = institutions.map(({ scriptHash }) => scriptHash)
  const folder = mkdtempSync(join(tmpdir(), 'hufu-history-'))
  const followed: Trees[] = []
  const told = new Map<string, Told[]>()
  const recorder = new Recorder(network, lives, {
    model: treeModel(rememberedRoots(hasher)),
    inquire(object, rootIndex) {
      const key = { issuer: object as ScriptHash, typeId }
      return {
        calls: [rootIndex === 0 ? contract.tree(key) : contract.rootAt({ ...key, rootIndex: BigInt(rootIndex) })],
        decode([item]) {
          if (item === undefined || isNull(item)) return 'none'
          const [size, root, timeMs, index, blockIndex] = asStruct(item, 5)
          return `${asNumber(index)} ${asNumber(size)} ${bytesToHex(asBytes(root))} ${asNumber(timeMs)} ${asNumber(blockIndex)}`
        },
      }
    },
    hear(notification) {
      if (notification.contract !== hash) return undefined
      if (notification.name === 'LeavesWritten') {
        const { issuer, firstIndex, leaves } = parseLeavesWrittenNotification(notification)
        return { object: issuer, said: `leaves ${firstIndex} ${bytesToHex(leaves)}` }
      }
      if (notification.name !== 'RootPublished') return undefined
      const { issuer, rootIndex, size, root } = parseRootPublishedNotification(notification)
      return { object: issuer, said: `root ${rootIndex} ${size} ${bytesToHex(root)}` }
    },
  })
  for (const name of names) {
    recorder.initial.set(name, noTree)
    told.set(
      name,
      Array.from({ length: replicas }, () => new Map()),
    )
  }
  for (let replica = 0; replica < replicas; replica++) {
    const client = world.client()
    const trust = ledgerTrustSource(client, network.descriptor)
    followed.push(
      await openTrees({ client, network: network.descriptor, trust, folder: join(folder, `${replica}`), freshWithinMs: 10_000 }),
    )
  }
  const logs = new Map(names.map(name => [name, new MemoryTreeLog()]))

  /** What a tree's writer submits is recorded as it passes. */
  function recorded(client: LedgerClient, object: string): Pick<LedgerClient, 'submit' | 'resume'> {
    return {
      submit: (calls, options) => recorder.submit(object, actionOf(calls[0]!), () => client.submit(calls, options)),
      resume: () => client.resume(),
    }
  }

  async function keepWriting(account: Account, replica: number): Promise<void> {
    const object = account.scriptHash
    const random = world.random(`tree ${object} ${replica}`)
    const mine = told.get(object)![replica]!
    const writer = await TreeWriter.open({
      client: recorded(world.client(), object),
      contract: hash,
      key: { issuer: object, typeId },
      account,
      sponsor: network.committee,
      source: followed[replica]!,
      hasher,
      log: logs.get(object)!,
    })
    while (!isOver()) await changeOnce(writer, mine, random).catch(pauseIfExplained)
  }

  return {
    name: 'status',
    contract: hash,
    recorder,
    actors: () => [
      ...institutions.flatMap(account => Array.from({ length: replicas }, (_, replica) => keepWriting(account, replica))),
      ...readVersionsOften(world, 'status', recorder, names),
    ],
    readAll: node => readAllVersions(recorder, node, names),
    async close() {
      await Promise.all(followed.map(trees => trees.refresh()))
      const wrong = names.flatMap(issuer =>
        followed.flatMap(trees =>
          told.get(issuer)!.flatMap(mine => unlike(mine, index => bytesToHex(trees.followedTree({ issuer, typeId })!.tree.leaf(index)))),
        ),
      )
      await Promise.all(followed.map(trees => trees.close()))
      rmSync(folder, { recursive: true, force: true })
      return wrong
    },
  }
}

/** One change of leaves that this server cares for, and what it was told of it. */
async function changeOnce(writer: TreeWriter, mine: Told, random: SeededRandom): Promise<void> {
  const living = [...mine].filter(([, leaf]) => leaf !== undefined && leaf !== zeroLeaf)
  if (living.length < 3 || random.below(2) === 0) {
    const leaves = Array.from({ length: 1 + random.below(3) }, () => scalarToBytes(randomScalar(drawBytes(random))))
    const indices = await writer.append(concatBytes(...leaves))
    for (const [position, index] of indices.entries()) mine.set(index, bytesToHex(leaves[position]!))
    return
  }
  const [index, leaf] = random.pick(living)
  mine.set(index, undefined)
  if (random.below(2) === 0) {
    await writer.revokeLeaves([index], 'moved away')
    mine.set(index, zeroLeaf)
    return
  }
  await writer.suspendLeaves([index], 'under inquiry')
  await writer.reinstateLeaves([index], 'remedied')
  mine.set(index, leaf)
}

function drawBytes(random: SeededRandom): (length: number) => Uint8Array<ArrayBuffer> {
  return length => Uint8Array.from({ length }, () => random.below(256))
}

/** Nodes were away, or the followed tree came late. @throws what no fault explains */
async function pauseIfExplained(error: unknown): Promise<void> {
  if (!(error instanceof LedgerError) && !(error instanceof ServiceError)) throw error
  await sleep(200)
}

function unlike(mine: Told, leafOf: (index: number) => string): readonly string[] {
  return [...mine].flatMap(([index, leaf]) =>
    leaf === undefined || leafOf(index) === leaf ? [] : [`leaf ${index} is not what its issuer was told`],
  )
}

function actionOf({ method, args }: ContractCall): TreeAction {
  const values = args.map(({ value }) => value)
  const [, , first, leaves, root] = values as [unknown, unknown, bigint | readonly { readonly value: bigint }[], Uint8Array, Uint8Array]
  const rest = { leaves: bytesToHex(leaves).match(/.{64}/g) ?? [], root: bytesToHex(root) }
  if (method === 'append') return { method, firstIndex: Number(first), ...rest }
  return { method: 'set', indices: (first as readonly { readonly value: bigint }[]).map(({ value }) => Number(value)), ...rest }
}

/** Roots of leaves that differ little from those of before. */
function rememberedRoots(hasher: NodeHasher): (leaves: readonly string[]) => string {
  let tree = new CredentialTree(hasher)
  let last: readonly string[] = []
  return leaves => {
    if (leaves.length < last.length) {
      tree = new CredentialTree(hasher)
      last = []
    }
    const changed = last.flatMap((leaf, index) => (leaf === leaves[index] ? [] : [index]))
    if (changed.length > 0) tree.setLeaves(changed, concatBytes(...changed.map(index => hexToBytes(leaves[index]!))))
    if (leaves.length > last.length) tree.append(concatBytes(...leaves.slice(last.length).map(hexToBytes)))
    last = leaves
    return bytesToHex(tree.root)
  }
}
