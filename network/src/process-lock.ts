import { closeSync, openSync, readFileSync, unlinkSync, writeSync } from 'node:fs'
import { NetworkError } from './errors.ts'

/** Lets go of a lock. */
export type Unlock = () => void

/**
 * Takes a lock file for this process. One left by a process that no longer runs is taken over; process ids are used again, so the
 * process's start time is compared too.
 *
 * @throws NetworkError `ERR_NETWORK_RUNNING`: another process holds it
 */
export function takeLock(file: string): Unlock {
  for (let attempt = 0; attempt < 3; attempt++) {
    try {
      const handle = openSync(file, 'wx', 0o600)
      writeSync(handle, JSON.stringify({ pid: process.pid, startTicks: startTicks(process.pid) }))
      closeSync(handle)
      return () => unlinkSync(file)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
    const holder = lockHolder(file)
    if (holder !== undefined) throw new NetworkError('ERR_NETWORK_RUNNING', `process ${holder} runs this network already; stop it first`)
    // Nobody holds it. If another process removes it in the same moment, the next attempt decides.
    try {
      unlinkSync(file)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    }
  }
  throw new NetworkError('ERR_NETWORK_RUNNING', 'another process is taking over this network just now; try again')
}

/** Process id of who holds the lock, or undefined. */
export function lockHolder(file: string): number | undefined {
  try {
    const { pid, startTicks: recorded } = JSON.parse(readFileSync(file, 'utf8')) as { pid: number; startTicks: string }
    return startTicks(pid) === recorded ? pid : undefined
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
