import type { GrantKind } from '@hufu/trust'

/** What the page asked for: the answer has to be about this, and not only true. */
export type Asked =
  | { readonly kind: 'did'; readonly did: string; readonly moment: 'latest' | { readonly version: number } | { readonly timeMs: number } }
  | { readonly kind: 'grant'; readonly grant: GrantKind; readonly did: string; readonly name: string; readonly atMs: number }
  | { readonly kind: 'right'; readonly right: 'issue' | 'ask'; readonly did: string; readonly name: string; readonly atMs: number }
  | { readonly kind: 'credentialType'; readonly typeId: string; readonly version: number | 'latest' }
  | { readonly kind: 'query'; readonly did: string; readonly queryId: string; readonly version: number | 'latest' }
  | { readonly kind: 'tree'; readonly did: string; readonly typeId: string; readonly rootIndex: number | 'latest' }
  | { readonly kind: 'statusListAnchor'; readonly did: string; readonly listId: string; readonly sequence: number | 'latest' }
  | { readonly kind: 'verifyingKey'; readonly circuitId: string; readonly version: number | 'latest' }
  | { readonly kind: 'proposal'; readonly id: number }
  | { readonly kind: 'block'; readonly block: number | string }
  | { readonly kind: 'transaction'; readonly hash: string }
