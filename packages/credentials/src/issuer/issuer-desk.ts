import type { PublicKey, Signer } from '@hufu/keys'
import { jwkThumbprint } from '@hufu/keys'
import {
  bytesToBase64url,
  bytesToHex,
  type Clock,
  canonicalJsonBytes,
  hmacSha256,
  type Json,
  randomBytes,
  sha256,
  systemClock,
  utf8ToBytes,
} from '@hufu/primitives'
import { CredentialError } from '../errors.ts'
import type { JsonObject } from '../json-object.ts'
import type { ClaimPath } from '../sd-jwt/claim-path.ts'
import { issueSdJwtVc } from '../sd-jwt/issue-sd-jwt-vc.ts'
import { credentialStatus, StatusList } from '../status/status-list.ts'
import { signTokenStatusList } from '../status/token-status-list.ts'
import type { IntentRecord, IssuanceJournal, IssuanceRecord, StatusRecord } from './issuance-record.ts'

export interface IssuerDeskOptions {
  /** DID of the issuer. */
  readonly issuer: string
  readonly signer: Signer
  /** DID URL of the signer's key. */
  readonly kid: string
  readonly journal: IssuanceJournal
  /** What the journal holds already. */
  readonly records: readonly IssuanceRecord[]
  /** Of 32 bytes; keys digests of contents, so that the journal alone tells nothing of them. */
  readonly secret: Uint8Array
  /** Where list number `n`, counted from 1, will be published. */
  readonly statusListUri: (n: number) => string
  /** Entries of a list; default 131,072. */
  readonly listCapacity?: number
  readonly clock?: Clock
}

/** A credential to issue. */
export interface IssueRequest {
  /** Names the occasion without personal data: a second request with the same key is the same credential. */
  readonly key: string
  readonly credentialType: string
  /** Checked against the type's schema by the caller. */
  readonly claims: JsonObject
  readonly holderKey?: PublicKey
  readonly notBeforeMs?: number
  readonly expiresAtMs?: number
  /** What the holder can show or keep back by itself; default: every claim, each as a whole. */
  readonly disclosable?: readonly ClaimPath[]
  /** What must be the same for a second request to be the same one; default the claims. For claims that change with the day, such as "over 18". */
  readonly comparedContent?: Json
}

/** What came of a request. `credential` is undefined if it was issued before: it is not issued twice, and the desk keeps no copy. */
export interface IssueResult {
  readonly credentialId: string
  readonly statusIndex: number
  readonly statusUri: string
  readonly credential: string | undefined
}

/** A published status list. */
export interface PublishedList {
  readonly uri: string
  readonly token: string
  readonly sha256: Uint8Array<ArrayBuffer>
}

/** An entry of the desk's register. */
export interface IssuedCredential extends IntentRecord {
  readonly status: StatusRecord['status']
  readonly delivered: boolean
}

const defaultListCapacity = 131_072
const listBits = 2
const listLifetimeMs = 24 * 60 * 60 * 1000
const listTtlMs = 5 * 60 * 1000
const statusValues = { valid: credentialStatus.valid, suspended: credentialStatus.suspended, revoked: credentialStatus.revoked } as const

interface Entry {
  readonly intent: IntentRecord
  /** Settles once the intent is on disk: nothing is signed before. */
  readonly recorded: Promise<void>
  status: StatusRecord['status']
  delivered: boolean
}

/**
 * Issues SD-JWT VCs and keeps their statuses. Everything it decides goes to the journal first; built again from the journal it is the same desk.
 */
export class IssuerDesk {
  readonly #options: IssuerDeskOptions
  readonly #clock: Clock
  readonly #byKey = new Map<string, Entry>()
  readonly #byId = new Map<string, Entry>()
  readonly #byPlace = new Map<string, Entry>()
  readonly #lists: StatusList[] = []

  /** @throws TypeError: the records contradict each other */
  constructor(options: IssuerDeskOptions) {
    this.#options = options
    this.#clock = options.clock ?? systemClock
    for (const record of options.records) this.#apply(record)
  }

  /** Everything issued, and everything begun, in order. */
  register(): readonly IssuedCredential[] {
    return [...this.#byKey.values()].map(viewOf)
  }

  /**
   * Makes a key out of what names an occasion, such as a type and a resident number: keyed with the desk's secret, so that the key tells nothing of it.
   *
   * @returns base64url
   */
  keyOf(...parts: readonly string[]): string {
    return bytesToBase64url(hmacSha256(this.#options.secret, canonicalJsonBytes(['key', ...parts])))
  }

  /** The credential that a status reference belongs to. */
  findByStatus(uri: string, index: number): IssuedCredential | undefined {
    const list = this.#lists.findIndex((_, at) => this.#options.statusListUri(at + 1) === uri) + 1
    const entry = this.#byPlace.get(`${list}:${index}`)
    return entry === undefined ? undefined : viewOf(entry)
  }

  /**
   * Issues a credential, once per key: what a crash interrupted is completed with the same identifier and status entry.
   *
   * @throws CredentialError `ERR_CREDENTIAL_CONFLICT`: the key was used for other content; and as `issueSdJwtVc`
   */
  async issue(request: IssueRequest): Promise<IssueResult> {
    const intent = await this.#intentOf(request)
    const statusUri = this.#options.statusListUri(intent.list)
    const result = { credentialId: intent.credentialId, statusIndex: intent.statusIndex, statusUri }
    const entry = this.#byKey.get(request.key)!
    if (entry.delivered) return { ...result, credential: undefined }
    const credential = await issueSdJwtVc({
      signer: this.#options.signer,
      kid: this.#options.kid,
      issuer: this.#options.issuer,
      credentialType: request.credentialType,
      claims: request.claims,
      issuedAtMs: intent.issuedAtMs,
      status: { uri: statusUri, index: intent.statusIndex },
      ...(request.holderKey === undefined ? {} : { holderKey: request.holderKey }),
      ...(request.disclosable === undefined ? {} : { disclosable: request.disclosable }),
      ...(request.notBeforeMs === undefined ? {} : { notBeforeMs: request.notBeforeMs }),
      ...(intent.expiresAtMs === null ? {} : { expiresAtMs: intent.expiresAtMs }),
    })
    return { ...result, credential }
  }

  /** Records that a credential reached its file or its holder; from then on its key gives it out no more. */
  async delivered(key: string, credential: string): Promise<void> {
    await this.#record({ kind: 'issued', key, sha256: bytesToHex(sha256(utf8ToBytes(credential))) })
  }

  /**
   * Suspends, reinstates or revokes. Takes effect for verifiers with the next published list.
   *
   * @param reason - a code, never words about a person
   * @throws CredentialError `ERR_CREDENTIAL_UNKNOWN`: not from this desk; `ERR_CREDENTIAL_REVOKED`: revocation is final
   */
  async changeStatus(credentialId: string, status: StatusRecord['status'], reason: number): Promise<void> {
    const entry = this.#byId.get(credentialId)
    if (entry === undefined) throw new CredentialError('ERR_CREDENTIAL_UNKNOWN', 'this issuer has issued no such credential')
    if (entry.status === status) return
    if (entry.status === 'revoked') throw new CredentialError('ERR_CREDENTIAL_REVOKED', 'the credential is revoked for good')
    await this.#record({ kind: 'status', credentialId, status, reason, atMs: this.#clock.nowMs() })
  }

  /** Signs every list as it is now. Serve each at its `uri`, and anchor its hash. */
  publish(): Promise<readonly PublishedList[]> {
    const { signer, kid, statusListUri } = this.#options
    const issuedAtMs = this.#clock.nowMs()
    return Promise.all(
      this.#lists.map(async (list, at) => {
        const uri = statusListUri(at + 1)
        const token = await signTokenStatusList({
          list,
          uri,
          signer,
          kid,
          issuedAtMs,
          expiresAtMs: issuedAtMs + listLifetimeMs,
          ttlMs: listTtlMs,
        })
        return { uri, token, sha256: sha256(utf8ToBytes(token)) }
      }),
    )
  }

  async #intentOf(request: IssueRequest): Promise<IntentRecord> {
    const contentDigest = this.#digestOf(request)
    const before = this.#byKey.get(request.key)
    if (before !== undefined) {
      if (before.intent.contentDigest !== contentDigest)
        throw new CredentialError(
          'ERR_CREDENTIAL_CONFLICT',
          'this was issued before with other content: revoke the old credential first, then issue under a new key',
        )
      await before.recorded
      return before.intent
    }
    const { list, index } = this.#allocate()
    const intent: IntentRecord = {
      kind: 'intent',
      key: request.key,
      credentialId: `urn:uuid:${crypto.randomUUID()}`,
      credentialType: request.credentialType,
      contentDigest,
      list,
      statusIndex: index,
      issuedAtMs: this.#clock.nowMs(),
      expiresAtMs: request.expiresAtMs ?? null,
    }
    // Known at once, so that a second request with this key finds it while the first one waits for the disk.
    const recorded = this.#options.journal.append(intent)
    this.#remember(intent, recorded)
    try {
      await recorded
    } catch (error) {
      this.#forget(intent)
      throw error
    }
    return intent
  }

  #allocate(): { list: number; index: number } {
    const last = this.#lists.at(-1)
    const index = last?.allocate()
    if (index !== undefined) return { list: this.#lists.length, index }
    const fresh = this.#newList()
    return { list: this.#lists.length, index: fresh.allocate()! }
  }

  #newList(): StatusList {
    const list = new StatusList({ capacity: this.#options.listCapacity ?? defaultListCapacity, size: listBits, random: randomBytes })
    this.#lists.push(list)
    return list
  }

  #digestOf({ credentialType, claims, comparedContent, holderKey, expiresAtMs }: IssueRequest): string {
    const content = {
      credentialType,
      content: comparedContent ?? claims,
      holder: holderKey === undefined ? null : jwkThumbprint(holderKey),
      expiresAtMs: expiresAtMs ?? null,
    }
    return bytesToHex(hmacSha256(this.#options.secret, canonicalJsonBytes(content)))
  }

  async #record(record: Exclude<IssuanceRecord, IntentRecord>): Promise<void> {
    await this.#options.journal.append(record)
    this.#apply(record)
  }

  #apply(record: IssuanceRecord): void {
    switch (record.kind) {
      case 'intent':
        while (this.#lists.length < record.list) this.#newList()
        this.#lists[record.list - 1]!.take(record.statusIndex)
        this.#remember(record, Promise.resolve())
        break
      case 'issued':
        this.#known(this.#byKey.get(record.key)).delivered = true
        break
      case 'status': {
        const entry = this.#known(this.#byId.get(record.credentialId))
        entry.status = record.status
        this.#lists[entry.intent.list - 1]!.set(entry.intent.statusIndex, statusValues[record.status])
        break
      }
    }
  }

  #remember(intent: IntentRecord, recorded: Promise<void>): void {
    const entry: Entry = { intent, recorded, status: 'valid', delivered: false }
    this.#byKey.set(intent.key, entry)
    this.#byId.set(intent.credentialId, entry)
    this.#byPlace.set(`${intent.list}:${intent.statusIndex}`, entry)
  }

  /** Its status entry stays taken: an index that may have been written is not given out again. */
  #forget(intent: IntentRecord): void {
    this.#byKey.delete(intent.key)
    this.#byId.delete(intent.credentialId)
    this.#byPlace.delete(`${intent.list}:${intent.statusIndex}`)
  }

  #known(entry: Entry | undefined): Entry {
    if (entry === undefined) throw new TypeError('journal: a record names no intent before it')
    return entry
  }
}

function viewOf({ intent, status, delivered }: Entry): IssuedCredential {
  return { ...intent, status, delivered }
}
