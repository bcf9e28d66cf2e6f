import { existsSync } from 'node:fs'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { lockHolder, writeFileWhole } from '@hufu/files'
import type { AskOptions } from './ask-node.ts'
import { type BackupManifest, copyWhole, readBackup } from './backup-validator.ts'
import { ValidatorError } from './errors.ts'
import type { PeerGreeting } from './greet-peer.ts'
import { requireIdleKey } from './key-lease.ts'
import { lookAtFleet } from './look-at-fleet.ts'
import { networkFileFingerprint, networkFileText, parseNetworkFile, verifyNetworkFile } from './network-file.ts'
import {
  makeValidatorFolder,
  type OpenedValidator,
  openValidator,
  readState,
  requireSeat,
  type ValidatorState,
  validatorFolder,
  writeState,
} from './validator-folder.ts'
import { parseWallet } from './validator-wallet.ts'

/** What restoring needs. */
export interface RestoreOptions {
  readonly ask: AskOptions
  readonly nowMs: number
  readonly greet: (address: string) => Promise<PeerGreeting>
  /** A later network file than that of the backup. */
  readonly networkFileText?: string
}

/** What came back. */
export interface Restored {
  readonly opened: OpenedValidator
  readonly manifest: BackupManifest
  /** Blocks that were made since; null if nobody could be asked. */
  readonly behindBlocks: number | null
}

/**
 * Brings a node back from a backup, into a folder without one. It must catch up before it takes part, however new the backup is: its key may have signed since.
 *
 * @throws ValidatorError `ERR_VALIDATOR_BACKUP`: damaged, or of another network than it says; `ERR_VALIDATOR_BACKUP_BEHIND`: the folder has a later state than the
 *   backup; `ERR_VALIDATOR_FOLDER`: the folder holds a node; `ERR_VALIDATOR_KEY_LIVE`: the key runs elsewhere; `ERR_VALIDATOR_SEAT`: the key was rotated
 *   since; `ERR_VALIDATOR_NETWORK_FILE`
 */
export async function restoreValidator(from: string, path: string, options: RestoreOptions): Promise<Restored> {
  const manifest = await readBackup(from)
  refuseOccupied(path, manifest)
  const backupText = await readFile(join(from, 'network.json'), 'utf8')
  const old = await verifyNetworkFile(backupText, { fingerprint: manifest.fingerprint })
  const text = options.networkFileText ?? backupText
  const network = await verifyNetworkFile(text, { previous: old })
  if (network.magic !== manifest.magic || network.genesis.hash !== manifest.genesisHash)
    throw new ValidatorError('ERR_VALIDATOR_BACKUP', 'the backup is of another network than its network file')
  const fleet = await lookAtFleet(network, options.ask, options.nowMs)
  if (manifest.seat !== null) {
    const wallet = parseWallet(await readFile(join(from, 'wallet.json'), 'utf8'))
    requireSeat(network, wallet, manifest.seat)
    await requireIdleKey({
      network,
      publicKeys: wallet.keys.map(key => key.publicKey),
      seat: manifest.seat,
      // Whatever was signed of late was not signed here.
      heartbeat: null,
      fleet,
      greet: options.greet,
      ask: options.ask,
    })
  }
  await bringBack(from, path, manifest, text)
  const head = fleet.head?.blockIndex
  const behindBlocks = head === undefined ? null : Math.max(0, head - (manifest.heartbeat?.height ?? 0))
  return { opened: await openValidator(path), manifest, behindBlocks }
}

function refuseOccupied(path: string, manifest: BackupManifest): void {
  const files = validatorFolder(path)
  if (lockHolder(files.lock) !== undefined)
    throw new ValidatorError('ERR_VALIDATOR_KEY_LIVE', 'a node runs in this folder: end it before anything is restored')
  if (!existsSync(files.settingsFile) && !existsSync(files.databaseFile)) return
  const there = existsSync(files.stateFile) ? readState(files).heartbeat : null
  if (there !== null && there.height > (manifest.heartbeat?.height ?? 0)) {
    const behind = there.height - (manifest.heartbeat?.height ?? 0)
    throw new ValidatorError(
      'ERR_VALIDATOR_BACKUP_BEHIND',
      `the backup is ${behind} blocks behind what this folder has: restoring it would lose them`,
    )
  }
  throw new ValidatorError('ERR_VALIDATOR_FOLDER', 'the folder holds a node already; move it away first')
}

async function bringBack(from: string, path: string, manifest: BackupManifest, networkText: string): Promise<void> {
  const files = makeValidatorFolder(path)
  const file = parseNetworkFile(networkText)
  const state = JSON.parse(await readFile(join(from, 'state.json'), 'utf8')) as ValidatorState
  const names = Object.keys(manifest.files).filter(name => !['network.json', 'state.json', 'validator.json'].includes(name))
  // What an attempt before left, which did not come to its end.
  for (const name of names) {
    await rm(join(files.folder, name), { force: true })
    await copyWhole(join(from, name), join(files.folder, name))
  }
  await writeFileWhole(files.networkFile, networkFileText(file), 0o644)
  await writeState(files, {
    ...state,
    fingerprint: networkFileFingerprint(file.network),
    nextFingerprint: null,
    mustCatchUp: true,
    backupHeight: manifest.heartbeat?.height ?? 0,
  })
  // Last: a folder with settings is a node.
  await copyWhole(join(from, 'validator.json'), files.settingsFile)
}
