import { Mark, type Tone, useTexts } from '@hufu/look'
import { councilTexts } from './council-texts.ts'

const tones: Readonly<Record<string, Tone>> = {
  open: 'waiting',
  passed: 'waiting',
  executable: 'good',
  executed: 'good',
  rejected: 'bad',
  expired: 'bad',
  lapsed: 'bad',
}

/** How a proposal stands, in words. */
export function StateMark({ state }: { readonly state: string }) {
  const texts = useTexts(councilTexts)
  return <Mark tone={tones[state] ?? 'plain'}>{texts.states[state] ?? state}</Mark>
}
