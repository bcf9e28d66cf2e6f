import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { NetworkError } from '../errors.ts'

const program = join(dirname(dirname(dirname(fileURLToPath(import.meta.url)))), 'bin', 'byzantine')

/** The program that does to a network what an honest node never does. @throws NetworkError `ERR_NETWORK_BINARY`: not built */
export function byzantineBinary(): string {
  if (!existsSync(program)) throw new NetworkError('ERR_NETWORK_BINARY', 'byzantine is not built; run: npm run setup -- --for-tests')
  return program
}
