import { createHash } from 'node:crypto'
import { jwkThumbprint, publicKeyFromJwk } from '@hufu/keys'

/** A value somewhere in what is kept, and where: `receipts.content.presentation.residence.jwt.payload.exp`. */
export interface KeptValue {
  readonly field: string
  readonly value: string
}

const jwtPattern = /^[\w-]{8,}\.[\w-]*\.[\w-]*$/
const idPattern = /^(?=.*\d)[\w-]{16,}$/

/**
 * Every value in a record, with encodings taken off: JSON in text, JWTs, SD-JWTs with their disclosures, addresses, JWKs with their thumbprint; bytes as hexadecimal
 * digits. Beside each long text stand its hash and its length: who keeps no more than these could compare, too.
 */
export function valuesIn(content: unknown, field: string): readonly KeptValue[] {
  if (content === null || content === undefined) return []
  if (typeof content === 'string') return valuesInText(content, field)
  if (typeof content !== 'object') return [{ field, value: String(content) }]
  if (Array.isArray(content))
    return [{ field: `${field}#count`, value: String(content.length) }, ...content.flatMap(one => valuesIn(one, `${field}[]`))]
  const members = Object.entries(content).flatMap(([name, member]) => valuesIn(member, `${field}.${idPattern.test(name) ? '*' : name}`))
  const names = Object.keys(content)
    .filter(name => idPattern.test(name))
    .map(value => ({ field: `${field}.*name`, value }))
  return [...members, ...names, ...thumbprintOf(content, field)]
}

function valuesInText(text: string, field: string): readonly KeptValue[] {
  const json = parsed(text)
  if (json !== undefined) return valuesIn(json, field)
  if (text.includes('~')) return valuesInSdJwt(text, field)
  if (jwtPattern.test(text)) {
    const [header, payload, signature] = text.split('.')
    const [first, second] = [decoded(header!), decoded(payload!)]
    if (first !== undefined)
      return [
        ...valuesIn(first, `${field}.header`),
        ...valuesIn(second, `${field}.payload`),
        { field: `${field}.signature`, value: signature! },
      ]
  }
  const inside = decoded(text)
  if (inside !== undefined) return valuesIn(inside, `${field}.decoded`)
  return [{ field, value: withoutEncoding(text) }, ...derivedFrom(text, field), ...valuesInAddress(text, field)]
}

/** RFC 9901: the issuer's JWT, disclosures, and perhaps the holder's JWT. */
function valuesInSdJwt(text: string, field: string): readonly KeptValue[] {
  const [jwt, ...rest] = text.split('~')
  const bound = rest.pop() ?? ''
  const disclosures = rest.flatMap(disclosure => {
    const content = decoded(disclosure)
    if (!Array.isArray(content)) return valuesIn(disclosure, `${field}.disclosure`)
    const [salt, ...named] = content
    const name = named.length === 2 ? String(named[0]) : 'element'
    return [{ field: `${field}.disclosure.salt`, value: String(salt) }, ...valuesIn(named.at(-1), `${field}.disclosure.${name}`)]
  })
  return [
    ...valuesIn(jwt, `${field}.jwt`),
    ...disclosures,
    { field: `${field}.disclosure#count`, value: String(rest.length) },
    ...(bound === '' ? [] : valuesIn(bound, `${field}.binding`)),
    { field: `${field}#length`, value: String(text.length) },
  ]
}

function valuesInAddress(text: string, field: string): readonly KeptValue[] {
  if (!/^[a-z][\w+.-]*:\/\//.test(text) || !URL.canParse(text)) return []
  const { pathname, searchParams } = new URL(text)
  const parts = pathname.split('/').filter(part => part !== '')
  return [
    ...parts.map((value, place) => ({ field: `${field}.path${place}`, value })),
    ...[...searchParams].flatMap(([name, value]) => valuesIn(value, `${field}.${name}`)),
  ]
}

function derivedFrom(text: string, field: string): readonly KeptValue[] {
  if (text.length < 12) return []
  return [
    { field: `${field}#length`, value: String(text.length) },
    { field: `${field}#sha256`, value: createHash('sha256').update(text).digest('hex') },
  ]
}

function thumbprintOf(content: object, field: string): readonly KeptValue[] {
  if (!('kty' in content)) return []
  try {
    return [{ field: `${field}#thumbprint`, value: withoutEncoding(jwkThumbprint(publicKeyFromJwk(content as never))) }]
  } catch {
    return []
  }
}

/** Base64 of 16 bytes and more as hexadecimal digits, so that one value has one form. */
function withoutEncoding(text: string): string {
  if (/^0?x?[0-9a-fA-F]{32,}$/.test(text)) return text.replace(/^0x/, '').toLowerCase()
  if (text.length < 22 || !/^[\w+/-]+={0,2}$/.test(text)) return text
  const bytes = Buffer.from(text, 'base64url')
  const back = bytes.toString('base64url')
  return back === text.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '') ? bytes.toString('hex') : text
}

function parsed(text: string): unknown {
  if (!/^\s*[{[]/.test(text)) return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function decoded(text: string): unknown {
  return /^[\w-]{4,}$/.test(text) ? parsed(Buffer.from(text, 'base64url').toString()) : undefined
}
