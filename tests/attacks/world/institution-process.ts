import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type RunningServer, startServer } from '../../start-server.ts'

/** An institution's server as it runs anywhere: `main.ts`, a process of its own. */
export interface InstitutionProcess extends RunningServer {
  readonly logFile: string
  /** Lines of its log on requests that failed, all but those that came before a status list was on the ledger. */
  failures(): readonly string[]
}

const main = fileURLToPath(new URL('../../../apps/institution/src/main.ts', import.meta.url))

/** {@link startServer}, with its log and its data in this folder under this name. */
export async function startProcess(
  folder: string,
  name: string,
  port: number,
  environment: Readonly<Record<string, string>>,
): Promise<InstitutionProcess> {
  const logFile = join(folder, `${name}.log`)
  const server = await startServer(main, logFile, port, { DATA_FOLDER: join(folder, name), ...environment })
  const failures = () =>
    readFileSync(logFile, 'utf8')
      .split('\n')
      .filter(line => line.includes('"request failed"') && !line.includes('ERR_SERVICE_BEHIND'))
  return { ...server, logFile, failures }
}
