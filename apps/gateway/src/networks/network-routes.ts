import type { NetworkId } from '@hufu/chains'
import type { Part } from '@hufu/staff'
import Type, { type Static } from 'typebox'
import { closed } from '../api/closed.ts'
import { NetworkSchema, StatusSchema } from '../api/gateway-schemas.ts'
import type { GatewayView } from '../gateway-view.ts'
import type { NetworkSwitches } from './network-switches.ts'

const tags = ['Networks']
const NetworkParams = closed({ id: Type.String({ minLength: 4, maxLength: 300 }) })
const SwitchBody = closed({ on: Type.Boolean() })

export interface NetworkRouteOptions {
  readonly view: GatewayView
  readonly switches: NetworkSwitches
  /** Told after a network was switched. */
  readonly onSwitch: () => Promise<void>
}

/** How the gateway is, and the switch of each network, for the operator. */
export function networkPart({ view, switches, onSwitch }: NetworkRouteOptions): Part {
  return {
    name: 'networks',
    routes(server) {
      server.get(
        '/status',
        {
          config: { access: 'system' },
          schema: { summary: 'Networks, counterparts, and how many transfers there are', tags, response: { 200: StatusSchema } },
        },
        async () => view.status(),
      )

      server.post<{ Params: Static<typeof NetworkParams>; Body: Static<typeof SwitchBody> }>(
        '/networks/:id/switch',
        {
          config: { access: 'system' },
          schema: {
            summary:
              'Switch a network: off, no transfer begins and no view is given, and transfers under way stand still until it is on again',
            tags,
            params: NetworkParams,
            body: SwitchBody,
            response: { 200: NetworkSchema },
          },
        },
        async ({ params, body, log }) => {
          const id = params.id as NetworkId
          await switches.set(id, body.on)
          log.warn({ network: id, on: body.on }, 'a network was switched')
          await onSwitch()
          return (await view.networks()).find(network => network.id === id)!
        },
      )
    },
  }
}
