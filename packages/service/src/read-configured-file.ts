import { readFile } from 'node:fs/promises'
import { ServiceError } from './errors.ts'

/** Text of a file that a variable of the configuration names. @throws ServiceError `ERR_SERVICE_CONFIG`: it cannot be read */
export function readConfiguredFile(variable: string, file: string): Promise<string> {
  return readFile(file, 'utf8').catch(cause => {
    throw new ServiceError('ERR_SERVICE_CONFIG', `${variable}: a file cannot be read`, { cause })
  })
}

/**
 * Reads a bearer token of at least 32 characters from a file.
 *
 * @returns undefined if no file is configured
 * @throws ServiceError `ERR_SERVICE_CONFIG`
 */
export async function readToken(variable: string, file: string | undefined): Promise<string | undefined> {
  if (file === undefined) return undefined
  const token = (await readConfiguredFile(variable, file)).trim()
  if (token.length < 32) throw new ServiceError('ERR_SERVICE_CONFIG', `${variable}: expected at least 32 characters`)
  return token
}

/**
 * Reads certificate and key of a server.
 *
 * @returns undefined if it is to speak plain HTTP
 * @throws ServiceError `ERR_SERVICE_CONFIG`
 */
export async function readTls({
  tlsCertFile,
  tlsKeyFile,
}: {
  readonly tlsCertFile?: string | undefined
  readonly tlsKeyFile?: string | undefined
}): Promise<{ cert: string; key: string } | undefined> {
  if (tlsCertFile === undefined || tlsKeyFile === undefined) return undefined
  return { cert: await readConfiguredFile('TLS_CERT_FILE', tlsCertFile), key: await readConfiguredFile('TLS_KEY_FILE', tlsKeyFile) }
}
