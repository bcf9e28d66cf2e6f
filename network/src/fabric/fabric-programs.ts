import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { NetworkError } from '../errors.ts'

const folder = join(dirname(dirname(dirname(fileURLToPath(import.meta.url)))), 'bin', 'fabric')
const run = promisify(execFile)
const timeoutMs = 60_000

const names = ['peer', 'orderer', 'configtxgen', 'cryptogen', 'osnadmin'] as const

/** Whether Fabric's programs are there, of whatever release. */
export function isFabricBuilt(): boolean {
  return [...names, 'core.yaml', 'orderer.yaml'].every(name => existsSync(join(folder, name)))
}

/** Path of one of Fabric's programs, as `npm run setup -- --fabric` builds them. @throws NetworkError `ERR_NETWORK_BINARY` */
export function fabricProgram(name: (typeof names)[number]): string {
  const path = join(folder, name)
  if (!existsSync(path)) throw new NetworkError('ERR_NETWORK_BINARY', `Fabric's ${name} is not built; run: npm run setup -- --fabric`)
  return path
}

/** Path of settings that come with Fabric. */
export function fabricSettings(name: 'core.yaml' | 'orderer.yaml'): string {
  return join(folder, name)
}

/** Runs one of Fabric's programs to its end. @returns what it printed @throws NetworkError `ERR_NETWORK_NODE_ENDED`: it failed */
export async function runFabric(
  name: Parameters<typeof fabricProgram>[0],
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<string> {
  const env = { ...process.env, ...environment }
  try {
    return (await run(fabricProgram(name), args, { env, timeout: timeoutMs })).stdout
  } catch (cause) {
    if (cause instanceof NetworkError) throw cause
    const { stdout = '', stderr = '' } = cause as { readonly stdout?: string; readonly stderr?: string }
    const said = `${stdout}\n${stderr}`.trim().split('\n').slice(-5).join('\n')
    throw new NetworkError('ERR_NETWORK_NODE_ENDED', `Fabric's ${name} ${args.slice(0, 3).join(' ')} failed:\n${said}`, { cause })
  }
}
