import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join, relative } from 'node:path'

/** What circom makes of a source. */
export interface CircomOutput {
  /** The constraints, in the format of iden3's r1cs files. */
  readonly r1cs: Uint8Array
  /** A line a signal: number, wire or −1, component, name. */
  readonly symbols: string
}

/**
 * Runs the circom compiler on one source, with all linear constraints substituted. Its files stay in `outputFolder`, for tools that read them.
 *
 * @throws Error with what the compiler says
 */
export function compileCircom(sourceFile: string, outputFolder: string): CircomOutput {
  const command = createRequire(import.meta.url).resolve('circom2/cli.js')
  // It sees only folders above its working folder, and only by relative paths.
  const folder = dirname(sourceFile)
  const options = ['--r1cs', '--sym', '--O2', '--prime', 'bls12381', '-o', relative(folder, outputFolder)]
  const result = spawnSync(process.execPath, [command, basename(sourceFile), ...options], { cwd: folder, encoding: 'utf8' })
  if (result.status !== 0 || !result.stdout.includes('Everything went okay')) {
    throw new Error(`circom: ${basename(sourceFile)}:\n${result.stdout}${result.stderr}`)
  }
  const made = join(outputFolder, basename(sourceFile, '.circom'))
  return { r1cs: readFileSync(`${made}.r1cs`), symbols: readFileSync(`${made}.sym`, 'utf8') }
}
