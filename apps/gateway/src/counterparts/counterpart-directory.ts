import type { Counterpart, Counterparts } from '@hufu/satp'
import type { CounterpartSettings, GatewaySettings } from '../settings/gateway-settings.ts'
import type { GatewayKey } from '../settings/read-gateway-key.ts'
import type { AllowList } from './allow-list.ts'

/**
 * Counterparts that are configured here and on the allow-list now: only networks that both name count, and the allow-list's key. Each is spoken to with a key that
 * no other one knows.
 */
export class CounterpartDirectory implements Counterparts {
  readonly #settings: ReadonlyMap<string, CounterpartSettings>
  readonly #did: string
  readonly #keys: ReadonlyMap<string, GatewayKey>
  readonly #allowList: AllowList

  /** @param options.keys - ours, by the DID of the counterpart that it is for */
  constructor(options: {
    readonly settings: Pick<GatewaySettings, 'did' | 'counterparts'>
    readonly keys: ReadonlyMap<string, GatewayKey>
    readonly allowList: AllowList
  }) {
    this.#did = options.settings.did
    this.#settings = new Map(options.settings.counterparts.map(each => [each.did, each]))
    this.#keys = options.keys
    this.#allowList = options.allowList
  }

  async find(did: string): Promise<Counterpart | undefined> {
    const configured = this.#settings.get(did)
    const key = this.#keys.get(did)
    if (configured === undefined || key === undefined) return undefined
    const allowed = await this.#allowList.find(did)
    if (allowed === undefined) return undefined
    return {
      did,
      kid: configured.keyId,
      publicKey: allowed.publicKey,
      networks: configured.networks.filter(network => allowed.networks.includes(network)),
      own: { did: this.#did, kid: key.id, signer: key.signer },
    }
  }

  /** Where its gateway is. */
  urlOf(did: string): string | undefined {
    return this.#settings.get(did)?.url
  }
}
