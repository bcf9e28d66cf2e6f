import { canonicalJsonBytes, errorCode, type Json } from '@hufu/primitives'
import { TrustError } from './errors.ts'

/** A text in the languages that residents are asked in. */
export interface Texts {
  readonly 'zh-CN': string
  readonly en: string
}

/** What a registered query says: what is asked, why, on which legal basis, and how long answers are kept. */
export interface QueryContent {
  /** Digital Credentials Query Language, OpenID4VP §6. */
  readonly dcql: { readonly [name: string]: Json }
  readonly purpose: Texts
  readonly legalBasis: Texts
  /** 0: not kept at all. */
  readonly retentionDays: number
}

const maxContentBytes = 4096
const maxTextLength = 500
const maxRetentionDays = 36_500

/** Parses what a query says. @throws TrustError `ERR_TRUST_SCHEMA`: the message names the member */
export function parseQueryContent(json: unknown): QueryContent {
  const content = members(json, 'content', ['dcql', 'purpose', 'legalBasis', 'retentionDays'])
  const { dcql, retentionDays } = content
  if (typeof dcql !== 'object' || dcql === null || Array.isArray(dcql)) throw wrong('dcql', 'an object')
  for (const name of ['purpose', 'legalBasis']) checkTexts(content[name], name)
  if (!Number.isInteger(retentionDays) || (retentionDays as number) < 0 || (retentionDays as number) > maxRetentionDays) {
    throw wrong('retentionDays', `an integer from 0 to ${maxRetentionDays}`)
  }
  if (lengthOf(content) > maxContentBytes) throw wrong('content', `at most ${maxContentBytes} bytes of canonical JSON`)
  return content as unknown as QueryContent
}

/** In canonical JSON, the form in which the ledger keeps it. */
function lengthOf(content: Readonly<Record<string, Json>>): number {
  try {
    return canonicalJsonBytes(content).length
  } catch (cause) {
    if (errorCode(cause) === undefined) throw cause
    throw wrong('content', 'what canonical JSON can hold', cause)
  }
}

function checkTexts(json: Json | undefined, path: string): void {
  const texts = members(json, path, ['zh-CN', 'en'])
  for (const text of Object.values(texts)) {
    if (typeof text !== 'string' || text.length < 1 || text.length > maxTextLength)
      throw wrong(path, `texts of 1 to ${maxTextLength} characters`)
  }
}

function members(json: unknown, path: string, names: readonly string[]): Readonly<Record<string, Json>> {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw wrong(path, 'an object')
  const given = Object.keys(json)
  if (given.length !== names.length || !names.every(name => given.includes(name))) throw wrong(path, `the members ${names.join(', ')}`)
  return json as Readonly<Record<string, Json>>
}

function wrong(path: string, expected: string, cause?: unknown): TrustError {
  return new TrustError('ERR_TRUST_SCHEMA', `query: ${path}: expected ${expected}`, cause === undefined ? {} : { cause })
}
