import { appendFileSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { errorCode } from '@hufu/primitives'
import { NetworkError } from '../errors.ts'
import { type ControlledNetwork, type NetworkReply, type NetworkRequest, requestFolder, requestLifeMs } from './network-request.ts'
import { restartAll, restartOne, resyncOne, revive } from './restart-network.ts'

/**
 * Lets other processes of the same user ask this one, which runs a network, for what only it can do: it is the parent of the nodes. A request is a file
 * in the network's folder; SIGUSR2 says that there is one. They are carried out one after the other.
 *
 * @returns ends it
 */
export function serveRequests(network: ControlledNetwork): () => void {
  let last = Promise.resolve()
  const onSignal = (): void => {
    last = last.then(() => carryOutAll(network))
  }
  process.on('SIGUSR2', onSignal)
  return () => process.off('SIGUSR2', onSignal)
}

/** Never rejects: what fails is told to whoever asked. */
async function carryOutAll(network: ControlledNetwork): Promise<void> {
  const folder = requestFolder(network.files.folder)
  for (const name of namesIn(folder)
    .filter(each => each.endsWith('.request'))
    .sort()) {
    const file = join(folder, name)
    // Whoever asked has gone: nobody expects it to happen now.
    if (Date.now() - Number.parseInt(name, 10) > requestLifeMs) {
      rmSync(file)
      continue
    }
    const replyFile = `${file.slice(0, -'.request'.length)}.reply`
    const reply = (line: NetworkReply): void => appendFileSync(replyFile, `${JSON.stringify(line)}\n`, { mode: 0o600 })
    try {
      const request = JSON.parse(readFileSync(file, 'utf8')) as NetworkRequest
      // Gone before it is begun: one that ends this process is not tried again by the next.
      rmSync(file)
      await carryOut(network, request, step => reply({ kind: 'step', ...step }))
      reply({ kind: 'done' })
    } catch (error) {
      const code = errorCode(error)
      reply({ kind: 'failed', code: code ?? 'ERR_INTERNAL', message: code === undefined ? 'unexpected error' : (error as Error).message })
    }
  }
}

async function carryOut(
  network: ControlledNetwork,
  { action, node = '' }: NetworkRequest,
  onStep: Parameters<typeof restartAll>[1],
): Promise<void> {
  switch (action) {
    case 'revive':
      return revive(network, onStep)
    case 'restart-all':
      return restartAll(network, onStep)
    case 'restart':
      return restartOne(network, node, onStep)
    case 'resync':
      return resyncOne(network, node, onStep)
    default:
      throw new NetworkError(
        'ERR_NETWORK_REQUEST',
        'the process that runs the network does not know this request: it is older than this program',
      )
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
