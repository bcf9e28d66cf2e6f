import { type DestinationStream, type Logger, pino } from 'pino'

export const logLevels = ['debug', 'info', 'warn', 'error', 'silent'] as const
export type LogLevel = (typeof logLevels)[number]

/**
 * The log of a server: one JSON object a line. Of an error only name, code and stack are written, of its causes too: messages of foreign errors may
 * quote what people sent.
 *
 * @param options.destination - default: standard output
 */
export function createLog(options: { level: LogLevel; destination?: DestinationStream }): Logger {
  const settings = { level: options.level, base: null, serializers: { err: describeError, error: describeError } }
  return options.destination === undefined ? pino(settings) : pino(settings, options.destination)
}

interface ErrorDescription {
  readonly name: string
  readonly code?: string
  readonly at?: readonly string[]
  readonly cause?: ErrorDescription
}

function describeError(error: unknown, depth = 0): ErrorDescription | undefined {
  if (!(error instanceof Error)) return undefined
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined
  const cause = depth < 4 ? describeError(error.cause, depth + 1) : undefined
  return { name: error.name, ...(code === undefined ? {} : { code }), at: framesOf(error), ...(cause === undefined ? {} : { cause }) }
}

/** The stack without its first lines, which repeat the message. */
function framesOf({ stack = '' }: Error): readonly string[] {
  return stack
    .split('\n')
    .map(line => line.trim())
    .filter(line => line.startsWith('at '))
    .slice(0, 8)
}
