import { bitstringStatusOf, type JsonObject, minBitstringEntries, StatusList, signBitstringStatusList } from '@hufu/credentials'
import { Journal } from '@hufu/files'
import { ServiceError } from '@hufu/service'
import type { SigningParty } from '../signing-party.ts'

/** Statuses that this server keeps lists of. */
export const keptPurposes = ['revocation', 'suspension'] as const
export type KeptPurpose = (typeof keptPurposes)[number]

/** A place in a list. */
interface Entry {
  /** Name of the list. */
  readonly list: string
  readonly index: number
}

/** One record of the journal: places given out with a credential, or statuses set. */
type StatusRecord =
  | { readonly kind: 'given'; readonly credentialId: string | null; readonly entries: readonly Entry[] }
  | { readonly kind: 'set'; readonly entries: readonly Entry[]; readonly status: 0 | 1 }

interface KeptList {
  readonly party: SigningParty
  readonly purpose: KeptPurpose
  readonly list: StatusList
  /** The list as last signed; undefined once a status has changed since. */
  signed?: { readonly text: Promise<string>; readonly atMs: number } | undefined
}

export interface StatusKeeperOptions {
  /** Where what was given out and set is kept. */
  readonly journalFile: string
  readonly parties: readonly SigningParty[]
  /** Address of this server, in front of `/status-lists/…`. */
  readonly publicUrl: string
  readonly nowMs: () => number
  /** Puts a list's hash on the ledger, before the list is given out. */
  readonly anchor?: (party: SigningParty, list: { readonly uri: string; readonly text: string }) => Promise<void>
}

/** Verifiers may use their copy of a list for a minute; a list that does not change is signed again after an hour, and is good for a day. */
const ttlMs = 60_000
const signAgainAfterMs = 3_600_000
const validForMs = 86_400_000

/** The status lists of everybody in whose name this server issues: one after another for each purpose, as they fill up. */
export class StatusKeeper {
  readonly #options: StatusKeeperOptions
  readonly #journal: Journal<StatusRecord>
  readonly #lists = new Map<string, KeptList>()
  readonly #entriesOf = new Map<string, readonly Entry[]>()

  private constructor(options: StatusKeeperOptions, journal: Journal<StatusRecord>) {
    this.#options = options
    this.#journal = journal
  }

  /** Opens the journal and puts the lists together again. @throws FileError `ERR_FILE_LOCKED`, `ERR_FILE_DAMAGED` */
  static async open(options: StatusKeeperOptions): Promise<StatusKeeper> {
    const { journal, records } = await Journal.open<StatusRecord>(options.journalFile)
    const keeper = new StatusKeeper(options, journal)
    for (const record of records) {
      if (record.kind === 'given') keeper.#remember(record.credentialId, record.entries, true)
      else keeper.#set(record.entries, record.status)
    }
    return keeper
  }

  /** Gives out a place in a list of each purpose. Settles once that is on disk. @returns the credential's `credentialStatus` */
  async giveOut(party: SigningParty, credentialId: string | undefined): Promise<readonly JsonObject[]> {
    const entries = keptPurposes.map(purpose => this.#allocate(party, purpose))
    await this.#journal.append({ kind: 'given', credentialId: credentialId ?? null, entries })
    this.#remember(credentialId ?? null, entries, false)
    return entries.map(({ list, index }) => bitstringStatusOf({ uri: this.uriOf(list), index, purpose: this.#lists.get(list)!.purpose }))
  }

  /**
   * Sets or clears a status of every credential issued under an id. Settles once that is on disk and published: should publishing fail, it is done
   * when the list is asked for.
   *
   * @throws ServiceError `ERR_SERVICE_NOT_FOUND`: none was; `ERR_SERVICE_CONFLICT`: a revocation is for ever
   */
  async change(credentialId: string, purpose: KeptPurpose, isSet: boolean): Promise<void> {
    const entries = (this.#entriesOf.get(credentialId) ?? []).filter(({ list }) => this.#lists.get(list)?.purpose === purpose)
    if (entries.length === 0) throw new ServiceError('ERR_SERVICE_NOT_FOUND', 'credentialId: expected one that was issued here')
    if (!isSet && purpose === 'revocation' && entries.some(({ list, index }) => this.#lists.get(list)!.list.get(index) !== 0))
      throw new ServiceError('ERR_SERVICE_CONFLICT', 'a revocation cannot be taken back')
    const status = isSet ? 1 : 0
    await this.#journal.append({ kind: 'set', entries, status })
    this.#set(entries, status)
    for (const name of new Set(entries.map(({ list }) => list))) await this.signedList(name)
  }

  /** A list as a signed credential; undefined if there is none of that name. */
  async signedList(name: string): Promise<string | undefined> {
    const kept = this.#lists.get(name)
    if (kept === undefined) return undefined
    const nowMs = this.#options.nowMs()
    if (kept.signed === undefined || nowMs >= kept.signed.atMs + signAgainAfterMs)
      kept.signed = { text: this.#sign(name, kept, nowMs), atMs: nowMs }
    const { text } = kept.signed
    try {
      return await text
    } catch (error) {
      if (kept.signed?.text === text) kept.signed = undefined
      throw error
    }
  }

  /** Where a list is published. */
  uriOf(name: string): string {
    return `${this.#options.publicUrl}/status-lists/${name}`
  }

  /** The name of a list that is published here; undefined for any other address. */
  nameOf(uri: string): string | undefined {
    const prefix = this.uriOf('')
    return uri.startsWith(prefix) ? uri.slice(prefix.length) : undefined
  }

  async close(): Promise<void> {
    await this.#journal.close()
  }

  async #sign(name: string, { party, purpose, list }: KeptList, nowMs: number): Promise<string> {
    const uri = this.uriOf(name)
    const period = { issuedAtMs: nowMs, expiresAtMs: nowMs + validForMs, ttlMs }
    const text = await signBitstringStatusList({ list, purpose, uri, issuer: party.did, key: party.keys[0], ...period })
    await this.#options.anchor?.(party, { uri, text })
    return text
  }

  #allocate(party: SigningParty, purpose: KeptPurpose): Entry {
    for (let number = 1; ; number++) {
      const list = `${party.name}-${purpose}-${number}`
      const index = this.#open(list, party, purpose).list.allocate()
      if (index !== undefined) return { list, index }
    }
  }

  #open(name: string, party: SigningParty, purpose: KeptPurpose): KeptList {
    const known = this.#lists.get(name)
    if (known !== undefined) return known
    const kept = { party, purpose, list: new StatusList({ capacity: minBitstringEntries, size: 1, order: 'msb' }) } as const
    this.#lists.set(name, kept)
    return kept
  }

  #remember(credentialId: string | null, entries: readonly Entry[], take: boolean): void {
    if (take) for (const entry of entries) this.#openByName(entry.list).list.take(entry.index)
    if (credentialId !== null) this.#entriesOf.set(credentialId, [...(this.#entriesOf.get(credentialId) ?? []), ...entries])
  }

  #set(entries: readonly Entry[], status: 0 | 1): void {
    for (const { list, index } of entries) {
      const kept = this.#openByName(list)
      kept.list.set(index, status)
      kept.signed = undefined
    }
  }

  /** Opens a list that the journal names. */
  #openByName(name: string): KeptList {
    const [, partyName, purposeName] = /^(.+)-([a-z]+)-\d+$/.exec(name) ?? []
    const party = this.#options.parties.find(candidate => candidate.name === partyName)
    const purpose = keptPurposes.find(candidate => candidate === purposeName)
    if (party === undefined || purpose === undefined)
      throw new ServiceError('ERR_SERVICE_CONFIG', `the status journal holds a list of an issuer that is not configured: ${name}`)
    return this.#open(name, party, purpose)
  }
}
