import { createServer } from 'node:net'
import { bytesToHex, sha256, utf8ToBytes } from '@hufu/primitives'
import { AskNode, type AskOptions } from './ask-node.ts'
import { ValidatorError } from './errors.ts'
import type { PeerGreeting } from './greet-peer.ts'
import { type FleetLook, type RecentBlock, recentBlocks } from './look-at-fleet.ts'
import type { NetworkFile } from './network-file.ts'
import type { Heartbeat } from './validator-folder.ts'

/** What is looked at to know that a key runs nowhere else. */
export interface KeyLeaseInput {
  readonly network: NetworkFile
  /** Keys of the wallet, compressed, hexadecimal. */
  readonly publicKeys: readonly string[]
  readonly seat: string
  /** Latest block that this folder's own node had: what it signed until then was signed here. */
  readonly heartbeat: Heartbeat | null
  readonly fleet: FleetLook
  readonly greet: (address: string) => Promise<PeerGreeting>
  readonly ask: AskOptions
}

/** How it is known that a key runs nowhere else. `blocks`: others made blocks without it. `silence`: nobody makes blocks, and its address is silent. */
export type KeyIdleEvidence = 'blocks' | 'silence'

/** After its last block of record, a node may have signed some more in its last seconds. */
const heartbeatSlackMs = 5_000
const maxWindowBlocks = 400
const witnesses = 3

/**
 * Makes sure that no other process signs with a validator's key: two of them would sign two blocks of one height, and the others could tell the world so.
 * Blocks are looked at as several nodes show them: a node can hide a signature, and none can make one up.
 *
 * @throws ValidatorError `ERR_VALIDATOR_KEY_LIVE`: a block of late carries its signature, or a node answers at its seat's address
 */
export async function requireIdleKey(input: KeyLeaseInput): Promise<KeyIdleEvidence> {
  const { network, seat, fleet } = input
  await refuseAnsweringSeat(input)
  if (fleet.head === null || fleet.head.blockIndex === 0 || fleet.isStalled) return 'silence'
  const telling = fleet.members.filter(member => member.answers && member.name !== seat).slice(0, witnesses)
  const urls = new Map(network.validators.map(each => [each.name, each.rpcUrl]))
  await Promise.all(telling.map(member => refuseSignedOfLate(new AskNode(urls.get(member.name)!, input.ask), input)))
  return 'blocks'
}

async function refuseAnsweringSeat({ network, seat, greet }: KeyLeaseInput): Promise<void> {
  const address = network.validators.find(each => each.name === seat)?.p2p
  const greeting = address === undefined ? undefined : await greet(address).catch(() => undefined)
  if (greeting?.magic !== network.magic) return
  throw new ValidatorError(
    'ERR_VALIDATOR_KEY_LIVE',
    `a node of this network answers at the address of ${seat}: end it before another one takes its key`,
  )
}

async function refuseSignedOfLate(node: AskNode, { network, publicKeys, heartbeat, fleet }: KeyLeaseInput): Promise<void> {
  const head = fleet.head!
  const own = await node.header(Math.min(await node.height(), head.blockIndex)).catch(() => undefined)
  if (own === undefined) return
  // A running validator proposes one in so many blocks as there are validators.
  const atLeast = 2 * network.validators.length
  const windowMs = atLeast * network.protocol.maxTimePerBlockMs
  const perWindow = Math.ceil(windowMs / network.protocol.timePerBlockMs)
  const blocks = await recentBlocks(node, own, Math.min(maxWindowBlocks, perWindow), network)
  const since = heartbeat === null ? 0 : heartbeat.blockTimeMs + heartbeatSlackMs
  const signed = blocks.find(
    (block, index) =>
      block.header.timeMs > since && (index < atLeast || head.timeMs - block.header.timeMs <= windowMs) && isBy(block, publicKeys),
  )
  if (signed === undefined) return
  throw new ValidatorError(
    'ERR_VALIDATOR_KEY_LIVE',
    `block ${signed.header.blockIndex}, ${Math.round((head.timeMs - signed.header.timeMs) / 1000)} s before the latest, carries a signature of this key that was not made here: it runs in another process`,
  )
}

function isBy({ signers, proposer }: RecentBlock, publicKeys: readonly string[]): boolean {
  return publicKeys.some(key => key === proposer || signers.includes(key))
}

/** Lets go of a key. */
export type LetGo = () => Promise<void>

/**
 * Takes a key for this process on this machine, whatever folder it is in: the kernel knows the name as long as the process lives.
 *
 * @throws ValidatorError `ERR_VALIDATOR_KEY_LIVE`: another process on this machine has it
 */
export function takeKey(publicKey: string): Promise<LetGo> {
  // A name of Linux's abstract kind: no file, and so nothing to leave behind.
  const path = `\0hufu-validator-${bytesToHex(sha256(utf8ToBytes(publicKey)))}`
  return new Promise((resolve, reject) => {
    const server = createServer(socket => socket.destroy())
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        error.code === 'EADDRINUSE'
          ? new ValidatorError('ERR_VALIDATOR_KEY_LIVE', 'another process on this machine runs with this key')
          : error,
      ),
    )
    server.listen({ path }, () => {
      server.unref()
      resolve(() => new Promise(done => server.close(() => done())))
    })
  })
}
