import { fetchPersistedHeight } from '@hufu/ledger'
import type { NodeFiles } from './network-folder.ts'

/** How a validator is doing. Heights are indexes of the latest block; null if it does not answer. */
export interface NodeStatus {
  readonly name: string
  readonly up: boolean
  readonly height: number | null
  /** Latest block that is on its disk. */
  readonly persistedHeight: number | null
  readonly peers: number | null
  readonly pid: number | null
  readonly rpcUrl: string
}

const timeoutMs = 2_000

/** Asks a node. Never throws: a node that does not answer is down. */
export async function nodeStatus(node: NodeFiles, pid: number | null): Promise<NodeStatus> {
  const rpcUrl = `http://127.0.0.1:${node.ports.rpc}`
  const [blockCount, peers, persistedHeight] = await Promise.all([
    rpc(rpcUrl, 'getblockcount').catch(() => null),
    rpc(rpcUrl, 'getconnectioncount').catch(() => null),
    fetchPersistedHeight(fetch, `http://127.0.0.1:${node.ports.metrics}/metrics`, timeoutMs).catch(() => null),
  ])
  return {
    name: node.name,
    up: blockCount !== null,
    height: blockCount === null ? null : blockCount - 1,
    persistedHeight,
    peers,
    pid,
    rpcUrl,
  }
}

async function rpc(url: string, method: string): Promise<number | null> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params: [] }),
    signal: AbortSignal.timeout(timeoutMs),
  })
  const { result } = (await response.json()) as { result?: unknown }
  return typeof result === 'number' ? result : null
}
