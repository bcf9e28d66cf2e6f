import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const cli = fileURLToPath(new URL('../../../apps/cli/src/main.ts', import.meta.url))

export type ServerName = 'bureau' | 'bank' | 'hospital' | 'transport' | 'wallet' | 'bankShop' | 'hospitalShop'
export type InstitutionName = 'bureau' | 'bank' | 'hospital' | 'transport'

/** What `hufu pilot --json` says once everything is up. */
export interface Reach {
  readonly urls: Readonly<Record<ServerName, string>>
  readonly staff: Readonly<
    Record<InstitutionName, readonly { readonly name: string; readonly roles: readonly string[]; readonly link: string }[]>
  >
  readonly systemTokens: Readonly<Record<InstitutionName, string>>
}

export interface RunningPilot extends Reach {
  stop(): Promise<void>
}

/** The pilot without its guided run, in a home of its own; or, with `PILOT` naming a file with that line, one that runs already. */
export async function runPilot(): Promise<RunningPilot> {
  const { PILOT: file } = process.env
  if (file !== undefined) return { ...reachIn(readFileSync(file, 'utf8')), stop: async () => undefined }
  const home = mkdtempSync(join(tmpdir(), 'hufu-people-'))
  const basePort = 26_000 + 50 * Math.floor(Math.random() * 80)
  const ports = ['--base-port', String(basePort), '--bureau-port', String(basePort + 30)]
  const child = spawn(process.execPath, [cli, '--home', home, 'pilot', '--no-guide', '--json', ...ports], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, LANG: 'C', LC_ALL: 'C' },
  })
  const ended = new Promise<void>(resolve => child.once('close', () => resolve()))
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM')
    await ended
    rmSync(home, { recursive: true, force: true })
  }
  let said = ''
  child.stderr.setEncoding('utf8').on('data', text => {
    said += text
  })
  for await (const line of createInterface({ input: child.stdout })) {
    return { ...reachIn(line), stop }
  }
  await stop()
  throw new Error(`the pilot ended\n${said}`)
}

function reachIn(line: string): Reach {
  return (JSON.parse(line) as { readonly pilot: Reach }).pilot
}
