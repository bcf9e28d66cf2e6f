import { execFile } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
// So that the same package has the same name on every machine, as each organisation compares it.
const tarOptions = ['--sort=name', '--mtime=@0', '--owner=0', '--group=0', '--numeric-owner', '--use-compress-program=gzip -n']

/** Packs what tells a peer where the chaincode listens. @returns path of the package */
export async function packageChaincode(folder: string, label: string, address: string): Promise<string> {
  const contents = join(folder, label)
  await mkdir(contents, { recursive: true })
  await writeFile(join(contents, 'connection.json'), JSON.stringify({ address, dial_timeout: '10s', tls_required: false }))
  await writeFile(join(contents, 'metadata.json'), JSON.stringify({ type: 'ccaas', label }))
  await run('tar', [...tarOptions, '-C', contents, '-cf', join(contents, 'code.tar.gz'), 'connection.json'])
  const file = join(folder, `${label}.tgz`)
  await run('tar', [...tarOptions, '-C', contents, '-cf', file, 'code.tar.gz', 'metadata.json'])
  return file
}
