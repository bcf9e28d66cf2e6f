import { base64urlToBytes, bytesToUtf8, errorCode, parseJson } from '@hufu/primitives'

/** The session that a message names, before anything about it is verified: to take messages of a session in turn. undefined if it names none. */
export function sessionIdOf(message: string): string | undefined {
  const payload = message.split('.')[1]
  if (payload === undefined) return undefined
  try {
    const { sessionId } = parseJson(bytesToUtf8(base64urlToBytes(payload))) as { readonly sessionId?: unknown }
    return typeof sessionId === 'string' && /^[0-9a-f]{64}$/.test(sessionId) ? sessionId : undefined
  } catch (error) {
    if (errorCode(error) === undefined && !(error instanceof TypeError)) throw error
    return undefined
  }
}
