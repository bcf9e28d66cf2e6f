import { type ParsedJwt, parseJwt, verifyJwt } from '@hufu/credentials'
import type { PublicKey } from '@hufu/keys'
import { errorCode } from '@hufu/primitives'
import { ExchangeError, type ExchangeErrorCode } from '../errors.ts'

const codeOf: Readonly<Record<string, ExchangeErrorCode>> = {
  ERR_CREDENTIAL_MALFORMED: 'ERR_EXCHANGE_MALFORMED',
  ERR_CREDENTIAL_TOO_LARGE: 'ERR_EXCHANGE_TOO_LARGE',
  ERR_CREDENTIAL_ALGORITHM: 'ERR_EXCHANGE_ALGORITHM',
  ERR_CREDENTIAL_HEADER_KEY: 'ERR_EXCHANGE_HEADER_KEY',
  ERR_CREDENTIAL_TYPE: 'ERR_EXCHANGE_TYPE',
  ERR_CREDENTIAL_SIGNATURE: 'ERR_EXCHANGE_SIGNATURE',
}

/**
 * Parses a JWT that is a message and no credential; its key is found by `kid`.
 *
 * @throws ExchangeError `ERR_EXCHANGE_TOO_LARGE`, `ERR_EXCHANGE_MALFORMED`, `ERR_EXCHANGE_ALGORITHM`, `ERR_EXCHANGE_HEADER_KEY`, `ERR_EXCHANGE_TYPE`
 */
export function parseMessageJwt(text: string, options: { readonly type: string; readonly maxLength: number }): ParsedJwt {
  if (text.length > options.maxLength)
    throw new ExchangeError('ERR_EXCHANGE_TOO_LARGE', `JWT: expected at most ${options.maxLength} characters`)
  try {
    return parseJwt(text, { type: options.type })
  } catch (error) {
    throw asExchangeError(error)
  }
}

/** Checks the signature. @throws ExchangeError `ERR_EXCHANGE_ALGORITHM`, `ERR_EXCHANGE_SIGNATURE` */
export async function verifyMessageJwt(jwt: ParsedJwt, key: PublicKey): Promise<void> {
  try {
    await verifyJwt(jwt, key)
  } catch (error) {
    throw asExchangeError(error)
  }
}

function asExchangeError(error: unknown): unknown {
  const code = codeOf[errorCode(error) ?? '']
  return code === undefined ? error : new ExchangeError(code, (error as Error).message, { cause: error })
}
