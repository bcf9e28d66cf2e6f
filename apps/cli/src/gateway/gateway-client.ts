import { readFileSync } from 'node:fs'
import { parseJson } from '@hufu/primitives'
import { CliError } from '../errors.ts'

/** Where a gateway is, and the file with its operator's token: on a command line, everybody on the machine could read the token itself. */
export interface GatewayOptions {
  readonly url: string
  readonly tokenFile: string
}

const timeoutMs = 30_000

/**
 * Asks a gateway in its operator's name.
 *
 * @throws CliError `ERR_CLI_SERVER`: it does not answer, or refuses: the message says with which code; `ERR_CLI_FILE`, `ERR_CLI_USAGE`
 */
export async function askGateway<Answer>(
  { url, tokenFile }: GatewayOptions,
  method: 'GET' | 'POST',
  path: string,
  body?: object,
): Promise<Answer> {
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    throw new CliError('ERR_CLI_USAGE', '--url: expected the address of the gateway')
  const response = await fetch(`${url.replace(/\/+$/, '')}${path}`, {
    method,
    headers: { authorization: `Bearer ${readTokenFile(tokenFile)}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    redirect: 'error',
    signal: AbortSignal.timeout(timeoutMs),
  }).catch(cause => {
    throw new CliError('ERR_CLI_SERVER', 'the gateway does not answer', { cause })
  })
  const text = await response.text()
  if (!response.ok) throw new CliError('ERR_CLI_SERVER', `the gateway refused: ${reasonOf(text, response.status)}`)
  return parseJson(text) as Answer
}

function readTokenFile(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch (cause) {
    throw new CliError('ERR_CLI_FILE', '--token-file: it cannot be read', { cause })
  }
}

/** A problem answer (RFC 9457) says what is wrong; whatever else answers is not quoted. */
function reasonOf(text: string, status: number): string {
  try {
    const { code, detail } = parseJson(text) as { code?: unknown; detail?: unknown }
    if (typeof code === 'string' && /^ERR_[A-Z_]{1,60}$/.test(code)) return `[${code}] ${typeof detail === 'string' ? detail : ''}`.trim()
  } catch {
    // Then it is no problem answer.
  }
  return `status ${status}`
}
