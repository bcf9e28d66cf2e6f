import Type, { type Static } from 'typebox'
import { closed } from '../api/closed.ts'

const fileSchema = Type.String({ minLength: 1, maxLength: 4096 })
const wordSchema = Type.String({ minLength: 1, maxLength: 256 })

/** Peers whose signatures count. */
const endorsersSchema = Type.Array(closed({ mspId: wordSchema, publicKey: Type.String({ pattern: '^0[23][0-9a-f]{64}$' }) }), {
  minItems: 1,
  maxItems: 100,
})

const neoSchema = closed({
  kind: Type.Literal('neo'),
  networkFile: Type.String({ minLength: 1, maxLength: 4096, description: 'Description of the network (JSON)' }),
  accountFile: Type.Optional(
    Type.String({ minLength: 1, maxLength: 4096, description: 'Key file of the account that writes; without it the chain is only read' }),
  ),
})

const fabricSchema = closed({
  kind: Type.Literal('fabric'),
  peerAddress: wordSchema,
  tlsAuthorityFile: fileSchema,
  mspId: wordSchema,
  certificateFile: fileSchema,
  privateKeyFile: fileSchema,
  channel: wordSchema,
  chaincode: wordSchema,
  endorsers: endorsersSchema,
  threshold: Type.Integer({ minimum: 1, maximum: 100 }),
})

const neoTrustSchema = closed({ kind: Type.Literal('neo'), networkFile: fileSchema })

const fabricTrustSchema = closed({
  kind: Type.Literal('fabric'),
  channel: wordSchema,
  chaincode: wordSchema,
  endorsers: endorsersSchema,
  threshold: Type.Integer({ minimum: 1, maximum: 100 }),
})

/** What is taken on trust of a counterpart's chain. */
export const trustSettingsSchema = Type.Union([neoTrustSchema, fabricTrustSchema])

export type TrustSettings = Static<typeof neoTrustSchema> | Static<typeof fabricTrustSchema>

/** How a chain is reached, and what is taken on trust of it. Files are read when the gateway starts. */
export const chainSettingsSchema = Type.Union([neoSchema, fabricSchema])

export type NeoChainSettings = Static<typeof neoSchema>
export type FabricChainSettings = Static<typeof fabricSchema>
export type ChainSettings = NeoChainSettings | FabricChainSettings
