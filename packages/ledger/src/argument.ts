import type { ScriptHash } from './script-hash.ts'

/** An argument of a contract call, by Neo's parameter types. */
export type Argument =
  | { readonly type: 'Hash160'; readonly value: ScriptHash }
  /** 64 hexadecimal digits, big-endian as displayed. */
  | { readonly type: 'Hash256'; readonly value: string }
  | { readonly type: 'Integer'; readonly value: bigint }
  | { readonly type: 'ByteArray'; readonly value: Uint8Array }
  | { readonly type: 'String'; readonly value: string }
  | { readonly type: 'Boolean'; readonly value: boolean }
  /** 33 bytes, compressed. */
  | { readonly type: 'PublicKey'; readonly value: Uint8Array }
  | { readonly type: 'Array'; readonly value: readonly Argument[] }
  | { readonly type: 'Any'; readonly value: null }
