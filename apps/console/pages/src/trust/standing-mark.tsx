import { Mark, type Tone, useTexts } from '@hufu/look'
import type { Grant } from '../../../src/api-types.ts'
import { trustTexts } from './trust-texts.ts'

const tones: Readonly<Record<Grant['standing'], Tone>> = {
  active: 'good',
  suspended: 'waiting',
  revoked: 'bad',
  none: 'plain',
  notYet: 'waiting',
  expired: 'bad',
}

/** How a grant stands, in a word. */
export function StandingMark({ standing }: { readonly standing: Grant['standing'] }) {
  const texts = useTexts(trustTexts)
  return <Mark tone={tones[standing]}>{texts.standing[standing]}</Mark>
}

/** Why something was changed, in words. */
export function useReason(): (code: number) => string {
  const texts = useTexts(trustTexts)
  return code => texts.reasons[code] ?? texts.ownReason(code)
}
