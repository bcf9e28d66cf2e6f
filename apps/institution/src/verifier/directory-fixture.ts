// A ledger that is a few objects: who is who, and how they stand; for tests.
import { type DidSource, type DidState, didOf } from '@hufu/did'
import { publicKeyToJwk, type Signer } from '@hufu/keys'
import { type ScriptHash, singleAccount } from '@hufu/ledger'
import { canonicalJsonBytes } from '@hufu/primitives'
import { fixedSigner } from '@hufu/testkit'

export const networkName = 'test'

/** Somebody with a DID. */
export interface Listed {
  readonly did: string
  readonly kid: string
  readonly signer: Signer
  readonly account: ReturnType<typeof singleAccount>
}

/** DIDs with one key each, and institutions that are suspended. Every change makes a block. */
export class Directory {
  readonly #states = new Map<ScriptHash, DidState>()
  readonly #suspended = new Set<ScriptHash>()
  height = 1

  /** @param name - the same name is the same DID */
  async add(name: string, endpoint?: string): Promise<Listed> {
    const account = singleAccount(await fixedSigner(name))
    const signer = await fixedSigner(`${name} key`)
    const did = didOf(networkName, account.scriptHash)
    const kid = `${did}#key-1`
    const document = {
      id: did,
      verificationMethod: [{ id: kid, type: 'JsonWebKey', controller: did, publicKeyJwk: publicKeyToJwk(signer.publicKey) }],
      authentication: [kid],
      assertionMethod: [kid],
      ...(endpoint === undefined ? {} : { service: [{ id: `${did}#institution`, type: 'HufuInstitution', serviceEndpoint: endpoint }] }),
    }
    this.#states.set(account.scriptHash, {
      version: 1,
      operation: 'create',
      controller: account.scriptHash,
      recovery: null,
      recoveryDelayMs: 0,
      deactivated: false,
      timeMs: 0,
      blockIndex: 1,
      createdMs: 0,
      latestVersion: 1,
      nextTimeMs: null,
      document: canonicalJsonBytes(document),
    })
    return { did, kid, signer, account }
  }

  suspend(account: ScriptHash, suspended = true): void {
    if (suspended) this.#suspended.add(account)
    else this.#suspended.delete(account)
    this.height++
  }

  isSuspended(account: ScriptHash): boolean {
    return this.#suspended.has(account)
  }

  knows(account: ScriptHash): boolean {
    return this.#states.has(account)
  }

  readonly dids: DidSource = {
    network: networkName,
    findState: async identifier => this.#states.get(identifier) ?? null,
  }
}
