import { readdirSync, readFileSync } from 'node:fs'
import { mkdir, rename, rm, rmdir, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { bytesToHex, randomBytes, steadyClock } from '@hufu/primitives'
import { FileError } from './errors.ts'

/** Lets go of a lock. A second call does nothing. */
export type Unlock = () => Promise<void>

const retryMs = 50

/**
 * Takes a lock for this process. One left by a process that no longer runs is taken over; process ids are used again, so the process's start time is
 * compared too.
 *
 * A lock is a folder with one empty file, whose name says who holds it. It comes into place by `rename`, which replaces an empty folder and no other. To take
 * over is to remove just that file of the dead holder, which is nobody else's, and then to be the first to rename: nothing can remove a lock that is alive,
 * however late it comes.
 *
 * @param options.waitMs - how long to wait for another process to let go; default 0
 * @throws FileError `ERR_FILE_LOCKED`: another process holds it, or there is a file of that name
 */
export async function takeLock(folder: string, options: { readonly waitMs?: number } = {}): Promise<Unlock> {
  const deadline = steadyClock.nowMs() + (options.waitMs ?? 0)
  for (;;) {
    const own = await tryLock(folder)
    if (own !== undefined) return unlockOnce(folder, own)
    const holder = lockHolder(folder)
    if (holder === undefined) {
      await removeStale(folder)
      continue
    }
    if (steadyClock.nowMs() >= deadline)
      throw new FileError('ERR_FILE_LOCKED', `${basename(folder)} is held by process ${holder}; end that process, or wait until it is done`)
    await sleep(retryMs)
  }
}

/** @returns the file that says so; undefined: somebody has it, or had */
async function tryLock(folder: string): Promise<string | undefined> {
  const name = `${process.pid}-${startTicks(process.pid)}-${bytesToHex(randomBytes(4))}`
  const made = `${folder}.${name}`
  try {
    await mkdir(made, { mode: 0o700 })
    await writeFile(join(made, name), '', { mode: 0o600 })
    await rename(made, folder)
    return join(folder, name)
  } catch (error) {
    await rm(made, { recursive: true, force: true })
    if (isOccupied(error)) return undefined
    if ((error as NodeJS.ErrnoException).code !== 'ENOTDIR') throw error
    throw new FileError(
      'ERR_FILE_LOCKED',
      `${basename(folder)} is a file, not a lock of ours; remove it, once nothing runs that may need it`,
    )
  }
}

function unlockOnce(folder: string, own: string): Unlock {
  let isHeld = true
  return async () => {
    if (!isHeld) return
    isHeld = false
    await rm(own, { force: true })
    try {
      await rmdir(folder)
    } catch (error) {
      // The next one has it already, or has had it.
      if (!isOccupied(error) && !isAbsent(error)) throw error
    }
  }
}

async function removeStale(folder: string): Promise<void> {
  for (const name of namesIn(folder)) if (runningProcess(name) === undefined) await rm(join(folder, name), { recursive: true, force: true })
}

/** Process id of who holds the lock, or undefined. */
export function lockHolder(folder: string): number | undefined {
  return namesIn(folder)
    .map(runningProcess)
    .find(pid => pid !== undefined)
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch (error) {
    if (isAbsent(error) || (error as NodeJS.ErrnoException).code === 'ENOTDIR') return []
    throw error
  }
}

/** The process that a lock names, if it still runs. */
function runningProcess(name: string): number | undefined {
  const [, pid, recorded] = /^([1-9]\d*)-(\d+)-[0-9a-f]+$/.exec(name) ?? []
  return recorded !== undefined && startTicks(Number(pid)) === recorded ? Number(pid) : undefined
}

function isOccupied(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException
  return code === 'ENOTEMPTY' || code === 'EEXIST'
}

function isAbsent(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT'
}

/** The kernel's start time of a process: with the id, a name that is never used again. Empty if there is no such process. */
function startTicks(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The second field, the command in brackets, may hold spaces. State is the first after it, start time the 20th.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return fields[0] === 'Z' ? '' : (fields[19] ?? '')
  } catch {
    return ''
  }
}
