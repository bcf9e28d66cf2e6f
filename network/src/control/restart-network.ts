import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { quorumOf } from '@hufu/ledger'
import { NetworkError } from '../errors.ts'
import type { ControlledNetwork, NetworkStep } from './network-request.ts'

type OnStep = (step: NetworkStep) => void

const pollMs = 50
const waitMs = 60_000

/**
 * Stops all validators together, each in order, starts them together, and waits until the chain moves.
 *
 * All must be down at the same time: a validator that is started while others still remember the round in which it committed could sign another block
 * of the same height. What was acknowledged as durable is on disks, and stays.
 *
 * @throws NetworkError `ERR_NETWORK_START_TIMEOUT`, `ERR_NETWORK_NODE_ENDED`, `ERR_NETWORK_STANDS`: all are up, and no block comes within a minute
 */
export async function restartAll(network: ControlledNetwork, onStep: OnStep): Promise<void> {
  const { nodes } = network.files
  onStep(stepOf('stopping'))
  await Promise.all(
    nodes.map(async ({ name }, index) => {
      await network.stopNode(index)
      onStep(stepOf('stopped', { node: name }))
    }),
  )
  for (const [index, { name }] of nodes.entries()) {
    network.startNode(index)
    onStep(stepOf('started', { node: name }))
  }
  await network.ready()
  const height = await headOf(network)
  onStep(stepOf('agree', { height }))
  await untilMoves(network, height, onStep)
}

/**
 * Starts the validators that are down, and restarts those that run but do not answer.
 *
 * @throws NetworkError `ERR_NETWORK_START_TIMEOUT`: one does not answer within a minute
 */
export async function revive(network: ControlledNetwork, onStep: OnStep): Promise<void> {
  const down = [...network.files.nodes.keys()].filter(index => network.pids[index] === null)
  const hanging = (await network.status()).flatMap(({ up, pid }, index) => (up || pid === null ? [] : [index]))
  await Promise.all(
    hanging.map(async index => {
      onStep(stepOf('stopping', { node: nameOf(network, index) }))
      // It would not hear a request to end.
      await network.killNode(index)
      onStep(stepOf('stopped', { node: nameOf(network, index) }))
    }),
  )
  await Promise.all([...down, ...hanging].map(index => startAgain(network, index, onStep)))
  if (down.length + hanging.length > 0) await untilMoves(network, await headOf(network), onStep)
}

/** Restarts one validator. @throws NetworkError `ERR_NETWORK_NODE_UNKNOWN`, `ERR_NETWORK_QUORUM`: the chain would stop without it; `ERR_NETWORK_START_TIMEOUT` */
export async function restartOne(network: ControlledNetwork, name: string, onStep: OnStep): Promise<void> {
  const index = await spareNode(network, name)
  await stopOne(network, index, onStep)
  await startAgain(network, index, onStep)
}

/**
 * Stops a validator, deletes its database, and starts it: it fetches the chain from the others and computes every state again. Throws as {@link restartOne}.
 *
 * What is on the disks of a quorum is what was promised to be kept, so the others must be a quorum.
 */
export async function resyncOne(network: ControlledNetwork, name: string, onStep: OnStep): Promise<void> {
  const index = await spareNode(network, name)
  await stopOne(network, index, onStep)
  await rm(join(network.files.nodes[index]!.folder, 'chain.bolt'), { force: true })
  onStep(stepOf('emptied', { node: name }))
  await startAgain(network, index, onStep)
}

async function spareNode(network: ControlledNetwork, name: string): Promise<number> {
  const index = network.files.nodes.findIndex(node => node.name === name)
  if (index < 0) throw new NetworkError('ERR_NETWORK_NODE_UNKNOWN', 'the network has no validator of that name; see hufu network status')
  const status = await network.status()
  const others = status.filter((node, other) => other !== index && node.up).length
  const quorum = quorumOf(status.length)
  // One that is down, or alone, takes nothing away.
  if (status[index]!.up && status.length > 1 && others < quorum)
    throw new NetworkError(
      'ERR_NETWORK_QUORUM',
      `without it ${others} validators are up, and ${quorum} must be; bring back the others first`,
    )
  return index
}

async function stopOne(network: ControlledNetwork, index: number, onStep: OnStep): Promise<void> {
  onStep(stepOf('stopping', { node: nameOf(network, index) }))
  await network.stopNode(index)
  onStep(stepOf('stopped', { node: nameOf(network, index) }))
}

/** Starts a validator, and waits until it has caught up with the others. */
async function startAgain(network: ControlledNetwork, index: number, onStep: OnStep): Promise<void> {
  network.startNode(index)
  onStep(stepOf('started', { node: nameOf(network, index) }))
  const target = await headOf(network)
  await until(
    async () => {
      const { height } = (await network.status())[index]!
      if (height === null || height < target) return false
      onStep(stepOf('answers', { node: nameOf(network, index), height }))
      return true
    },
    new NetworkError(
      'ERR_NETWORK_START_TIMEOUT',
      `validator ${nameOf(network, index)} has not caught up within a minute; its node.log says more`,
    ),
  )
}

async function untilMoves(network: ControlledNetwork, from: number, onStep: OnStep): Promise<void> {
  await until(async () => {
    const height = await headOf(network)
    if (height <= from) return false
    onStep(stepOf('moves', { height }))
    return true
  }, new NetworkError('ERR_NETWORK_STANDS', 'no block has come within a minute although validators were started; see hufu watchdog --once'))
}

async function until(isSo: () => Promise<boolean>, failure: NetworkError): Promise<void> {
  for (const deadline = Date.now() + waitMs; !(await isSo()); await sleep(pollMs)) if (Date.now() > deadline) throw failure
}

async function headOf(network: ControlledNetwork): Promise<number> {
  return Math.max(...(await network.status()).map(({ height }) => height ?? -1))
}

function nameOf({ files }: ControlledNetwork, index: number): string {
  return files.nodes[index]!.name
}

function stepOf(step: NetworkStep['step'], more: Pick<NetworkStep, 'node' | 'height'> = {}): NetworkStep {
  return { step, atMs: Date.now(), ...more }
}
