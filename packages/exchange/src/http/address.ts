import type { Json } from '@hufu/primitives'
import { type Place, readText, refusal } from '../json/read-json.ts'

const maxLength = 2048
const loopback = /^(localhost|127\.0\.0\.1|\[::1\]|[a-z0-9-]+\.localhost)$/

/**
 * Reads an address that will be called: https, or http on this very machine, without user, password and fragment.
 *
 * @throws ExchangeError `ERR_EXCHANGE_ADDRESS`, or the place's code where it is no text
 */
export function readAddress(json: Json | undefined, place: Place): URL {
  const text = readText(json, place, 1, maxLength)
  const url = URL.parse(text)
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && loopback.test(url.hostname))
  if (url === null || !isSafe || url.username !== '' || url.password !== '' || text.includes('#'))
    throw refusal({ ...place, code: 'ERR_EXCHANGE_ADDRESS' }, 'an https address without user and fragment')
  return url
}

/** As {@link readAddress}, and of the same origin as another. @throws ExchangeError `ERR_EXCHANGE_ADDRESS` */
export function readAddressAt(origin: string, json: Json | undefined, place: Place): URL {
  const url = readAddress(json, place)
  if (url.origin !== origin) throw refusal({ ...place, code: 'ERR_EXCHANGE_ADDRESS' }, 'an address of the same origin')
  return url
}
