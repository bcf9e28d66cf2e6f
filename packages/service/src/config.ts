import { ServiceError } from './errors.ts'
import { isLoopback } from './is-loopback.ts'

/** One value of a configuration, read from one environment variable. */
export interface Field<Value> {
  /** Name of the variable. Says unit and kind: `RPC_TIMEOUT_MS`, `ISSUER_KEY_FILE`. */
  readonly variable: string
  /** One sentence for whoever runs the server. */
  readonly help: string
  /** What is read if the variable is not set; undefined if it must be. An empty text stands for no value. */
  readonly fallback: string | undefined
  /** @throws TypeError whose message says what is expected */
  readonly parse: (text: string) => Value
}

export type ConfigSchema = { readonly [name: string]: Field<unknown> }
export type ConfigOf<Schema extends ConfigSchema> = { readonly [Name in keyof Schema]: ReturnType<Schema[Name]['parse']> }

interface FieldTerms {
  readonly help: string
  readonly fallback?: string
}

function field<Value>(variable: string, { help, fallback }: FieldTerms, parse: (text: string) => Value): Field<Value> {
  return { variable, help, fallback, parse }
}

/** Text that must not be empty. */
export function text(variable: string, terms: FieldTerms): Field<string> {
  return field(variable, terms, value => (value === '' ? expected('text') : value))
}

/** A value that may be missing. */
export function optional<Value>(present: Field<Value>): Field<Value | undefined> {
  return { ...present, fallback: '', parse: value => (value === '' ? undefined : present.parse(value)) }
}

/** Texts with commas between, none if it is not set. */
export function textList(variable: string, { help }: FieldTerms): Field<readonly string[]> {
  return field(variable, { help, fallback: '' }, value =>
    value
      .split(',')
      .map(item => item.trim())
      .filter(item => item !== ''),
  )
}

/** A whole number within bounds. */
export function integer(variable: string, terms: FieldTerms & { readonly min: number; readonly max: number }): Field<number> {
  const { min, max } = terms
  return field(variable, terms, value => {
    const number = /^-?\d+$/.test(value) ? Number(value) : Number.NaN
    return number >= min && number <= max ? number : expected(`a whole number from ${min} to ${max}`)
  })
}

/** One of a few words. */
export function choice<const Word extends string>(variable: string, words: readonly Word[], terms: FieldTerms): Field<Word> {
  return field(variable, terms, value => words.find(word => word === value) ?? expected(`one of ${words.join(', ')}`))
}

/** An absolute URL of `http` or `https`, without a slash at its end. */
export function url(variable: string, terms: FieldTerms): Field<string> {
  return field(variable, terms, value =>
    URL.canParse(value) && /^https?:$/.test(new URL(value).protocol) ? value.replace(/\/+$/, '') : expected('a URL of http or https'),
  )
}

/** An address under which others reach a server, as {@link url}: `http` only on this machine. */
export function publicUrl(variable: string, terms: FieldTerms): Field<string> {
  const { parse, ...rest } = url(variable, terms)
  return {
    ...rest,
    parse(value) {
      const address = parse(value)
      const { protocol, hostname } = new URL(address)
      const isHere = isLoopback(hostname.replace(/^\[(.*)\]$/, '$1')) || hostname.endsWith('.localhost')
      return protocol === 'https:' || isHere ? address : expected('a URL of https, or one of this machine')
    },
  }
}

function expected(what: string): never {
  throw new TypeError(`expected ${what}`)
}

/**
 * Reads a configuration, all of it at once, so that one start shows everything that is wrong.
 *
 * @param environment - usually `process.env`
 * @throws ServiceError `ERR_SERVICE_CONFIG`: its message has a line for each variable that is missing or wrong; values are not shown
 */
export function readConfig<Schema extends ConfigSchema>(schema: Schema, environment: NodeJS.ProcessEnv): ConfigOf<Schema> {
  const values: Record<string, unknown> = {}
  const problems: string[] = []
  for (const [name, { variable, fallback, parse }] of Object.entries(schema)) {
    const value = environment[variable] ?? fallback
    try {
      values[name] = value === undefined ? expected('a value') : parse(value)
    } catch (error) {
      if (!(error instanceof TypeError)) throw error
      problems.push(`${variable}: ${error.message}`)
    }
  }
  if (problems.length > 0) throw new ServiceError('ERR_SERVICE_CONFIG', problems.join('\n'))
  return Object.freeze(values) as ConfigOf<Schema>
}

/** An example file with every variable, what it is for, and its default. */
export function exampleEnvironment(schema: ConfigSchema): string {
  const entries = Object.values(schema).map(({ variable, help, fallback }) =>
    fallback === undefined ? `# ${help} Required.\n${variable}=\n` : `# ${help}\n#${variable}=${fallback}\n`,
  )
  return entries.join('\n')
}

/**
 * Ends reading a configuration whose values do not go together.
 *
 * @param problems - a line for each that is one; false for what is as it should be
 * @throws ServiceError `ERR_SERVICE_CONFIG`
 */
export function refuseProblems(problems: readonly (string | false)[]): void {
  const found = problems.filter(problem => problem !== false)
  if (found.length > 0) throw new ServiceError('ERR_SERVICE_CONFIG', found.join('\n'))
}
