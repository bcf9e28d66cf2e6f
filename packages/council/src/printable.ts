const maxLength = 300

/**
 * Text that a stranger wrote, made safe to show: what is invisible, changes the direction of writing or breaks the line is spelled out, and it is cut
 * after 300 characters. Two texts that look the same are the same.
 */
export function printable(text: string): string {
  const shown = text.replace(/[\p{C}\p{Zl}\p{Zp}\\]/gu, character => `\\u{${character.codePointAt(0)!.toString(16)}}`)
  return shown.length <= maxLength ? shown : `${shown.slice(0, maxLength)}…`
}
