import type { FetchStatusList } from '@hufu/credentials'

const timeoutMs = 5000
const maxBytes = 2_097_152

/**
 * Fetches a status list over HTTP. Ask it only for addresses that an accredited issuer has signed: it goes wherever it is sent.
 *
 * @throws Error: no answer within five seconds, none of 200, a redirect, or more than two mebibytes
 */
export const fetchStatusListOverHttp: FetchStatusList = async uri => {
  const response = await fetch(uri, {
    headers: { accept: 'application/vc, application/json;q=0.9' },
    redirect: 'error',
    signal: AbortSignal.timeout(timeoutMs),
  })
  if (!response.ok || response.body === null) throw new Error(`status list server answered ${response.status}`)
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of response.body) {
    length += chunk.length
    if (length > maxBytes) throw new Error(`status list is longer than ${maxBytes} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
