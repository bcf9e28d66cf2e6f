import type { NetworkId } from '@hufu/chains'
import type { Clock } from '@hufu/primitives'
import type { Database } from '@hufu/service'
import type { AllowList } from '../counterparts/allow-list.ts'
import { GatewayError } from '../errors.ts'

/** How a network is switched: here by its operator, and on the ledger by the council. Both must be on. */
export interface SwitchState {
  readonly isOnHere: boolean
  /** null: it could not be found out, which counts as off. */
  readonly isOnLedger: boolean | null
  readonly isOn: boolean
}

/** The switch of each network. */
export class NetworkSwitches {
  readonly #database: Database
  readonly #allowList: AllowList
  readonly #known: ReadonlySet<NetworkId>
  readonly #clock: Clock

  constructor(options: {
    readonly database: Database
    readonly allowList: AllowList
    readonly networks: readonly NetworkId[]
    readonly clock: Clock
  }) {
    this.#database = options.database
    this.#allowList = options.allowList
    this.#known = new Set(options.networks)
    this.#clock = options.clock
  }

  /** @throws GatewayError `ERR_GATEWAY_NETWORK` */
  async state(network: NetworkId): Promise<SwitchState> {
    this.#requireKnown(network)
    const [row] = await this.#database.query<{ is_on: boolean }>('select is_on from gateway_switches where network = $1', [network])
    const isOnHere = row?.is_on ?? true
    const isOnLedger = await this.#allowList.isNetworkOn(network).catch(() => null)
    return { isOnHere, isOnLedger, isOn: isOnHere && isOnLedger === true }
  }

  /** Switches a network here. @throws GatewayError `ERR_GATEWAY_NETWORK` */
  async set(network: NetworkId, isOn: boolean): Promise<void> {
    this.#requireKnown(network)
    await this.#database.query(
      'insert into gateway_switches values ($1, $2, $3) on conflict (network) do update set is_on = excluded.is_on, changed_at_ms = excluded.changed_at_ms',
      [network, isOn, this.#clock.nowMs()],
    )
  }

  isKnown(network: NetworkId): boolean {
    return this.#known.has(network)
  }

  /** Whether all of them are on. @throws GatewayError `ERR_GATEWAY_NETWORK` */
  async areOn(...networks: readonly NetworkId[]): Promise<boolean> {
    const states = await Promise.all(networks.map(network => this.state(network)))
    return states.every(({ isOn }) => isOn)
  }

  /** @throws GatewayError `ERR_GATEWAY_OFF`, `ERR_GATEWAY_NETWORK` */
  async requireOn(...networks: readonly NetworkId[]): Promise<void> {
    if (!(await this.areOn(...networks)))
      throw new GatewayError('ERR_GATEWAY_OFF', 'network: it is switched off; nothing begins, and what is under way stands still')
  }

  #requireKnown(network: NetworkId): void {
    if (!this.isKnown(network)) throw new GatewayError('ERR_GATEWAY_NETWORK', 'network: expected one of those of this gateway')
  }
}
