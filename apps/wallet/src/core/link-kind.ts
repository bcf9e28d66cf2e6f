import { kindOfLink } from '@hufu/exchange'

export type LinkKind = 'offer' | 'request'

/** What a person scanned, pasted or followed is about; undefined if it is not for a wallet. */
export function linkKindOf(text: string): LinkKind | undefined {
  const kind = kindOfLink(text.trim())
  return kind === 'presentation' ? 'request' : kind
}
