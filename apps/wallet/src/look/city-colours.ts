/** Two shades of a card, the lighter one dark enough for white text (6 to 1 and more). */
export interface CardColours {
  readonly from: string
  readonly to: string
}

/** The six cities' own colours, by division code (GB/T 2260). */
const cities: Readonly<Record<string, CardColours>> = {
  // Lanyu: the sea around the isle.
  '990100': { from: '#1f5f8b', to: '#123a58' },
  // Yunting: a shore in clouds.
  '990200': { from: '#2a6a68', to: '#163f42' },
  // Qitong: leaves of the parasol tree.
  '990300': { from: '#49692f', to: '#2a4019' },
  // Yanxi: ink on the stone.
  '990400': { from: '#4d4a6e', to: '#2b2942' },
  // Shuoyuan: the plain in autumn.
  '990500': { from: '#8a5320', to: '#573110' },
  // Jiling: the ridge after snow.
  '990600': { from: '#3d5a86', to: '#22355a' },
}

const others: readonly CardColours[] = [
  { from: '#7a3b3f', to: '#4a1f24' },
  { from: '#6b4a6b', to: '#402a43' },
  { from: '#5d5a4a', to: '#37352a' },
  { from: '#36636f', to: '#1c3a44' },
]

/**
 * Colours of a card.
 *
 * @param cityCode - division code of the city that the credential names, if it does
 * @param issuerDid - decides where it does not, so that one issuer's cards look alike
 */
export function cardColours(cityCode: unknown, issuerDid: string): CardColours {
  const city = typeof cityCode === 'string' ? cities[cityCode] : undefined
  if (city !== undefined) return city
  let sum = 0
  for (const character of issuerDid) sum = (sum * 31 + character.charCodeAt(0)) % 9973
  return others[sum % others.length]!
}
