import type { GatewayStatus, ShownCounterpart, ShownNetwork, ShownTransfer } from './api/gateway-schemas.ts'
import type { AllowList } from './counterparts/allow-list.ts'
import type { NetworkSwitches } from './networks/network-switches.ts'
import type { Quarantine, QuarantineEntry } from './quarantine/quarantine.ts'
import type { GatewaySettings } from './settings/gateway-settings.ts'
import type { BookedSession, SessionBook } from './transfers/session-book.ts'
import { shownTransfer } from './transfers/shown-transfer.ts'

/** What is shown of a gateway: to its operator by API, by the command line, and on the page. */
export class GatewayView {
  readonly #settings: GatewaySettings
  readonly #switches: NetworkSwitches
  readonly #allowList: AllowList
  readonly #book: SessionBook
  readonly #quarantine: Quarantine

  constructor(options: {
    readonly settings: GatewaySettings
    readonly switches: NetworkSwitches
    readonly allowList: AllowList
    readonly book: SessionBook
    readonly quarantine: Quarantine
  }) {
    this.#settings = options.settings
    this.#switches = options.switches
    this.#allowList = options.allowList
    this.#book = options.book
    this.#quarantine = options.quarantine
  }

  async status(): Promise<GatewayStatus> {
    const { did, name } = this.#settings
    const [networks, counterparts, transfers, quarantined] = await Promise.all([
      this.networks(),
      this.counterparts(),
      this.#book.counts(),
      this.#quarantine.count(),
    ])
    return { did, name: { ...name }, networks: [...networks], counterparts: [...counterparts], transfers: { ...transfers }, quarantined }
  }

  networks(): Promise<readonly ShownNetwork[]> {
    return Promise.all(
      this.#settings.networks.map(async ({ id, name, chain }) => ({
        ...{ id, name: { ...name }, hasChain: chain !== undefined },
        ...(await this.#switches.state(id)),
      })),
    )
  }

  counterparts(): Promise<readonly ShownCounterpart[]> {
    return Promise.all(
      this.#settings.counterparts.map(async ({ did, name, networks }) => {
        const isAllowed = await this.#allowList.find(did).then(
          found => found !== undefined,
          () => null,
        )
        return { did, name: { ...name }, networks: [...networks], isAllowed }
      }),
    )
  }

  async transfers(options: { readonly limit: number; readonly isOpen?: boolean | undefined }): Promise<readonly ShownTransfer[]> {
    const [sessions, isOff] = await Promise.all([this.#book.list(options), this.#offCheck()])
    return sessions.map(session => shownTransfer(session, isOff(session)))
  }

  /** @returns undefined if there is none */
  async transfer(transferId: string): Promise<ShownTransfer | undefined> {
    const [session, isOff] = await Promise.all([this.#book.find(transferId), this.#offCheck()])
    return session === undefined ? undefined : shownTransfer(session, isOff(session))
  }

  async #offCheck(): Promise<(session: BookedSession) => boolean> {
    const networks = await this.networks()
    const off = new Set(networks.filter(({ isOn }) => !isOn).map(({ id }) => id))
    return ({ transfer }) => off.has(transfer.fromNetwork) || off.has(transfer.toNetwork)
  }

  quarantine(limit: number): Promise<readonly QuarantineEntry[]> {
    return this.#quarantine.list(limit)
  }
}
