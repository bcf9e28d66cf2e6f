import { type Header, headerSigners, quorumOf } from '@hufu/ledger'
import { bytesToHex } from '@hufu/primitives'
import { AskNode, type AskOptions } from './ask-node.ts'
import type { NetworkFile, NetworkFileValidator } from './network-file.ts'

/** One validator, as it answers just now. */
export interface FleetMember {
  readonly name: string
  readonly publicKey: string
  readonly answers: boolean
  readonly height: number | null
  readonly version: string | null
  /** It answers, is at the head, and stood behind a block of late: it counts for the quorum. */
  readonly takesPart: boolean
}

/** The validators, as they answer just now. */
export interface FleetLook {
  readonly members: readonly FleetMember[]
  /** Highest block that a quorum of known validators signed; null if nobody shows one. */
  readonly head: Header | null
  /** Headers of late, the newest first. */
  readonly recent: readonly RecentBlock[]
  readonly quorum: number
  /** Validators that may still be lost before the chain stops. */
  readonly margin: number
  /** No block for ten times as long as there should be one. */
  readonly isStalled: boolean
}

/** A block and who stood behind it. */
export interface RecentBlock {
  readonly header: Header
  readonly signers: readonly string[]
  readonly proposer: string
}

/** Blocks behind the head at which a node still counts as being there. */
const headSlackBlocks = 3
const stalledBlockTimes = 10

/** Margin that steps must leave: one less than a fleet in which all take part has. */
export function plannedMargin(validators: number): number {
  return Math.max(0, validators - quorumOf(validators) - 1)
}

/**
 * Asks every validator where it stands. Never throws: who does not answer truly does not count.
 *
 * @param nowMs - by this host's clock
 */
export async function lookAtFleet(network: NetworkFile, options: AskOptions, nowMs: number): Promise<FleetLook> {
  const asked = await Promise.all(network.validators.map(validator => askMember(validator, network, options)))
  const heads = asked.flatMap(({ head }) => (head === null ? [] : [head]))
  const head = heads.reduce<Header | null>((best, each) => (best === null || each.blockIndex > best.blockIndex ? each : best), null)
  const teller = asked.find(each => each.head !== null && each.head === head)
  const recent = head === null || teller === undefined ? [] : await recentBlocks(teller.node, head, 2 * network.validators.length, network)
  const active = new Set(recent.flatMap(({ signers, proposer }) => [...signers, proposer]))
  const members = asked.map(({ validator, head: own, version }): FleetMember => {
    const isAtHead = own !== null && head !== null && own.blockIndex >= head.blockIndex - headSlackBlocks
    return {
      name: validator.name,
      publicKey: validator.publicKey,
      answers: own !== null,
      height: own?.blockIndex ?? null,
      version,
      takesPart: isAtHead && active.has(validator.publicKey),
    }
  })
  const quorum = quorumOf(network.validators.length)
  return {
    members,
    head,
    recent,
    quorum,
    margin: members.filter(member => member.takesPart).length - quorum,
    isStalled: head === null || nowMs - head.timeMs > stalledBlockTimes * network.protocol.maxTimePerBlockMs,
  }
}

async function askMember(validator: NetworkFileValidator, network: NetworkFile, options: AskOptions) {
  const node = new AskNode(validator.rpcUrl, options)
  try {
    const [version, height] = await Promise.all([node.version(), node.height()])
    if (version.magic !== network.magic) throw new TypeError('another network')
    const head = await node.header(height)
    if (height > 0) await requireKnownSigners(head, network)
    return { validator, node, head, version: version.userAgent }
  } catch {
    return { validator, node, head: null, version: null }
  }
}

/** While validators change, one of those that signed may be none that the file names. */
async function requireKnownSigners(header: Header, network: NetworkFile): Promise<void> {
  const { validators, signers } = await headerSigners(header, network.magic)
  const known = knownKeys(network)
  const isKnown = validators.filter(key => known.has(bytesToHex(key.bytes))).length >= quorumOf(network.validators.length)
  if (!isKnown || signers.length < quorumOf(validators.length)) throw new TypeError('signed by others')
}

function knownKeys(network: NetworkFile): ReadonlySet<string> {
  return new Set([...network.validators.map(each => each.publicKey), ...network.genesis.standbyKeys])
}

/** The last blocks before and with `head`, each following the next; fewer if the node does not give them. */
export async function recentBlocks(node: AskNode, head: Header, count: number, network: NetworkFile): Promise<readonly RecentBlock[]> {
  const indexes = Array.from({ length: Math.min(count, head.blockIndex) }, (_, offset) => head.blockIndex - offset)
  try {
    const headers = await Promise.all(indexes.map(async index => (index === head.blockIndex ? head : node.header(index))))
    const isChain = headers.every((header, index) => index === 0 || headers[index - 1]!.previousHash === header.hash)
    if (!isChain) return []
    return await Promise.all(
      headers.map(async header => {
        const { signers, proposer } = await headerSigners(header, network.magic)
        return { header, signers: signers.map(key => bytesToHex(key.bytes)), proposer: bytesToHex(proposer.bytes) }
      }),
    )
  } catch {
    return []
  }
}
