import { type AssurancePolicy, type NetworkId, requireAssurance, type ViewAddress } from '@hufu/chains'
import { bytesToBase64url, type Clock, errorCode, randomBytes } from '@hufu/primitives'
import { type Counterparts, type SignedView, satpMediaType, signView, verifyView } from '@hufu/satp'
import type { Database, OneUseValues } from '@hufu/service'
import type { GatewayChains } from '../chains/gateway-chains.ts'
import { GatewayError } from '../errors.ts'
import type { NetworkSwitches } from '../networks/network-switches.ts'
import type { Quarantine } from '../quarantine/quarantine.ts'
import type { ViewSettings } from '../settings/gateway-settings.ts'
import { allowedView } from './view-policy.ts'
import { questionMaxAgeMs, signViewQuestion, verifyViewQuestion } from './view-question.ts'

/** Path at which gateways ask for views. */
export const viewsPath = '/views'

export interface ViewDeskOptions {
  readonly views: readonly ViewSettings[]
  readonly chains: GatewayChains
  readonly counterparts: Counterparts
  /** Where a counterpart's gateway is. */
  readonly urlOf: (did: string) => string | undefined
  readonly fetch: typeof fetch
  readonly switches: NetworkSwitches
  readonly quarantine: Quarantine
  readonly database: Database
  readonly oneUse: OneUseValues
  readonly clock: Clock
  readonly timeoutMs: number
}

/** What an operator wants to see of a counterpart's chain. */
export interface AskedCounterpart {
  readonly counterpart: string
  readonly network: NetworkId
  readonly address: ViewAddress
  readonly minAssurance: AssurancePolicy
}

/** Codes of questions that are quarantined: somebody signed falsely, or sent again what another had sent. */
const suspicious: readonly string[] = ['ERR_GATEWAY_MESSAGE', 'ERR_GATEWAY_REPLAY']

/** Proven views of chains: given to counterparts that ask, and asked of them. */
export class ViewDesk {
  readonly #options: ViewDeskOptions

  constructor(options: ViewDeskOptions) {
    this.#options = options
  }

  /**
   * Answers a question: reads the chain, proves, and signs for who asked.
   *
   * @returns a JWS
   * @throws GatewayError `ERR_GATEWAY_MESSAGE`, `ERR_GATEWAY_COUNTERPART`, `ERR_GATEWAY_REPLAY`, `ERR_GATEWAY_OFF`, `ERR_GATEWAY_NETWORK`, `ERR_GATEWAY_VIEW`;
   *   ChainError: the chain does not answer, or not as well founded as the policy asks for
   */
  async answer(message: string): Promise<string> {
    const { clock, counterparts, chains, views, switches, database, oneUse, quarantine } = this.#options
    let from: string | undefined
    try {
      const { request, counterpart } = await verifyViewQuestion(message, counterparts, clock.nowMs())
      from = counterpart.did
      const untilMs = clock.nowMs() + 2 * questionMaxAgeMs
      if (!(await oneUse.use(database, 'view nonce', `${from} ${request.nonce}`, untilMs)))
        throw new GatewayError('ERR_GATEWAY_REPLAY', 'nonce: expected one that was not used before')
      const { network, address } = request
      await switches.requireOn(network)
      const minAssurance = allowedView(views, { network, address, counterpart: from })
      const chain = chains.adapterOf(network)
      if (chain === undefined) throw new GatewayError('ERR_GATEWAY_NETWORK', 'network: expected one that this gateway speaks for')
      const view = await chain.read(address, { minAssurance })
      // An adapter that forgets to look is no way round the policy.
      requireAssurance(view.assurance, minAssurance)
      return await signView(request, await chain.prove(view), counterpart, clock)
    } catch (error) {
      const code = errorCode(error)
      if (code !== undefined && suspicious.includes(code)) await quarantine.put(message, { reason: code, counterpart: from })
      throw error
    }
  }

  /**
   * Asks a counterpart, and believes the proof alone.
   *
   * @throws GatewayError `ERR_GATEWAY_COUNTERPART`, `ERR_GATEWAY_NETWORK`: nothing is pinned to check its proofs with; `ERR_GATEWAY_OFF`,
   *   `ERR_GATEWAY_UNREACHABLE`; `ERR_GATEWAY_ANSWER`: it refused, or its answer is not what was asked, not signed, or not proven, and is in quarantine then
   */
  async ask({ counterpart: did, network, address, minAssurance }: AskedCounterpart): Promise<SignedView> {
    const { chains, counterparts, switches, quarantine, clock } = this.#options
    await switches.requireOn(network)
    const counterpart = await counterparts.find(did)
    if (counterpart === undefined || !counterpart.networks.includes(network))
      throw new GatewayError('ERR_GATEWAY_COUNTERPART', 'counterpart: expected one that is allowed for the network')
    const verify = chains.verifierOf(network)
    if (verify === undefined)
      throw new GatewayError('ERR_GATEWAY_NETWORK', 'network: expected one whose trust is pinned, to check what is said of it')
    const request = { network, address, nonce: bytesToBase64url(randomBytes(24)) }
    const answer = await this.#post(did, await signViewQuestion(request, counterpart, clock.nowMs()))
    try {
      return await verifyView(answer, { request, counterpart, verify, minAssurance, clock, maxAgeMs: questionMaxAgeMs })
    } catch (error) {
      const code = errorCode(error)
      if (code === undefined) throw error
      await quarantine.put(answer, { reason: code, counterpart: did })
      throw new GatewayError('ERR_GATEWAY_ANSWER', `the answer of the counterpart is not what it should be: ${code}`, { cause: error })
    }
  }

  async #post(did: string, question: string): Promise<string> {
    const { urlOf, fetch, timeoutMs } = this.#options
    const response = await fetch(`${urlOf(did)}${viewsPath}`, {
      method: 'POST',
      headers: { 'content-type': satpMediaType, accept: `${satpMediaType}, application/problem+json` },
      body: question,
      signal: AbortSignal.timeout(timeoutMs),
    }).catch(cause => {
      throw new GatewayError('ERR_GATEWAY_UNREACHABLE', 'the counterpart does not answer', { cause })
    })
    const text = await response.text()
    if (response.ok) return text
    const code = /"code":"(ERR_[A-Z_]{1,60})"/.exec(text.slice(0, 4096))?.[1] ?? 'no code'
    throw new GatewayError('ERR_GATEWAY_ANSWER', `the counterpart refused: ${code}`)
  }
}
