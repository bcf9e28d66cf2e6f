import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { NetworkFolder } from '../network-folder.ts'
import { type NodeProcess, startProgram } from '../node-process.ts'
import { byzantineBinary } from './binary.ts'

/** How a validator may misbehave; network/byzantine/modes.go says more of each. */
export type Misbehaviour =
  | 'honest'
  | 'equivocate'
  | 'lock'
  | 'bad-signatures'
  | 'old-messages'
  | 'replay'
  | 'garbage'
  | 'forged-recovery'
  | 'silent-after-response'
  | 'silent-after-commit'
  | 'clock-forward'
  | 'clock-back'
  | 'invalid-transactions'
  | 'wrong-state-root'

/** Something that the validator did wrong. */
export interface Misdeed {
  readonly what: string
  /** Type of the consensus message; empty if it is none. */
  readonly type: string
  readonly height: number
  readonly view: number
  /** How often peers had ended its connections by then. */
  readonly endedByPeers: number
}

/** A validator of a local network that misbehaves, in place of the honest one. */
export interface ByzantineValidator extends NodeProcess {
  /** What it has done wrong so far. */
  misdeeds(): readonly Misdeed[]
}

/**
 * Starts a validator with the key, database and ports of a node of a local network, which must not run: one key in two processes is another fault than
 * the ones meant here. It ends with this process.
 *
 * @param seed - what it draws its choices from
 * @throws NetworkError `ERR_NETWORK_BINARY`
 */
export function startByzantineValidator(files: NetworkFolder, index: number, mode: Misbehaviour, seed: number): ByzantineValidator {
  const node = files.nodes[index]!
  const logFile = join(node.folder, 'byzantine.log')
  const peers = files.nodes.filter(other => other !== node).map(other => `127.0.0.1:${other.ports.p2p}`)
  const options = ['--config-file', node.configFile, '--mode', mode, '--seed', String(seed), '--peers', peers.join(',')]
  rmSync(logFile, { force: true })
  const process = startProgram([byzantineBinary(), 'validator', ...options], node.folder, logFile)
  return { ...process, misdeeds: () => misdeedsIn(logFile) }
}

function misdeedsIn(logFile: string): readonly Misdeed[] {
  const lines = readFileSync(logFile, 'utf8').split('\n')
  // Its node logs, too: of the same file, the lines with `what` are its own. The last line may be half written.
  return lines.slice(0, -1).flatMap(line => {
    if (!line.startsWith('{"endedByPeers"')) return []
    return [JSON.parse(line) as Misdeed]
  })
}
