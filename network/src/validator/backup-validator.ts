import { constants, existsSync } from 'node:fs'
import { copyFile, mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { basename, join, resolve, sep } from 'node:path'
import { lockHolder, syncFolder, takeLock, writeFileWhole } from '@hufu/files'
import { msToDateTime } from '@hufu/primitives'
import { ValidatorError } from './errors.ts'
import { hashOfFile } from './hash-of-file.ts'
import { type Heartbeat, openValidator, readState, writeState } from './validator-folder.ts'

/** What a backup holds: `backup.json` in it. */
export interface BackupManifest {
  readonly format: 'hufu-validator-backup'
  readonly version: 1
  readonly network: string
  readonly magic: number
  readonly genesisHash: string
  readonly fingerprint: string
  readonly seat: string | null
  /** Of the keys in it, the one of the seat first. */
  readonly publicKeys: readonly string[]
  readonly madeAt: string
  /** Where the node stood. */
  readonly heartbeat: Heartbeat | null
  /** The blocks are in it, too. */
  readonly withChain: boolean
  /** SHA-256 of each file, hexadecimal. */
  readonly files: Readonly<Record<string, string>>
}

/** Name of the manifest in a backup. */
export const manifestName = 'backup.json'
/** Files of every backup; an observer's has no wallet. */
export const backedUpFiles = ['network.json', 'validator.json', 'state.json', 'wallet.json'] as const

/**
 * Copies key, settings and network file of a node into a new folder, and reads the copy back. The wallet stays encrypted under its password, which is kept elsewhere.
 *
 * @param options.withChain - the blocks, too: the node must be down, for a database that is written to cannot be copied
 * @returns the backup's folder and what is in it
 * @throws ValidatorError `ERR_VALIDATOR_BACKUP`: the node runs and the blocks were asked for, the place is the node's own folder, a backup of this height is there
 *   already, or the copy is not what was copied; as `openValidator`
 */
export async function backupValidator(
  path: string,
  to: string,
  { withChain, nowMs }: { readonly withChain: boolean; readonly nowMs: number },
): Promise<{ readonly folder: string; readonly manifest: BackupManifest }> {
  const { files, network, settings, wallet } = await openValidator(path)
  if (resolve(to) === files.folder || resolve(to).startsWith(`${files.folder}${sep}`))
    throw new ValidatorError('ERR_VALIDATOR_BACKUP', 'a backup in the folder of the node itself is lost with it')
  if (withChain && lockHolder(files.lock) !== undefined)
    throw new ValidatorError(
      'ERR_VALIDATOR_BACKUP',
      'the node runs: its blocks can be copied while it is down, of an observer best; keys and settings at any time',
    )
  const unlock = withChain ? await takeLock(files.lock) : async () => undefined
  const { heartbeat, ...state } = readState(files)
  const folder = join(resolve(to), `hufu-${settings.seat ?? 'observer'}-${heartbeat?.height ?? 0}`)
  if (existsSync(folder)) throw new ValidatorError('ERR_VALIDATOR_BACKUP', 'there is a backup of this height already')
  const made = `${folder}.new-${process.pid}`
  try {
    await mkdir(made, { recursive: true, mode: 0o700 })
    const names = [...backedUpFiles, ...(withChain ? [basename(files.databaseFile)] : [])].filter(name =>
      existsSync(join(files.folder, name)),
    )
    const hashes: Record<string, string> = {}
    for (const name of names) hashes[name] = await copyWhole(join(files.folder, name), join(made, name))
    const manifest: BackupManifest = {
      format: 'hufu-validator-backup',
      version: 1,
      network: network.name,
      magic: network.magic,
      genesisHash: network.genesis.hash,
      fingerprint: state.fingerprint,
      seat: settings.seat,
      publicKeys: wallet?.keys.map(key => key.publicKey) ?? [],
      madeAt: msToDateTime(nowMs),
      heartbeat,
      withChain,
      files: hashes,
    }
    await writeFileWhole(join(made, manifestName), `${JSON.stringify(manifest, null, 2)}\n`)
    await rename(made, folder)
    await syncFolder(resolve(to))
    await writeState(files, { ...readState(files), backupHeight: heartbeat?.height ?? 0 })
    return { folder, manifest }
  } finally {
    await rm(made, { recursive: true, force: true })
    await unlock()
  }
}

/** Copies a file and makes it safe. @returns SHA-256 of the copy, which is that of the original, or it throws */
export async function copyWhole(from: string, to: string): Promise<string> {
  const wanted = await hashOfFile(from)
  await copyFile(from, to, constants.COPYFILE_EXCL)
  const handle = await open(to, 'r+')
  try {
    await handle.chmod(0o600)
    await handle.sync()
  } finally {
    await handle.close()
  }
  // The state changes every second while the node runs: then the copy is one of them, whole, and its own hash counts.
  const hash = await hashOfFile(to)
  if (hash !== wanted && basename(from) !== 'state.json')
    throw new ValidatorError('ERR_VALIDATOR_BACKUP', `the copy of ${basename(from)} is not what was copied`)
  return hash
}

/**
 * Reads a backup and checks every file in it.
 *
 * @throws ValidatorError `ERR_VALIDATOR_BACKUP`: not a backup, or a file is missing or was changed
 */
export async function readBackup(folder: string): Promise<BackupManifest> {
  let manifest: BackupManifest
  try {
    manifest = JSON.parse(await readFile(join(folder, manifestName), 'utf8')) as BackupManifest
    if (manifest.format !== 'hufu-validator-backup' || manifest.version !== 1 || typeof manifest.files !== 'object')
      throw new TypeError('another form')
  } catch (cause) {
    throw new ValidatorError('ERR_VALIDATOR_BACKUP', 'the folder holds no backup of a validator', { cause })
  }
  for (const [name, wanted] of Object.entries(manifest.files)) {
    if (name !== basename(name)) throw new ValidatorError('ERR_VALIDATOR_BACKUP', 'the backup names a file outside its folder')
    const hash = await hashOfFile(join(folder, name)).catch(() => undefined)
    if (hash !== wanted) throw new ValidatorError('ERR_VALIDATOR_BACKUP', `${name} in the backup is missing or was changed`)
  }
  return manifest
}
