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
  /** Goes up with each change. */
  revision: number
  /** The list as last signed. */
  published?: { readonly text: string; readonly atMs: number; readonly revision: number }
  /** One at a time, or an older list could be anchored after a newer one. */
  publishing?: Promise<void> | undefined
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

  /** Opens the journal and puts the lists together again. @throws FileError `ERR_FILE_LOCKED`, `ERR_FILE_DAMAGED`; ServiceError `ERR_SERVICE_CONFIG` */
  static async open(options: StatusKeeperOptions): Promise<StatusKeeper> {
    const { journal, records } = await Journal.open<StatusRecord>(options.journalFile)
    const keeper = new StatusKeeper(options, journal)
    try {
      for (const record of records) {
        if (record.kind === 'given') keeper.#remember(record.credentialId, record.entries, true)
        else keeper.#set(record.entries, record.status)
      }
      return keeper
    } catch (error) {
      await journal.close()
      throw error
    }
  }

  /** Gives out a place in a list of each purpose. Settles once that is on disk. @returns the credential's `credentialStatus` */
  async giveOut(party: SigningParty, credentialId: string | undefined): Promise<readonly JsonObject[]> {
    const entries = keptPurposes.map(purpose => this.#allocate(party, purpose))
    await this.#journal.append({ kind: 'given', credentialId: credentialId ?? null, entries })
    this.#remember(credentialId ?? null, entries, false)
    for (const { list } of entries) this.#publishAhead(list, this.#lists.get(list)!)
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

  /** A list as a signed credential, with every change so far; undefined if there is none of that name. */
  async signedList(name: string): Promise<string | undefined> {
    const kept = this.#lists.get(name)
    if (kept === undefined) return undefined
    const { revision } = kept
    while (kept.published === undefined || kept.published.revision < revision) await this.#publish(name, kept)
    this.#publishAhead(name, kept)
    return kept.published.text
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
    await Promise.allSettled([...this.#lists.values()].map(({ publishing }) => publishing))
    await this.#journal.close()
  }

  /** Publishes a list that never was or that has grown old, before anybody has to wait for it. */
  #publishAhead(name: string, kept: KeptList): void {
    const { published } = kept
    if (published !== undefined && this.#options.nowMs() < published.atMs + signAgainAfterMs) return
    // A failure is told to whoever asks for the list, which tries again.
    this.#publish(name, kept).catch(() => undefined)
  }

  #publish(name: string, kept: KeptList): Promise<void> {
    kept.publishing ??= this.#publishNow(name, kept).finally(() => {
      kept.publishing = undefined
    })
    return kept.publishing
  }

  async #publishNow(name: string, kept: KeptList): Promise<void> {
    const { party, purpose, list, revision } = kept
    const uri = this.uriOf(name)
    const atMs = this.#options.nowMs()
    const period = { issuedAtMs: atMs, expiresAtMs: atMs + validForMs, ttlMs }
    const text = await signBitstringStatusList({ list, purpose, uri, issuer: party.did, key: party.keys[0], ...period })
    await this.#options.anchor?.(party, { uri, text })
    kept.published = { text, atMs, revision }
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
    const list = new StatusList({ capacity: minBitstringEntries, size: 1, order: 'msb' })
    const kept: KeptList = { party, purpose, list, revision: 0 }
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
      kept.revision++
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
