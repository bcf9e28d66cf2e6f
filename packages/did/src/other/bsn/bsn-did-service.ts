import { errorCode, type FastjsonValue, parseFastjson } from '@hufu/primitives'
import { DidError } from '../../errors.ts'
import { type FetchPort, fetchText } from '../fetch-text.ts'
import { type BsnDidDocument, checkBsnDid, parseBsnDidDocument } from './bsn-did-document.ts'

/** Settings of {@link BsnDidService}. */
export interface BsnDidServiceOptions {
  /** Of the service, without `/did/…`. */
  readonly url: string
  readonly projectId: string
  readonly token: string
  readonly fetch: FetchPort
  /** Longest answer; default 65,536. */
  readonly maxBytes?: number
  /** Default 10 s. */
  readonly timeoutMs?: number
}

/** Numbers that the service answers with in place of data. */
const serviceCodes = { done: '0', noSuchDid: '1041', invalidDid: '1043', nothingRevoked: '1076' } as const
/** The most that the service gives at once. */
const pageSize = 50
/** A list of more is an answer that never ends. */
const maxPages = 200

/**
 * Asks BSN's DID service. It signs nothing that it answers: what it says is its word, by TLS. What can be checked is: the proof of a document is by the
 * document's own key, and a DID that was never changed is the hash of its keys.
 */
export class BsnDidService {
  readonly #options: Required<BsnDidServiceOptions>

  constructor(options: BsnDidServiceOptions) {
    this.#options = { maxBytes: 65_536, timeoutMs: 10_000, ...options }
  }

  get host(): string {
    return new URL(this.#options.url).host
  }

  /**
   * The document of a DID.
   *
   * @throws DidError `ERR_DID_SYNTAX`, `ERR_DID_NOT_FOUND`, `ERR_DID_DOCUMENT`, `ERR_DID_UNREACHABLE`, `ERR_DID_ANSWER`
   */
  async findDocument(did: string): Promise<BsnDidDocument> {
    checkBsnDid(did)
    const { code, data } = await this.#ask('/did/getDoc', did, { did })
    if (code === serviceCodes.noSuchDid || code === serviceCodes.invalidDid || (code === serviceCodes.done && data === null))
      throw new DidError('ERR_DID_NOT_FOUND', 'the DID service knows no such DID')
    return parseBsnDidDocument(done(code, data), did)
  }

  /**
   * Whether an issuer has revoked a credential, by the list that the service keeps for it.
   *
   * @throws DidError `ERR_DID_SYNTAX`, `ERR_DID_UNREACHABLE`, `ERR_DID_ANSWER`: not known, which is no "no"
   */
  async isRevoked(issuerDid: string, credentialId: string): Promise<boolean> {
    checkBsnDid(issuerDid)
    for (let page = 1, pages = 1; page <= pages; page++) {
      if (page > maxPages) throw malformed('a list of revoked credentials that ends')
      const { code, data } = await this.#ask('/did/getRevokedCredList', issuerDid, { page, size: pageSize, did: issuerDid })
      if (page === 1 && code === serviceCodes.nothingRevoked) return false
      const list = readPage(done(code, data), page)
      if (list.ids.includes(credentialId)) return true
      if (page > 1 && list.pages !== pages) throw malformed('pages of one list')
      pages = list.pages
    }
    return false
  }

  async #ask(
    path: string,
    did: string,
    data: Readonly<Record<string, string | number>>,
  ): Promise<{ readonly code: string; readonly data: FastjsonValue }> {
    const { url, projectId, token, fetch, maxBytes, timeoutMs } = this.#options
    const text = await fetchText(`${url}${path}`, {
      ...{ fetch, maxBytes, timeoutMs, accept: 'application/json' },
      init: {
        method: 'POST',
        headers: { 'content-type': 'application/json;charset=utf-8', token, projectId },
        body: JSON.stringify({ projectId, did, data }),
      },
    })
    if (text === null) throw new DidError('ERR_DID_UNREACHABLE', 'expected the DID service at its address')
    const answer = parse(text, maxBytes)
    const code = answer instanceof Map ? answer.get('code') : undefined
    if (!(answer instanceof Map) || !isNumber(code)) throw malformed('an object with a code')
    return { code: code.literal, data: answer.get('data') ?? null }
  }
}

/** The data of an answer that is one. Texts of the service are not passed on: they come from outside. */
function done(code: string, data: FastjsonValue): FastjsonValue {
  if (code === serviceCodes.done) return data
  throw new DidError(
    'ERR_DID_UNREACHABLE',
    `the DID service refused the question, with code ${/^-?\d{1,6}$/.test(code) ? code : 'unknown'}`,
  )
}

function readPage(value: FastjsonValue, page: number): { readonly ids: readonly string[]; readonly pages: number } {
  const list = value instanceof Map ? value : new Map<string, FastjsonValue>()
  const [asked, pages, total] = ['page', 'totalPage', 'totalNum'].map(name => {
    const number = list.get(name)
    return isNumber(number) && /^\d{1,9}$/.test(number.literal) ? Number(number.literal) : undefined
  })
  const result = list.get('result') ?? []
  if (asked !== page || pages === undefined || total === undefined || !Array.isArray(result)) throw malformed('a page of a list')
  const ids = (result as readonly FastjsonValue[]).map(item => {
    const id = item instanceof Map ? item.get('id') : undefined
    if (typeof id !== 'string') throw malformed('a list of credentials')
    return id
  })
  // A page that is short would let a revoked credential pass.
  if (pages !== Math.ceil(total / pageSize) || ids.length !== Math.min(pageSize, Math.max(0, total - (page - 1) * pageSize)))
    throw malformed('as many entries as the list says it has')
  return { ids, pages }
}

function isNumber(value: FastjsonValue | undefined): value is { readonly literal: string } {
  return typeof value === 'object' && value !== null && 'literal' in value
}

function parse(text: string, maxLength: number): FastjsonValue {
  try {
    return parseFastjson(text, { maxLength })
  } catch (cause) {
    if (errorCode(cause) === undefined) throw cause
    throw new DidError('ERR_DID_ANSWER', 'expected the DID service to answer with JSON', { cause })
  }
}

function malformed(expected: string): DidError {
  return new DidError('ERR_DID_ANSWER', `expected the DID service to answer with ${expected}`)
}
