import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, openSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { NetworkError } from '../errors.ts'
import { lastLogLines } from '../node-process.ts'

const root = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))))
const setup = join(root, 'scripts', 'setup.mjs')
const shownLines = 5

/**
 * Builds Fabric's programs as `npm run setup -- --fabric-only` does, behind everything else that runs on the machine. It takes some minutes, and the
 * network where Go's modules are not there yet; a build that was ended goes on where it was.
 *
 * @param logFile - gets what the build says
 * @throws NetworkError `ERR_NETWORK_BINARY`: it failed, and why; AbortError: `signal` was aborted
 */
export async function buildFabric(logFile: string, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted()
  if (!existsSync(setup)) throw new NetworkError('ERR_NETWORK_BINARY', 'Hyperledger Fabric is not part of this installation')
  const log = openSync(logFile, 'w', 0o600)
  const command = ['--pdeathsig', 'KILL', 'nice', '-n', '19', process.execPath, setup, '--fabric-only']
  // A group of its own: compilers are children of its children.
  const child = spawn('setpriv', command, { cwd: root, stdio: ['ignore', log, log], detached: true })
  closeSync(log)
  const end = (): void => endGroup(child.pid)
  signal.addEventListener('abort', end, { once: true })
  try {
    const [code] = (await once(child, 'exit')) as [number | null]
    signal.throwIfAborted()
    if (code === 0) return
    const said = lastLogLines({ folder: root, logFile }, shownLines)
    throw new NetworkError('ERR_NETWORK_BINARY', `Hyperledger Fabric could not be built; the end of ${logFile}:\n${said}`)
  } finally {
    signal.removeEventListener('abort', end)
  }
}

function endGroup(pid: number | undefined): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // It has ended by itself.
  }
}
