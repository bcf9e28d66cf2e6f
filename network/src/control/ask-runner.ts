import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { lockHolder, writeFileWhole } from '@hufu/files'
import { bytesToHex, randomBytes } from '@hufu/primitives'
import { NetworkError, type NetworkErrorCode } from '../errors.ts'
import type { NetworkFolder } from '../network-folder.ts'
import { type NetworkReply, type NetworkRequest, type NetworkStep, requestFolder, requestLifeMs } from './network-request.ts'

const pollMs = 50

/**
 * Asks the process that runs a local network to do something with its nodes, and waits until it is done.
 *
 * @param onStep - told of every step
 * @returns every step
 * @throws NetworkError `ERR_NETWORK_NOT_RUNNING`: no process runs it, or it ended meanwhile; `ERR_NETWORK_REQUEST`: it does not answer; and what
 *   carrying it out throws
 */
export async function askRunner(
  files: Pick<NetworkFolder, 'folder' | 'lock'>,
  request: NetworkRequest,
  onStep: (step: NetworkStep) => void = () => undefined,
): Promise<readonly NetworkStep[]> {
  const runner = lockHolder(files.lock)
  if (runner === undefined) throw notRunning()
  const folder = requestFolder(files.folder)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const file = join(folder, `${Date.now()}-${bytesToHex(randomBytes(4))}`)
  await writeFileWhole(`${file}.request`, JSON.stringify(request))
  try {
    process.kill(runner, 'SIGUSR2')
    return await follow(`${file}.reply`, () => lockHolder(files.lock) === runner, onStep)
  } finally {
    rmSync(`${file}.request`, { force: true })
    rmSync(`${file}.reply`, { force: true })
  }
}

async function follow(file: string, isRunning: () => boolean, onStep: (step: NetworkStep) => void): Promise<readonly NetworkStep[]> {
  const steps: NetworkStep[] = []
  const deadline = Date.now() + requestLifeMs
  for (let seen = 0; ; await sleep(pollMs)) {
    const lines = linesOf(file)
    for (const line of lines.slice(seen)) {
      const { kind, ...reply } = JSON.parse(line) as NetworkReply
      if (kind === 'done') return steps
      if (kind === 'failed') {
        const { code, message } = reply as { code: NetworkErrorCode; message: string }
        throw new NetworkError(code, message)
      }
      steps.push(reply as NetworkStep)
      onStep(reply as NetworkStep)
    }
    seen = lines.length
    if (!isRunning()) throw notRunning()
    if (seen === 0 && Date.now() > deadline)
      throw new NetworkError('ERR_NETWORK_REQUEST', 'the process that runs the network does not answer; end it and start the network again')
  }
}

/** Whole lines only: the last one may be half written. */
function linesOf(file: string): readonly string[] {
  try {
    return readFileSync(file, 'utf8').split('\n').slice(0, -1)
  } catch {
    return []
  }
}

function notRunning(): NetworkError {
  return new NetworkError('ERR_NETWORK_NOT_RUNNING', 'no process on this machine runs the network, or it has ended')
}
