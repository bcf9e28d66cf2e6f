import type { FetchStatusList } from '@hufu/credentials'

const timeoutMs = 5000

/**
 * Fetches status lists over HTTP. Ask it only for addresses that an accredited issuer has signed: it goes wherever it is sent.
 *
 * @param options.accept - media types of the lists, as a header
 * @returns throws Error: no answer within five seconds, none of 200, a redirect, or more than `maxBytes`
 */
export function fetchStatusListOverHttp({ accept, maxBytes }: { accept: string; maxBytes: number }): FetchStatusList {
  return async uri => {
    const response = await fetch(uri, { headers: { accept }, redirect: 'error', signal: AbortSignal.timeout(timeoutMs) })
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
}
