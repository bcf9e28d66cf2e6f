import { NodeError, RpcNode } from '@hufu/ledger'
import { base64ToBytes, bytesToBase64, bytesToHex } from '@hufu/primitives'
import type { AskOptions } from './ask-node.ts'

/** A contract of which a node does not have what the state root says. */
export interface StateFinding {
  /** Hash of the contract, big-endian. */
  readonly contract: string
  /** `differs`: contracts run on another value than the root covers; `unreadable`: part of the tree below the root is not there. */
  readonly kind: 'differs' | 'unreadable'
  /** How many entries differ; 0 where they cannot be read. */
  readonly entries: number
}

/** What {@link checkState} looked at. */
export interface StateCheck {
  readonly blockIndex: number
  readonly contracts: number
  readonly entries: number
  readonly findings: readonly StateFinding[]
}

interface Entry {
  readonly key: string
  readonly value: string
}

const contractManagement = '0xfffdc93764dbaddd97c48f252a53ea4643faa3fd'
const hashByNumber = Uint8Array.of(12)
const maxAnswerBytes = 16 * 1024 * 1024
const unknownItem = -104
const entriesPerPage = 100
/** An entry that is written while it is looked at differs for a moment. */
const looksPerEntry = 5

/**
 * Compares each storage entry of a node's contracts, on which they run, with the same in the tree of which the state root is the head. Neo keeps both, and a state
 * root tells nothing of a damaged entry until it is written again: until then the node answers questions with it.
 *
 * It reads everything once through the node's RPC, some thousand entries a second; the node may go on meanwhile.
 *
 * @throws LedgerError `ERR_LEDGER_UNREACHABLE`; NodeError: the node cannot even say which contracts there are
 */
export async function checkState(rpcUrl: string, options: AskOptions): Promise<StateCheck> {
  const node = new RpcNode(rpcUrl, { ...options, maxAnswerBytes })
  const contracts = await contractsOf(node)
  const findings: StateFinding[] = []
  let entries = 0
  for (const contract of contracts) {
    const found = await checkContract(node, contract)
    entries += found.entries
    if (found.finding !== undefined) findings.push(found.finding)
  }
  return { blockIndex: (await latest(node)).blockIndex, contracts: contracts.length, entries, findings }
}

/** Hashes of all contracts, Neo's own and deployed ones: the contract of contracts keeps them by number, little-endian. */
async function contractsOf(node: RpcNode): Promise<readonly string[]> {
  const natives = (await node.call('getnativecontracts', [])) as readonly { readonly hash: string }[]
  const hashes = new Set(natives.map(({ hash }) => hash))
  for (let start = 0; ; ) {
    const page = (await node.call('findstorage', [contractManagement, bytesToBase64(hashByNumber), start])) as {
      readonly results: readonly Entry[]
      readonly truncated: boolean
      readonly next: number
    }
    for (const { value } of page.results) hashes.add(`0x${bytesToHex(base64ToBytes(value).toReversed())}`)
    if (!page.truncated) return [...hashes]
    start = page.next
  }
}

async function checkContract(node: RpcNode, contract: string): Promise<{ readonly entries: number; readonly finding?: StateFinding }> {
  const { root } = await latest(node)
  let entries = 0
  let differing = 0
  let last: string | undefined
  try {
    for (;;) {
      const page = (await node.call('findstates', [root, contract, '', last ?? '', entriesPerPage])) as {
        readonly results: readonly Entry[]
        readonly truncated: boolean
      }
      const differs = await Promise.all(page.results.map(entry => isOther(node, contract, entry)))
      differing += differs.filter(Boolean).length
      entries += page.results.length
      last = page.results.at(-1)?.key
      if (!page.truncated || last === undefined) break
    }
  } catch (error) {
    if (!(error instanceof NodeError)) throw error
    return { entries, finding: { contract, kind: 'unreadable', entries: 0 } }
  }
  return differing === 0 ? { entries } : { entries, finding: { contract, kind: 'differs', entries: differing } }
}

async function isOther(node: RpcNode, contract: string, { key, value }: Entry): Promise<boolean> {
  if ((await stored(node, contract, key)) === value) return false
  for (let look = 0; look < looksPerEntry; look++) {
    const before = await latest(node)
    const [now, covered] = await Promise.all([
      stored(node, contract, key),
      absentAsNull(node.call('getstate', [before.root, contract, key])),
    ])
    if (now === covered) return false
    if ((await latest(node)).blockIndex === before.blockIndex) return true
  }
  return false
}

function stored(node: RpcNode, contract: string, key: string): Promise<unknown> {
  return absentAsNull(node.call('getstorage', [contract, key]))
}

async function absentAsNull(answer: Promise<unknown>): Promise<unknown> {
  try {
    return await answer
  } catch (error) {
    if (error instanceof NodeError && error.rpcCode === unknownItem) return null
    throw error
  }
}

async function latest(node: RpcNode): Promise<{ readonly blockIndex: number; readonly root: string }> {
  const blockIndex = ((await node.call('getblockcount', [])) as number) - 1
  const { roothash } = (await node.call('getstateroot', [blockIndex])) as { readonly roothash: string }
  return { blockIndex, root: roothash }
}
