import { readAddress } from '../http/address.ts'
import { type Place, refusal } from '../json/read-json.ts'

const maxLength = 16_384
const place: Place = { path: 'link', code: 'ERR_EXCHANGE_LINK' }

/**
 * The parameters of a link that opens a wallet: of a custom scheme, or of a wallet's own address, in its query or behind `#/open?`.
 *
 * @throws ExchangeError `ERR_EXCHANGE_LINK`: another scheme, or no parameters; `ERR_EXCHANGE_ADDRESS`: an address without TLS; `ERR_EXCHANGE_TOO_LARGE`
 */
export function linkParameters(link: string, schemes: readonly string[]): string {
  if (link.length > maxLength) throw refusal({ ...place, code: 'ERR_EXCHANGE_TOO_LARGE' }, `at most ${maxLength} characters`)
  const text = link.trim()
  const scheme = /^[a-z][a-z0-9+.-]*:/i.exec(text)?.[0].toLowerCase()
  if (scheme === undefined) throw refusal(place, `an address, ${schemes.join(' or ')}`)
  if (schemes.includes(scheme)) {
    const start = text.indexOf('?')
    if (start < 0 || text.includes('#')) throw refusal(place, 'parameters')
    return text.slice(start + 1)
  }
  if (scheme !== 'https:' && scheme !== 'http:') throw refusal(place, `an address, ${schemes.join(' or ')}`)
  const [address = '', fragment] = text.split('#')
  const url = readAddress(address, place)
  const parameters = fragment === undefined ? url.search.slice(1) : /^\/open\?(.*)$/.exec(fragment)?.[1]
  if (parameters === undefined || parameters === '') throw refusal(place, 'parameters')
  return parameters
}

/** What a link asks of the wallet; undefined for a link that is for no wallet. Nothing is checked beyond that. */
export function kindOfLink(link: string): 'offer' | 'presentation' | undefined {
  const { searchParams } = URL.parse(`https://link.invalid/?${/\?(.*)$/s.exec(link)?.[1] ?? ''}`) ?? new URL('https://link.invalid/')
  if (searchParams.has('credential_offer') || searchParams.has('credential_offer_uri')) return 'offer'
  return searchParams.has('client_id') || searchParams.has('request_uri') ? 'presentation' : undefined
}
