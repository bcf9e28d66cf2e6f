import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { concatBytes } from '@hufu/primitives'

const file = fileURLToPath(new URL('../../packages/proofs/native/bin/verifier', import.meta.url))

/** The native verifier's codes for files of keys, given to it as they are: `NativeVerifier` would refuse them first. */
export function loadRawKeys(files: readonly Uint8Array[]): readonly number[] {
  const requests = files.map((key, index) => concatBytes(uint32(9 + key.length), uint32(index), Uint8Array.of(1), uint32(index), key))
  const { status, stdout } = spawnSync(file, { input: concatBytes(...requests) })
  if (status !== 0 || stdout.length !== 9 * files.length) throw new Error('the native verifier did not answer each request')
  return files.map((_, index) => stdout[9 * index + 8]!)
}

function uint32(value: number): Uint8Array {
  return Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value)
}
