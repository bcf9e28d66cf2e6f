import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { startFabricNetwork } from './start-fabric-network.ts'

const index = fileURLToPath(new URL('./index.ts', import.meta.url))

test('one organisation with our chaincode is up, and leaves nothing behind', async () => {
  const before = foldersOf(process.pid)
  const { fabric, stop } = await startFabricNetwork()
  expect(fabric.organizations.map(({ mspId }) => mspId)).toEqual(['Hospital1MSP'])
  expect(processesIn(foldersOf(process.pid))).toHaveLength(3)
  await stop()
  expect(foldersOf(process.pid)).toEqual(before)
})

test('orderer, peer and chaincode end with a process that is killed', async () => {
  const program = `const { startFabricNetwork } = await import(${JSON.stringify(index)}); await startFabricNetwork(); console.log('up')`
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(child.stdout, 'data')
  const folders = foldersOf(child.pid!)
  expect(processesIn(folders)).toHaveLength(3)
  child.kill('SIGKILL')
  await once(child, 'exit')
  await expect.poll(() => processesIn(folders), { timeout: 10_000 }).toEqual([])
})

function foldersOf(pid: number): readonly string[] {
  return readdirSync(tmpdir()).filter(name => name.startsWith(`hufu-test-fabric-${pid}-`))
}

/** Processes that work in these folders. */
function processesIn(folders: readonly string[]): readonly string[] {
  return readdirSync('/proc').filter(pid => {
    const environment = `/proc/${pid}/environ`
    if (!/^\d+$/.test(pid) || !existsSync(environment)) return false
    return folders.some(folder => readText(environment).includes(`/${folder}\0`))
  })
}

/** Nothing if the process has ended meanwhile. */
function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
