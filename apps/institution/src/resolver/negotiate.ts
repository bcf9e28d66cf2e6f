/** One media range of an `Accept` header. */
interface Range {
  readonly type: string
  readonly profile: string | undefined
  readonly quality: number
}

/** A media type on offer; `profile` tells apart those that share a type. */
export interface Offer {
  readonly type: string
  readonly profile?: string
}

const maxLength = 1024

/**
 * The offer that an `Accept` header likes best; among equals the one named first in the header, and for a wildcard the first on offer.
 *
 * @returns undefined if none is acceptable
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-12.5.1
 */
export function negotiate<T extends Offer>(accept: string | undefined, offers: readonly T[]): T | undefined {
  const ranges = parseAccept(accept === undefined || accept.trim() === '' ? '*/*' : accept.slice(0, maxLength))
  const refused = (offer: Offer): boolean => ranges.some(range => range.quality === 0 && range.type === offer.type)
  for (const range of ranges.toSorted((left, right) => right.quality - left.quality)) {
    const match = range.quality > 0 ? offers.find(offer => matches(range, offer) && !refused(offer)) : undefined
    if (match !== undefined) return match
  }
  return undefined
}

function matches(range: Range, offer: Offer): boolean {
  if (range.type === '*/*') return true
  if (range.type.endsWith('/*')) return offer.type.startsWith(range.type.slice(0, -1))
  return range.type === offer.type && (range.profile === undefined || range.profile === offer.profile)
}

function parseAccept(accept: string): readonly Range[] {
  // Splits at commas and semicolons outside quoted strings.
  return (accept.match(/(?:"(?:[^"\\]|\\.)*"|[^,"])+/g) ?? []).map(text => {
    const [type = '', ...parameters] = (text.match(/(?:"(?:[^"\\]|\\.)*"|[^;"])+/g) ?? []).map(part => part.trim())
    const parameter = (name: string): string | undefined => {
      const found = parameters.find(candidate => candidate.toLowerCase().startsWith(`${name}=`))
      return found?.slice(name.length + 1).replace(/^"(.*)"$/, '$1')
    }
    const quality = Number(parameter('q') ?? '1')
    return { type: type.toLowerCase(), profile: parameter('profile'), quality: quality >= 0 && quality <= 1 ? quality : 0 }
  })
}
