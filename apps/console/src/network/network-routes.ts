import { type NetworkDescriptor, trustAnchorOf } from '@hufu/ledger'
import { bytesToHex, canonicalJsonBytes, sha256 } from '@hufu/primitives'
import type { Part } from '@hufu/staff'
import type { Texts } from '@hufu/trust'
import type { FastifyInstance } from 'fastify'
import { NamesSchema, NetworkSchema } from '../api/network-schemas.ts'

const tags = ['Network']

/** What people compare out of band: SHA-256 over the canonical JSON of the magic number and the validators' keys, in order; hexadecimal. */
export function networkFingerprint({ magic, validators }: Pick<NetworkDescriptor, 'magic' | 'validators'>): string {
  return bytesToHex(sha256(canonicalJsonBytes({ magic, validators: validators.map(({ publicKey }) => publicKey) })))
}

/** Of which network this console is, and how its keeper calls those on it. */
export function openNetwork(network: NetworkDescriptor, names: Readonly<Record<string, Texts>>): Part {
  return {
    name: 'network',
    routes(server: FastifyInstance) {
      server.get(
        '/v1/network',
        {
          config: { access: 'public', cors: true },
          schema: {
            summary:
              'The network that this console shows, for whoever checks its answers: compare the fingerprint with what the cities publish',
            tags,
            response: { 200: NetworkSchema },
          },
        },
        async () => ({
          descriptor: { ...network } as Record<string, unknown>,
          anchor: { ...trustAnchorOf(network) },
          fingerprint: networkFingerprint(network),
        }),
      )

      server.get(
        '/v1/names',
        {
          config: { access: 'public', cors: true },
          schema: { summary: 'Names of DIDs, by the word of whoever keeps this console', tags, response: { 200: NamesSchema } },
        },
        async () => ({ names: Object.fromEntries(Object.entries(names).map(([did, name]) => [did, { ...name }])) }),
      )
    },
  }
}
