export type PassphraseStrength = 'weak' | 'fair' | 'good' | 'strong'

/** Letters and digits that are not mistaken for each other when written down. */
const alphabet = '23456789abcdefghjkmnpqrstuvwxyz'

/**
 * Roughly how hard a passphrase is to guess. An estimate from length and kinds of characters that counts what repeats only once; the core has the last word on what is
 * too short (`ERR_WALLET_PASSPHRASE_WEAK`).
 */
export function passphraseStrength(passphrase: string): PassphraseStrength {
  const characters = [...passphrase]
  if (characters.length < 12) return 'weak'
  const kinds = [
    [/[a-z]/, 26],
    [/[A-Z]/, 26],
    [/[0-9]/, 10],
    [/[^\p{L}\p{N}]/u, 20],
    // Of Han characters people use some 2,500.
    [/\p{Script=Han}/u, 2500],
  ] as const
  const choices = kinds.reduce((sum, [kind, size]) => (kind.test(passphrase) ? sum + size : sum), 1)
  const fresh = characters.filter((character, index) => character !== characters[index - 1]).length
  const varied = Math.min(fresh, new Set(characters).size * 3)
  const bits = varied * Math.log2(choices)
  if (bits < 50) return 'weak'
  if (bits < 70) return 'fair'
  return bits < 95 ? 'good' : 'strong'
}

/** Makes up a passphrase of 99 bits: four groups of five. */
export function makePassphrase(): string {
  const characters: string[] = []
  while (characters.length < 20) {
    for (const byte of crypto.getRandomValues(new Uint8Array(32))) {
      // 248 is eight times 31: above it, the first characters would be likelier than the rest.
      if (byte < alphabet.length * 8 && characters.length < 20) characters.push(alphabet[byte % alphabet.length]!)
    }
  }
  return characters.join('').replace(/(.{5})(?=.)/g, '$1-')
}
