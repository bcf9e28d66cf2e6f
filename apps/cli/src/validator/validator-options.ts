import { join } from 'node:path'
import { lockHolder } from '@hufu/files'
import { type AskOptions, type StepOptions, validatorFolder } from '@hufu/network'
import { CliError } from '../errors.ts'
import type { Home } from '../home.ts'
import { readText } from '../read-json.ts'

/** Options that most commands about a validator have. */
export interface ValidatorOptions {
  readonly folder?: string
  readonly passwordFile?: string
}

/** How nodes are asked from here. */
export const askNodes: AskOptions = { fetch: globalThis.fetch, timeoutMs: 3_000 }

const backWithinMs = 180_000

/** This machine, as Go names it and the network file with it. */
export function platform(): string {
  const processors: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' }
  return `${process.platform}-${processors[process.arch] ?? process.arch}`
}

/** The node's folder: the one given, or that in the home folder. */
export function folderOf(home: Home, { folder }: ValidatorOptions): string {
  return folder ?? join(home.folder, 'validator')
}

/** The password that a file holds; a line break at its end is none of it. @throws CliError `ERR_CLI_USAGE`, `ERR_CLI_FILE` */
export function passwordFrom({ passwordFile }: ValidatorOptions): string {
  if (passwordFile === undefined) throw new CliError('ERR_CLI_USAGE', 'name the file with the password of the wallet: --password-file')
  return readText(passwordFile).replace(/\r?\n$/, '')
}

/** Steps that have the service start its node again: it does so on SIGHUP. */
export function stepOptions(folder: string): StepOptions {
  return {
    ask: askNodes,
    nowMs: Date.now,
    restart: async () => {
      const pid = lockHolder(validatorFolder(folder).lock)
      if (pid === undefined) throw new CliError('ERR_CLI_USAGE', 'the node does not run: start it first (hufu validator run)')
      process.kill(pid, 'SIGHUP')
    },
    backWithinMs,
  }
}
