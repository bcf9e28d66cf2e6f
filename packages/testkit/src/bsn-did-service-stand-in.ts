import { secp256k1KeyOf, secp256k1ToDecimal, signAsBsn } from '@hufu/keys'
import { type BsnDocumentTerms, bsnCredentialText, bsnDidOf, bsnDocumentText, type FastjsonValue, parseFastjson } from '@hufu/primitives'

/** Somebody with a DID at the stand-in. */
export interface BsnParty {
  readonly did: string
  /** 32 bytes each. */
  readonly secret: Uint8Array
  readonly recoverySecret: Uint8Array
}

/** What {@link BsnDidServiceStandIn.issue} says; times as `2026-03-03 14:02:00` or `2026-03-03`. */
export interface BsnIssueRequest {
  readonly id: string
  readonly cptId: string
  readonly userDid: string
  readonly created: string
  readonly expirationDate: string
  /** JSON text of an object: the order of its names counts. */
  readonly claim: string
  readonly longDesc?: string
}

type StoredDocument = BsnDocumentTerms & { readonly signatureValue: string }

/**
 * A local stand-in of BSN's DID service for tests: nothing of BSN. It answers `getDoc` and `getRevokedCredList` as the SDK that BSN publishes reads them, and makes
 * documents and credentials as that SDK does; written from the SDK's source, and never compared with the service itself.
 */
export class BsnDidServiceStandIn {
  readonly url = 'https://did-service.example'
  readonly projectId = '8320935187'
  readonly token = 'stand-in'
  /** What was asked, in order: the last part of each path. */
  readonly asked: string[] = []
  readonly #documents = new Map<string, StoredDocument>()
  readonly #revoked = new Map<string, string[]>()
  /** Replaces the text of the next answers, for services that lie. */
  tamper: (text: string, path: string) => string = text => text

  /** Registers a DID, the same for the same seed. @param seed - 1 to 100 */
  createDid(seed: number, created = '2026-03-03 14:02:00'): BsnParty {
    const [secret, recoverySecret] = [secretOf(seed), secretOf(seed + 100)]
    const keys = { authentication: publicKeyOf(secret), recovery: publicKeyOf(recoverySecret) }
    const did = bsnDidOf(keys)
    this.#put({ did, version: '1', created, updated: created, ...keys }, secret)
    return { did, secret, recoverySecret }
  }

  /** Replaces the key that signs, as the recovery key may. */
  resetAuthentication(party: BsnParty, seed: number, updated = '2026-04-04 10:00:00'): BsnParty {
    const { signatureValue: _, ...terms } = this.#documents.get(party.did)!
    const secret = secretOf(seed)
    this.#put({ ...terms, updated, authentication: publicKeyOf(secret) }, secret)
    return { ...party, secret }
  }

  /** A credential as text, as the SDK's `createCredential` gives it. */
  issue(issuer: BsnParty, { claim, cptId, ...request }: BsnIssueRequest): string {
    const terms = {
      context: 'https://www.w3.org/2018/credentials/v1',
      type: 'Proof',
      shortDesc: 'a template of the stand-in',
      ...request,
      issuerDid: issuer.did,
    }
    const signed = bsnCredentialText({ ...terms, cptId, claim: parseFastjson(claim) as ReadonlyMap<string, FastjsonValue> })
    const proof = JSON.stringify({ creator: issuer.did, type: 'Secp256k1', signatureValue: signAsBsn(issuer.secret, signed) })
    return `${JSON.stringify(terms).slice(0, -1)},"cptId":${cptId},"claim":${claim},"proof":${proof}}`
  }

  revoke(issuer: BsnParty, credentialId: string): void {
    this.#revoked.set(issuer.did, [...(this.#revoked.get(issuer.did) ?? []), credentialId])
  }

  /** Answers in place of the network, and serves as a handler for a server. */
  readonly fetch: typeof globalThis.fetch = async (input, init) => {
    const { origin, pathname } = new URL(String(input))
    const headers = new Headers(init?.headers)
    if (origin !== this.url) throw new TypeError('no such host')
    const isKnown = headers.get('token') === this.token && headers.get('projectId') === this.projectId
    return new Response(isKnown ? this.answer(pathname, String(init?.body)) : refusal(1002), {
      headers: { 'content-type': 'application/json' },
    })
  }

  answer(path: string, body: string): string {
    const { did, data } = JSON.parse(body) as { did: string; data: { did?: string; page?: number; size?: number } }
    this.asked.push(path.slice(path.lastIndexOf('/') + 1))
    return this.tamper(this.#answerTo(path, data.did ?? did, data.page ?? 1, data.size ?? 10), path)
  }

  #answerTo(path: string, did: string, page: number, size: number): string {
    if (path === '/did/getDoc') {
      const stored = this.#documents.get(did)
      return stored === undefined ? refusal(1041) : success(documentJson(stored))
    }
    if (path !== '/did/getRevokedCredList') return refusal(9999)
    if (size > 50) return refusal(1003)
    const revoked = this.#revoked.get(did)
    if (revoked === undefined) return refusal(1076)
    const result = revoked.slice((page - 1) * size, page * size).map(id => ({ id, created: '2026-05-05 09:00:00' }))
    return success({ page, size, totalNum: revoked.length, totalPage: Math.ceil(revoked.length / size), result })
  }

  #put(terms: BsnDocumentTerms, secret: Uint8Array): void {
    this.#documents.set(terms.did, { ...terms, signatureValue: signAsBsn(secret, bsnDocumentText(terms)) })
  }
}

function documentJson({ authentication, recovery, signatureValue, ...terms }: StoredDocument): object {
  const key = (publicKey: string) => ({ publicKey, type: 'Secp256k1' })
  const proof = { creator: terms.did, signatureValue, type: 'Secp256k1' }
  return { ...terms, authentication: key(authentication), recovery: key(recovery), proof }
}

function success(data: object): string {
  return JSON.stringify({ code: 0, msg: 'Success', data })
}

function refusal(code: number): string {
  return JSON.stringify({ code, msg: 'refused', data: null })
}

function secretOf(seed: number): Uint8Array {
  return new Uint8Array(32).fill(seed)
}

function publicKeyOf(secret: Uint8Array): string {
  return secp256k1ToDecimal(secp256k1KeyOf(secret))
}
