import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { writeFileWhole } from '@hufu/files'
import { ServiceError } from './errors.ts'
import { openVault } from './open-vault.ts'
import { readConfiguredFile } from './read-configured-file.ts'
import type { Vault } from './vault.ts'

/** Where its keys are. */
export interface VaultFileOptions {
  readonly vaultKeyFile: string | undefined
  readonly dataFolder: string
}

const linePattern = /^(sm4-gcm:)?[0-9a-f]{64}$/

/**
 * The vault, by the keys of a file: the first line seals, the others open what was sealed before. A line that begins with `sm4-gcm:` is a key for SM4 in place of
 * AES, and for nothing else. Without `VAULT_KEY_FILE` a server makes one in its data folder.
 *
 * @throws ServiceError `ERR_SERVICE_CONFIG`: the file cannot be read, or has another form; its content is not shown
 */
export async function openVaultFile({ vaultKeyFile, dataFolder }: VaultFileOptions): Promise<Vault> {
  const file = vaultKeyFile ?? join(dataFolder, 'vault.key')
  if (vaultKeyFile === undefined && !existsSync(file)) await writeFileWhole(file, `${randomBytes(32).toString('hex')}\n`)
  const lines = (await readConfiguredFile('VAULT_KEY_FILE', file)).trim().split(/\s+/)
  if (!lines.every(line => linePattern.test(line)))
    throw new ServiceError(
      'ERR_SERVICE_CONFIG',
      'VAULT_KEY_FILE: expected 64 hexadecimal digits a line, after sm4-gcm: where SM4 is wanted',
    )
  const [current, ...older] = lines.map(line => ({
    secret: Uint8Array.from(Buffer.from(line.slice(-64), 'hex')),
    cipher: line.startsWith('sm4-gcm:') ? ('sm4-gcm' as const) : ('aes-256-gcm' as const),
  }))
  return openVault([current!, ...older])
}
