import { utf8ToBytes } from '@hufu/primitives'

const maxBytes = 128
const ellipsis = '…'

/** A text as the title of a proposal: cut, between characters, where it is over 128 bytes. */
export function fitTitle(text: string): string {
  if (utf8ToBytes(text).length <= maxBytes) return text
  let fitted = ''
  for (const character of text) {
    if (utf8ToBytes(fitted + character + ellipsis).length > maxBytes) break
    fitted += character
  }
  return fitted + ellipsis
}
