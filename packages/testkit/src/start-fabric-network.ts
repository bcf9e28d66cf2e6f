import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { LocalFabric, type LocalFabricOptions } from '@hufu/network'

/** A Hyperledger Fabric network of one test file. */
export interface TestFabric {
  /** To kill and start peers, and to deploy further chaincode. */
  readonly fabric: LocalFabric
  /** Ends all and removes its data. */
  stop(): Promise<void>
}

/** Settings of {@link startFabricNetwork}. */
export interface TestFabricOptions extends LocalFabricOptions {
  /** Name under which our own chaincode is deployed; default `hufu`; null for none. */
  readonly chaincode?: string | null
}

const folderPrefix = 'hufu-test-fabric-'
const root = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))))
const chaincodeProgram = join(root, 'apps', 'chaincode', 'src', 'main.ts')

/**
 * Starts a real Fabric network with our chaincode, on free ports, in a temporary folder. Its processes end with this one, whatever happens; the
 * folder of a process that was killed is removed by the next one.
 */
export async function startFabricNetwork({ chaincode = 'hufu', ...options }: TestFabricOptions = {}): Promise<TestFabric> {
  removeLeftovers()
  const folder = mkdtempSync(join(tmpdir(), `${folderPrefix}${process.pid}-`))
  const fabric = await LocalFabric.start(folder, options)
  const stop = async (): Promise<void> => {
    await fabric.stop()
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    if (chaincode !== null) await fabric.deployChaincode({ name: chaincode, command: [process.execPath, chaincodeProgram] })
  } catch (error) {
    await stop()
    throw error
  }
  return { fabric, stop }
}

function removeLeftovers(): void {
  for (const entry of readdirSync(tmpdir())) {
    const pid = entry.startsWith(folderPrefix) ? entry.slice(folderPrefix.length).split('-')[0] : undefined
    if (pid !== undefined && !existsSync(`/proc/${pid}`)) rmSync(join(tmpdir(), entry), { recursive: true, force: true })
  }
}
