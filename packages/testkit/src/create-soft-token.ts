import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A PKCS#11 token made of software. */
export interface SoftToken {
  readonly module: string
  /** Its label. */
  readonly token: string
  readonly pinFile: string
  readonly pin: string
}

const program = '/usr/bin/softhsm2-util'
const modules = [
  '/usr/lib/softhsm/libsofthsm2.so',
  '/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so',
  '/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so',
]

/** Whether {@link createSoftToken} finds SoftHSM, where Debian puts it: tests that need it are skipped else. */
export const isSoftHsmInstalled: boolean = existsSync(program) && modules.some(file => existsSync(file))

/** Makes a token in a folder of its own, and has this process and those that it starts find it there (`SOFTHSM2_CONF`). */
export function createSoftToken(token: string): SoftToken {
  const folder = mkdtempSync(join(tmpdir(), 'hufu-softhsm-'))
  const tokens = join(folder, 'tokens')
  const pinFile = join(folder, 'pin')
  const configuration = join(folder, 'softhsm2.conf')
  const pin = '491203'
  mkdirSync(tokens)
  writeFileSync(configuration, `directories.tokendir = ${tokens}\nobjectstore.backend = file\nlog.level = ERROR\n`)
  writeFileSync(pinFile, `${pin}\n`, { mode: 0o600 })
  process.env.SOFTHSM2_CONF = configuration
  execFileSync(program, ['--init-token', '--free', '--label', token, '--so-pin', '87654321', '--pin', pin], { stdio: 'ignore' })
  return { module: modules.find(file => existsSync(file))!, token, pinFile, pin }
}
