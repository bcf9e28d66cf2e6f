import Type, { type Static } from 'typebox'
import { closed } from './closed.ts'
import { TextsSchema } from './common-schemas.ts'

/** The network that this console is of. Trust it only after comparing `fingerprint` with what the cities publish elsewhere. */
export const NetworkSchema = closed({
  /** As `parseNetworkDescriptor` of @hufu/ledger reads it. */
  descriptor: Type.Record(Type.String(), Type.Unknown()),
  anchor: closed({ magic: Type.Integer(), blockIndex: Type.Integer(), nextConsensus: Type.String() }),
  /** SHA-256 over the canonical JSON of magic and the validators' public keys, hexadecimal. */
  fingerprint: Type.String(),
})
export type Network = Static<typeof NetworkSchema>

/** Names as the keeper of this console gives them, by DID: they do not stand on the ledger. */
export const NamesSchema = closed({ names: Type.Record(Type.String(), TextsSchema) })
export type Names = Static<typeof NamesSchema>
