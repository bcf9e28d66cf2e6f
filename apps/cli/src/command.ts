import { errorCode } from '@hufu/primitives'
import { type Command, CommanderError } from 'commander'
import { fixes } from './fixes.ts'
import { type Home, openHome } from './home.ts'
import { chooseLanguage, type Texts } from './language.ts'
import { Output } from './output.ts'

/** What every command gets. */
export interface Context {
  readonly home: Home
  readonly output: Output
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal
}

interface GlobalOptions {
  readonly home: string
  readonly network?: string
  readonly json?: boolean
  readonly lang?: string
}

const interrupt = new AbortController()

/** Wraps what a command does: context in, errors out as one message with code and fix, exit code 1. */
export function action<Arguments extends readonly unknown[]>(run: (context: Context, ...args: Arguments) => Promise<void>) {
  return async (...all: readonly unknown[]): Promise<void> => {
    const command = all.at(-1) as Command
    const options = command.optsWithGlobals<GlobalOptions>()
    const output = new Output({ json: options.json === true, language: chooseLanguage(options.lang, process.env) })
    process.once('SIGINT', () => interrupt.abort())
    process.once('SIGTERM', () => interrupt.abort())
    try {
      const context = { home: openHome(options.home, options.network), output, signal: interrupt.signal }
      // Commander gives the arguments, then the options, then the command itself.
      await run(context, ...(all.slice(0, -1) as unknown as Arguments))
    } catch (error) {
      process.exitCode = 1
      // An argument that a command itself found wrong: Commander has looked at its own before.
      if (error instanceof CommanderError) return output.failure('ERR_CLI_USAGE', error.message)
      const code = errorCode(error)
      // Without a code of ours it is a mistake in this program: its message may quote what must not be shown.
      if (code === undefined) output.failure('ERR_INTERNAL', internalMessage(error))
      else output.failure(code, (error as Error).message, fixes[code])
    }
  }
}

function internalMessage(error: unknown): string {
  const where = error instanceof Error ? (error.stack ?? '').split('\n').slice(1, 4).join('\n') : ''
  return `unexpected ${error instanceof Error ? error.name : typeof error}\n${where}`
}

/** Both languages of a help text, chosen by the environment when the program starts: `--lang` comes too late for it. */
export function help(texts: Texts): string {
  const flag = process.argv.find(argument => argument.startsWith('--lang='))?.slice('--lang='.length)
  const position = process.argv.indexOf('--lang')
  return texts[chooseLanguage(flag ?? (position < 0 ? undefined : process.argv[position + 1]), process.env)]
}
