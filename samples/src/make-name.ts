import { eras, otherNames, rareCharacters, surnames } from './name-pools.ts'
import type { Random } from './random.ts'

/** A full name and its spelling after GB/T 28039: surname, space, given name in one word. */
export function makeName(random: Random, sex: 'male' | 'female', birthYear: number): { name: string; nameLatin: string } {
  if (random.chance(0.01)) {
    const [name, nameLatin] = random.pick(otherNames[sex])
    return { name, nameLatin }
  }
  const { surname, pinyin } = random.pickWeighted(surnames)
  const era = eras.find(({ lastYear }) => birthYear <= lastYear)!
  const given = [random.chance(0.004) ? random.pick(rareCharacters) : random.pick(era[sex])]
  if (!random.chance(era.single)) given.push(random.pick(era[sex]))
  return {
    name: surname + given.map(([character]) => character).join(''),
    nameLatin: `${capital(pinyin)} ${capital(joinSyllables(given.map(([, syllable]) => syllable)))}`,
  }
}

/** Joins syllables as GB/T 16159 does: an apostrophe before one that begins with a vowel. */
function joinSyllables(syllables: readonly string[]): string {
  return syllables.map((syllable, index) => (index > 0 && /^[aeo]/.test(syllable) ? `'${syllable}` : syllable)).join('')
}

function capital(word: string): string {
  return word[0]!.toUpperCase() + word.slice(1)
}
