import { readFileSync } from 'node:fs'
import { link, rename, rm, writeFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { bytesToHex, randomBytes, steadyClock } from '@hufu/primitives'
import { FileError } from './errors.ts'

/** Lets go of a lock. A second call does nothing. */
export type Unlock = () => Promise<void>

const retryMs = 50

/**
 * Takes a lock file for this process. One left by a process that no longer runs is taken over; process ids are used again, so the
 * process's start time is compared too.
 *
 * @param options.waitMs - how long to wait for another process to let go; default 0
 * @throws FileError `ERR_FILE_LOCKED`: another process holds it
 */
export async function takeLock(file: string, options: { readonly waitMs?: number } = {}): Promise<Unlock> {
  const deadline = steadyClock.nowMs() + (options.waitMs ?? 0)
  for (;;) {
    if (await tryLock(file)) return unlockOnce(file)
    const holder = lockHolder(file)
    if (holder === undefined) {
      await removeStale(file)
      continue
    }
    if (steadyClock.nowMs() >= deadline)
      throw new FileError('ERR_FILE_LOCKED', `${basename(file)} is held by process ${holder}; end that process, or wait until it is done`)
    await sleep(retryMs)
  }
}

/** Links a file that is written already: nobody ever sees a lock without its holder. */
async function tryLock(file: string): Promise<boolean> {
  const own = ownNameBeside(file)
  try {
    await writeFile(own, JSON.stringify({ pid: process.pid, startTicks: startTicks(process.pid) }), { mode: 0o600 })
    await link(own, file)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    return false
  } finally {
    await rm(own, { force: true })
  }
}

function unlockOnce(file: string): Unlock {
  let isHeld = true
  return async () => {
    if (!isHeld) return
    isHeld = false
    await rm(file, { force: true })
  }
}

/** Moved aside before it is judged: had another process taken it over in the meantime, deleting it would let two in. */
async function removeStale(file: string): Promise<void> {
  const aside = ownNameBeside(file)
  try {
    await rename(file, aside)
    if (lockHolder(aside) !== undefined) await link(aside, file)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'ENOENT' && code !== 'EEXIST') throw error
  } finally {
    await rm(aside, { force: true })
  }
}

function ownNameBeside(file: string): string {
  return `${file}.${process.pid}-${bytesToHex(randomBytes(4))}`
}

/** Process id of who holds the lock, or undefined. */
export function lockHolder(file: string): number | undefined {
  try {
    const { pid, startTicks: recorded } = JSON.parse(readFileSync(file, 'utf8')) as { pid: number; startTicks: string }
    return recorded !== '' && startTicks(pid) === recorded ? pid : undefined
  } catch (error) {
    // Absent, or cut short by a crash of the machine.
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
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
