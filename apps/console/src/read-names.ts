import { parseJson } from '@hufu/primitives'
import { ServiceError } from '@hufu/service'
import type { Texts } from '@hufu/trust'

const maxNames = 10_000
const maxNameLength = 200

/** Names by DID, out of a file. @throws ServiceError `ERR_SERVICE_CONFIG` */
export function readNames(text: string): Readonly<Record<string, Texts>> {
  try {
    const entries = Object.entries(parseJson(text) as Record<string, unknown>)
    if (entries.length > maxNames) throw new TypeError('names')
    return Object.fromEntries(entries.map(([did, names]) => [checkedDid(did), textsOf(names)]))
  } catch {
    throw new ServiceError('ERR_SERVICE_CONFIG', 'NAMES_FILE: expected an object of DIDs, each with a name in zh-CN and in en')
  }
}

function checkedDid(did: string): string {
  if (!/^did:neo:[a-z0-9-]+:[1-9A-HJ-NP-Za-km-z]+$/.test(did)) throw new TypeError('did')
  return did
}

function textsOf(json: unknown): Texts {
  const { 'zh-CN': chinese, en, ...others } = json as Record<string, unknown>
  const isName = (text: unknown): text is string => typeof text === 'string' && text !== '' && text.length <= maxNameLength
  if (!isName(chinese) || !isName(en) || Object.keys(others).length > 0) throw new TypeError('names')
  return { 'zh-CN': chinese, en }
}
