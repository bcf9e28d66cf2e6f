import { readFileSync } from 'node:fs'
import { open, readFile, rm } from 'node:fs/promises'
import { basename } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { FileError } from './errors.ts'

/** Lets go of a lock. */
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
  const deadline = Date.now() + (options.waitMs ?? 0)
  for (;;) {
    if (await tryLock(file)) return () => rm(file, { force: true })
    const holder = lockHolder(file)
    if (holder === undefined) {
      // Left behind. If two find that at once, one of them makes the new file and the other one waits.
      await rm(file, { force: true })
      continue
    }
    if (Date.now() >= deadline)
      throw new FileError('ERR_FILE_LOCKED', `${basename(file)} is held by process ${holder}; end that process, or wait until it is done`)
    await sleep(retryMs)
  }
}

async function tryLock(file: string): Promise<boolean> {
  try {
    const handle = await open(file, 'wx', 0o600)
    await handle.writeFile(JSON.stringify({ pid: process.pid, startTicks: startTicks(process.pid) }))
    await handle.close()
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    // A lock that is being written just now is empty for a moment: give its writer time before it is judged.
    if ((await readFile(file, 'utf8').catch(() => '')) === '') await sleep(retryMs)
    return false
  }
}

/** Process id of who holds the lock, or undefined. */
export function lockHolder(file: string): number | undefined {
  try {
    const { pid, startTicks: recorded } = JSON.parse(readFileSync(file, 'utf8')) as { pid: number; startTicks: string }
    return recorded !== '' && startTicks(pid) === recorded ? pid : undefined
  } catch (error) {
    // Absent, or cut short by a crash while it was written.
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** The kernel's start time of a process: with the id, a name that is never used again. Empty if there is no such process. */
function startTicks(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The second field, the command in brackets, may hold spaces; start time is the 20th after it.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''
  } catch {
    return ''
  }
}
