import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { NetworkError } from '../errors.ts'

/** An EVM chain on this machine: anvil, which mines a block for each transaction and when it is told to, and knows no consensus. */
export interface LocalAnvil {
  readonly url: string
  readonly chainId: number
  /** Private keys of accounts that hold ether, `0x` and 64 hexadecimal digits. The same each time. */
  readonly keys: readonly `0x${string}`[]
  /** Asks anvil itself, for instance `anvil_reorg`. @throws Error: it refused */
  call(method: string, params?: readonly unknown[]): Promise<unknown>
  stop(): Promise<void>
}

/** Settings of {@link startAnvil}. */
export interface LocalAnvilOptions {
  /** Level of the chain; default `osaka`, the first with P-256 as a precompile. */
  readonly hardfork?: 'london' | 'shanghai' | 'cancun' | 'prague' | 'osaka'
  /** Default 31337. */
  readonly chainId?: number
  /** Mine in this rhythm, in seconds, and not for each transaction. */
  readonly blockSeconds?: number
}

/**
 * Starts a chain on a free port. It ends with this process, whatever happens.
 *
 * @throws NetworkError `ERR_NETWORK_BINARY`: anvil is not installed, or not for this machine; `ERR_NETWORK_NODE_ENDED`
 */
export async function startAnvil({ hardfork = 'osaka', chainId = 31_337, blockSeconds }: LocalAnvilOptions = {}): Promise<LocalAnvil> {
  const options = ['--host', '127.0.0.1', '--port', '0', '--hardfork', hardfork, '--chain-id', String(chainId), '--accounts', '12']
  const rhythm = blockSeconds === undefined ? [] : ['--block-time', String(blockSeconds)]
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', '--', program(), ...options, ...rhythm], { stdio: ['ignore', 'pipe', 'ignore'] })
  const ended = once(child, 'exit')
  const keys: `0x${string}`[] = []
  const listening = new Promise<string>((resolve, reject) => {
    child.once('error', cause => reject(new NetworkError('ERR_NETWORK_BINARY', 'anvil could not be started', { cause })))
    child.once('exit', () => reject(new NetworkError('ERR_NETWORK_NODE_ENDED', 'anvil ended before it listened')))
    createInterface(child.stdout).on('line', line => {
      const key = /^\(\d+\) (0x[0-9a-f]{64})$/.exec(line)?.[1]
      if (key !== undefined) keys.push(key as `0x${string}`)
      const address = /^Listening on (127\.0\.0\.1:\d+)$/.exec(line)?.[1]
      if (address !== undefined) resolve(`http://${address}`)
    })
  })
  const url = await listening
  return {
    url,
    chainId,
    keys,
    async call(method, params = []) {
      const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })
      const answer = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
      const { result, error } = (await answer.json()) as { result?: unknown; error?: { message: string } }
      if (error !== undefined) throw new Error(`${method}: ${error.message}`)
      return result
    },
    async stop() {
      child.kill('SIGTERM')
      await ended
    },
  }
}

/** The binary itself, from the package for this machine: the wrapper around it needs an install script to find it. @throws NetworkError `ERR_NETWORK_BINARY` */
function program(): string {
  const machine = `${process.platform}-${process.arch === 'x64' ? 'amd64' : process.arch}`
  try {
    const wrapper = createRequire(import.meta.url).resolve('@foundry-rs/anvil/package.json')
    const file = createRequire(wrapper).resolve(`@foundry-rs/anvil-${machine}/package.json`)
    return join(dirname(file), 'bin', 'anvil')
  } catch (cause) {
    throw new NetworkError('ERR_NETWORK_BINARY', `anvil for ${machine} is not installed; run: npm run setup`, { cause })
  }
}
