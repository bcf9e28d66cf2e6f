import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { Journal } from '@hufu/files'
import { base64urlToBytes, bytesToBase64url, bytesToHex, hexToBytes, type Json, randomBytes } from '@hufu/primitives'
import {
  type AttributeLayout,
  createNodeHasher,
  createScalarEngine,
  credentialLeaf,
  credentialTypeScalar,
  dayNumber,
  encodeAttributes,
  MemoryTreeLog,
  randomScalar,
  type Scalar,
  scalarFromBytes,
  scalarToBytes,
  type TreeLogEntry,
  TreeWriter,
} from '@hufu/proofs'
import type { Trees } from '@hufu/service'
import { CliError } from '../errors.ts'
import type { Home } from '../home.ts'
import type { Identity } from '../identity.ts'
import type { Session } from '../session.ts'

/** What an issuer meant to put in its tree, kept before it does. Salts make leaves hiding, so the file is as confidential as the claims. */
interface LeafIntent {
  readonly kind: 'leaf'
  readonly key: string
  readonly leaf: string
  readonly salt: string
}

type IssuerRecord = LeafIntent | { readonly kind: 'change'; readonly entry: TreeLogEntry }

/** A credential to be put in the tree. */
export interface LeafRequest {
  /** Names the occasion: one key, one leaf. */
  readonly key: string
  readonly claims: Readonly<Record<string, Json>>
  readonly holder: Scalar
  /** Last day on which it counts, `YYYY-MM-DD`. */
  readonly expires: string
}

/** A leaf that stands in the tree, durable. */
export interface IssuedLeaf {
  readonly leafIndex: number
  /** base64url, for the wallet. */
  readonly salt: string
}

const lockWaitMs = 10_000

/** The log of a tree's changes, which also knows them by leaf. */
class LeafLog extends MemoryTreeLog {
  readonly #latest = new Map<string, { readonly action: TreeLogEntry['action']; readonly index: number }>()

  constructor(entries: readonly TreeLogEntry[], keep: (entry: TreeLogEntry) => Promise<void>) {
    super(entries, keep)
    for (const entry of entries) this.#add(entry)
  }

  override async append(entry: TreeLogEntry): Promise<void> {
    await super.append(entry)
    this.#add(entry)
  }

  /** Where a leaf stood that is revoked or suspended now; undefined of any other. */
  cleared(leaf: string): { readonly action: 'revoke' | 'suspend'; readonly index: number } | undefined {
    const latest = this.#latest.get(leaf)
    return latest === undefined || latest.action === 'reinstate' ? undefined : { action: latest.action, index: latest.index }
  }

  #add({ action, leaves }: TreeLogEntry): void {
    for (const { index, leaf } of leaves) this.#latest.set(leaf, { action, index })
  }
}

/** An issuer's tree of one credential type, for this process alone. */
export class IssuerTree {
  readonly #journal: Journal<IssuerRecord>
  readonly #intents: Map<string, LeafIntent>
  readonly #log: LeafLog
  readonly #layout: AttributeLayout
  readonly #typeId: string
  /** Revokes, suspends and reinstates. */
  readonly writer: TreeWriter

  private constructor(options: {
    readonly journal: Journal<IssuerRecord>
    readonly intents: Map<string, LeafIntent>
    readonly log: LeafLog
    readonly layout: AttributeLayout
    readonly typeId: string
    readonly writer: TreeWriter
  }) {
    this.#journal = options.journal
    this.#intents = options.intents
    this.#log = options.log
    this.#layout = options.layout
    this.#typeId = options.typeId
    this.writer = options.writer
  }

  static async open(
    { client, network }: Session,
    home: Home,
    trees: Trees,
    options: {
      readonly identity: Identity
      readonly sponsor: Identity['account']
      readonly typeId: string
      readonly layout: AttributeLayout
    },
  ): Promise<IssuerTree> {
    const { identity, sponsor, typeId, layout } = options
    const folder = join(home.issuersFolder, identity.name)
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const file = join(folder, `tree-${typeId.replaceAll(/[^A-Za-z0-9-]/g, '_')}.journal`)
    const { journal, records } = await Journal.open<IssuerRecord>(file, { lockWaitMs })
    try {
      const changes = records.filter(record => record.kind === 'change').map(({ entry }) => entry)
      const log = new LeafLog(changes, entry => journal.append({ kind: 'change', entry }))
      const writer = await TreeWriter.open({
        client,
        contract: network.contracts.status.hash,
        key: { issuer: identity.account.scriptHash, typeId },
        account: identity.account,
        sponsor,
        source: trees,
        hasher: createNodeHasher(await createScalarEngine()),
        log,
      })
      const intents = new Map(records.filter(record => record.kind === 'leaf').map(record => [record.key, record]))
      return new IssuerTree({ journal, intents, log, layout, typeId, writer })
    } catch (error) {
      await journal.close()
      throw error
    }
  }

  /**
   * Puts credentials in the tree, in one go; those that stand there already are found again.
   *
   * @throws CliError `ERR_CLI_USAGE`: a key's credential was revoked; and as `TreeWriter.append`
   */
  async issue(requests: readonly LeafRequest[]): Promise<readonly IssuedLeaf[]> {
    const intents = requests.map(request => this.#known(request.key) ?? this.#intentOf(request))
    const fresh = intents.filter(({ key }) => !this.#intents.has(key))
    // Kept before anything is sent: whatever stands in the tree is known here.
    await Promise.all(fresh.map(intent => this.#journal.append(intent)))
    for (const intent of fresh) this.#intents.set(intent.key, intent)
    // A suspended leaf is not in the tree just now: appended again it would have two places.
    const suspended = new Map(intents.map(({ leaf }) => [leaf, this.#log.cleared(leaf)]))
    const leaves = intents.map(({ leaf }) => leaf).filter(leaf => suspended.get(leaf) === undefined)
    const indices = await this.writer.append(new Uint8Array(leaves.flatMap(leaf => [...hexToBytes(leaf)])))
    const places = new Map(leaves.map((leaf, place) => [leaf, indices[place]!]))
    return intents.map(({ leaf, salt }) => ({ leafIndex: places.get(leaf) ?? suspended.get(leaf)!.index, salt }))
  }

  /** Refuses a key that named another credential before. @throws CliError `ERR_CLI_USAGE` */
  requireSame(request: LeafRequest): void {
    const intent = this.#intents.get(request.key)
    if (intent === undefined) return
    if (this.#intentOf(request, scalarFromBytes(base64urlToBytes(intent.salt))).leaf !== intent.leaf)
      throw new CliError('ERR_CLI_USAGE', 'the key named another credential before: each credential needs a key of its own')
  }

  close(): Promise<void> {
    return this.#journal.close()
  }

  #known(key: string): LeafIntent | undefined {
    const intent = this.#intents.get(key)
    if (intent !== undefined && this.#log.cleared(intent.leaf)?.action === 'revoke')
      throw new CliError('ERR_CLI_USAGE', 'the credential of this key was revoked; a new one needs a key of its own')
    return intent
  }

  #intentOf({ key, claims, holder, expires }: LeafRequest, salt = randomScalar(randomBytes)): LeafIntent {
    const leaf = credentialLeaf({
      type: credentialTypeScalar(this.#typeId),
      attributes: encodeAttributes(this.#layout, claims),
      holder,
      expiry: dayNumber(expires, 'expires'),
      salt,
    })
    return { kind: 'leaf', key, leaf: bytesToHex(scalarToBytes(leaf)), salt: bytesToBase64url(scalarToBytes(salt)) }
  }
}
