import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { Journal } from '@hufu/files'
import { bytesToBase64url, bytesToHex, hexToBytes, type Json, randomBytes } from '@hufu/primitives'
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
  scalarToBytes,
  type TreeLogEntry,
  TreeWriter,
} from '@hufu/proofs'
import type { Trees } from '@hufu/service'
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

/** An issuer's tree of one credential type, for this process alone. */
export class IssuerTree {
  readonly #journal: Journal<IssuerRecord>
  readonly #intents: Map<string, LeafIntent>
  readonly #layout: AttributeLayout
  readonly #typeId: string
  /** Revokes, suspends and reinstates. */
  readonly writer: TreeWriter

  private constructor(options: {
    readonly journal: Journal<IssuerRecord>
    readonly intents: Map<string, LeafIntent>
    readonly layout: AttributeLayout
    readonly typeId: string
    readonly writer: TreeWriter
  }) {
    this.#journal = options.journal
    this.#intents = options.intents
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
      const writer = await TreeWriter.open({
        client,
        contract: network.contracts.status.hash,
        key: { issuer: identity.account.scriptHash, typeId },
        account: identity.account,
        sponsor,
        source: trees,
        hasher: createNodeHasher(await createScalarEngine()),
        log: new MemoryTreeLog(changes, entry => journal.append({ kind: 'change', entry })),
      })
      const intents = new Map(records.filter(record => record.kind === 'leaf').map(record => [record.key, record]))
      return new IssuerTree({ journal, intents, layout, typeId, writer })
    } catch (error) {
      await journal.close()
      throw error
    }
  }

  /** Puts credentials in the tree, in one go; those that stand there already are found again. */
  async issue(requests: readonly LeafRequest[]): Promise<readonly IssuedLeaf[]> {
    const intents = requests.map(request => this.#intents.get(request.key) ?? this.#intentOf(request))
    const fresh = intents.filter(({ key }) => !this.#intents.has(key))
    // Kept before anything is sent: whatever stands in the tree is known here.
    await Promise.all(fresh.map(intent => this.#journal.append(intent)))
    for (const intent of fresh) this.#intents.set(intent.key, intent)
    const leaves = new Uint8Array(intents.flatMap(({ leaf }) => [...hexToBytes(leaf)]))
    const indices = await this.writer.append(leaves)
    return intents.map(({ salt }, place) => ({ leafIndex: indices[place]!, salt }))
  }

  close(): Promise<void> {
    return this.#journal.close()
  }

  #intentOf({ key, claims, holder, expires }: LeafRequest): LeafIntent {
    const salt = randomScalar(randomBytes)
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
