import type { SatpMessage } from './message.ts'
import { messageTypePrefix } from './message-type.ts'
import { protocolErrorPrefix, protocolErrors } from './protocol-error.ts'

/** A message with the draft's member names, as it is signed. */
export function writePayload(message: SatpMessage): { readonly [name: string]: unknown } {
  const { kind, ...rest } = message
  const messageType = `${messageTypePrefix}${kind}`
  if (message.kind !== 'error-msg') return { messageType, ...rest }
  const { kind: _kind, code, prevMessageType, ...common } = message
  const [status, title] = protocolErrors[code]
  return { messageType, ...common, type: `${protocolErrorPrefix}${code}`, status, title, prevMsgType: prevMessageType }
}
