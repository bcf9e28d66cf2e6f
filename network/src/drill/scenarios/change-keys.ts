import { setTimeout as sleep } from 'node:timers/promises'
import { council } from '@hufu/bindings'
import { asBytes, asStruct, nativeContracts } from '@hufu/ledger'
import { bytesToHex } from '@hufu/primitives'
import { type DrillKey, drillKey, writeWallet } from '../drill-keys.ts'
import { blockTimeMs, type DrillNetwork } from '../drill-network.ts'
import { atMost, type DrillPromise, type DrillRun, figure } from '../drill-report.ts'
import { type Finality, finalityFigures, measureFinality } from '../measure-finality.ts'
import type { Scenario, Stage } from '../scenario.ts'

const settings = { writesPerSecond: 60, delayMs: 0, jitterMs: 0 }
const electTimeoutMs = 60_000
const pollMs = 100
/** Time under load with the new keys. */
const afterMs = 6_000

/** A validator gets another key: the council votes for it, and for a while the node has both. */
export const keyRotation: Scenario = {
  name: 'key-rotation',
  what: {
    en: 'a validator changes its key under load by a vote of the council (long: all seven, one after the other)',
    'zh-CN': '负载下经理事会表决更换验证节点密钥（长版：七个逐一更换）',
  },
  settings: { ...settings, hasCouncil: true },
  async play(stage) {
    const indexes = stage.isLong ? stage.network.speakers : [stage.random.pick(stage.network.speakers)]
    const fromMs = performance.now()
    const tookMs: number[] = []
    for (const index of indexes) tookMs.push(await rotate(stage, index))
    await sleep(afterMs)
    return [await changed(stage, fromMs, `${indexes.length} of 7 keys rotated`, tookMs)]
  },
}

/** The seventh seat goes to another operator, who brings another node. */
export const seatChangesHands: Scenario = {
  name: 'seat-changes-hands',
  what: {
    en: 'a seat goes to another operator: its new node follows the chain, the council votes for it, the old one leaves, under load',
    'zh-CN': '负载下席位易手：新节点先同步，理事会表决，旧节点退出',
  },
  settings: { ...settings, hasCouncil: true },
  async play(stage) {
    const { network, say } = stage
    const { spare, nodes, ledger, descriptor } = network
    const leaving = nodes.files.nodes.length - 1
    const name = network.nameOf(leaving)
    const [key, seat] = await Promise.all([drillKey(network.seed, 'spare'), drillKey(network.seed, 'new seat')])
    const fromMs = performance.now()
    say({ en: 'the new node fetches the chain', 'zh-CN': '新节点同步中' })
    spare.start(network.program)
    const joinedMs = await caughtUp(network)
    await network.registerCandidate(key.signer)
    say({ en: 'the council votes', 'zh-CN': '理事会表决' })
    const contract = council(descriptor.contracts.council.hash)
    await network.decide(`seat ${name} changes hands`, [
      contract.setSeat({ name, account: seat.account.scriptHash }),
      contract.setValidator({ name, publicKey: key.signer.publicKey.bytes }),
    ])
    const electedMs = await elected(network, key)
    await nodes.stopNode(leaving)
    say({ en: 'the old node has left', 'zh-CN': '旧节点已退出' })
    const leftAtMs = performance.now()
    await sleep(afterMs)
    const alone = await measureFinality(network, leftAtMs, performance.now())
    const run = await changed(stage, fromMs, `${name} now is ${spare.files.name}`, [electedMs])
    return [
      {
        ...run,
        figures: [
          figure('until the new node had the chain', joinedMs / blockTimeMs, 'block times'),
          ...run.figures,
          ...finalityFigures(alone, 'with the new node alone'),
          figure('blocks on the ledger', await ledger.getBlockCount(), 'blocks'),
        ],
        // Six of the seven would do, but slower: this says that the new one signs.
        promises: [...run.promises, atMost('finality p99 with the new node alone, in block times', alone.p99, 2)],
      },
    ]
  },
}

/** @returns how long from the vote's end until the key was a validator's */
async function rotate({ network, say }: Stage, index: number): Promise<number> {
  const { nodes, descriptor } = network
  const all = [...nodes.files.nodes.keys()]
  const name = network.nameOf(index)
  const [before, after] = await Promise.all([drillKey(network.seed, `validator ${name}`), drillKey(network.seed, `next key ${name}`)])
  say({ en: `${name} gets another key`, 'zh-CN': `${name} 更换密钥` })
  const restartWith = async (keys: readonly DrillKey[]): Promise<void> => {
    writeWallet(nodes.files.nodes[index]!.folder, keys)
    await nodes.stopNode(index)
    nodes.startNode(index)
    await network.healthy(all)
  }
  await network.healthy(all)
  await restartWith([before, after])
  await network.registerCandidate(after.signer)
  const { setValidator } = council(descriptor.contracts.council.hash)
  await network.decide(`next key of ${name}`, [setValidator({ name, publicKey: after.signer.publicKey.bytes })])
  const tookMs = await elected(network, after)
  // The old key is of no use any more, and goes.
  await restartWith([after])
  return tookMs
}

/** Waits until a key is one of the validators'. @returns how long it took */
async function elected({ ledger, blocks, speakers }: DrillNetwork, { signer }: DrillKey): Promise<number> {
  const startedAt = performance.now()
  const key = bytesToHex(signer.publicKey.bytes)
  const call = { contract: nativeContracts.neoToken, method: 'getNextBlockValidators', args: [] }
  while (performance.now() - startedAt < electTimeoutMs) {
    const validators = asStruct(await ledger.invokeRead(call)).map(item => bytesToHex(asBytes(item)))
    if (validators.includes(key)) {
      const tookMs = performance.now() - startedAt
      // Every validator has its turn once with it.
      await blocks.reached(blocks.height + speakers.length, electTimeoutMs)
      return tookMs
    }
    await sleep(pollMs)
  }
  return Number.POSITIVE_INFINITY
}

async function caughtUp({ spare, blocks }: DrillNetwork): Promise<number> {
  const startedAt = performance.now()
  while (performance.now() - startedAt < electTimeoutMs) {
    const { height } = await spare.status()
    if (height !== null && height >= blocks.height - 1) return performance.now() - startedAt
    await sleep(pollMs)
  }
  return Number.POSITIVE_INFINITY
}

async function changed({ network }: Stage, fromMs: number, name: string, tookMs: readonly number[]): Promise<DrillRun> {
  const finality = await measureFinality(network, fromMs, performance.now())
  return {
    name,
    figures: [
      ...finalityFigures(finality, 'meanwhile'),
      figure('from the execution until the key is a validator, longest', Math.max(...tookMs) / blockTimeMs, 'block times'),
    ],
    promises: promisesOf(finality, tookMs),
  }
}

function promisesOf(finality: Finality, tookMs: readonly number[]): readonly DrillPromise[] {
  return [
    atMost('keys that did not become a validator', tookMs.filter(each => !Number.isFinite(each)).length, 0),
    atMost('writes that the client could not make', finality.failed, 0),
    atMost('finality p99 meanwhile, in block times', finality.p99, 15),
  ]
}
