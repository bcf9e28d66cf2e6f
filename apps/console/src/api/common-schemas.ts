import Type, { type Static } from 'typebox'
import { closed } from './closed.ts'

/** A text for people. */
export const TextsSchema = closed({ 'zh-CN': Type.String(), en: Type.String() })
export type ApiTexts = Static<typeof TextsSchema>

/** Hash of a block or transaction, 64 hexadecimal digits, big-endian as displayed. */
export const HashSchema = Type.String({ pattern: '^[0-9a-f]{64}$' })
/** An account or contract: script hash, 40 hexadecimal digits, big-endian as displayed. */
export const AccountSchema = Type.String({ pattern: '^[0-9a-f]{40}$' })
export const DidSchema = Type.String({ minLength: 8, maxLength: 128, pattern: '^did:neo:[a-z0-9-]+:[1-9A-HJ-NP-Za-km-z]+$' })
/** Name of a credential type or query, as the contract trust takes it. */
export const TrustNameSchema = Type.String({ minLength: 1, maxLength: 32, pattern: '^[A-Za-z0-9._:-]+$' })
/** Milliseconds since 1970. */
export const TimeSchema = Type.Number()
/** A time that somebody asks about, up to the last one that a date can hold. */
export const AskedTimeSchema = Type.Integer({ minimum: 0, maximum: 8_640_000_000_000_000 })
export const BlockIndexSchema = Type.Integer({ minimum: 0, maximum: 0xffff_ffff })
