import { join } from 'node:path'
import type { NodeFiles } from '../network-folder.ts'
import type { NodeStatus } from '../node-status.ts'

/** What the process that runs a local network can be asked for. */
export type NetworkAction = 'revive' | 'restart-all' | 'restart' | 'resync'

/** One request, as a file in the network's folder. */
export interface NetworkRequest {
  readonly action: NetworkAction
  /** Validator, for `restart` and `resync`. */
  readonly node?: string
}

/** How far it is. `moves`: the chain has made a block since. */
export interface NetworkStep {
  readonly step: 'stopping' | 'stopped' | 'emptied' | 'started' | 'answers' | 'agree' | 'moves'
  readonly atMs: number
  readonly node?: string
  readonly height?: number
}

/** A line of the file that answers a request. */
export type NetworkReply =
  | ({ readonly kind: 'step' } & NetworkStep)
  | { readonly kind: 'done' }
  | { readonly kind: 'failed'; readonly code: string; readonly message: string }

/** What of a running local network is needed to carry requests out. */
export interface ControlledNetwork {
  readonly files: { readonly folder: string; readonly nodes: readonly NodeFiles[] }
  readonly pids: readonly (number | null)[]
  startNode(index: number): void
  stopNode(index: number): Promise<void>
  killNode(index: number): Promise<void>
  status(): Promise<readonly NodeStatus[]>
  ready(): Promise<void>
}

/** So long the process that runs the network may take to begin: it may be at another request. After that, nobody waits for it any more. */
export const requestLifeMs = 90_000

export function requestFolder(networkFolder: string): string {
  return join(networkFolder, 'requests')
}
