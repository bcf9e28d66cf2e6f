import { Mark, type Tone, useTexts } from '@hufu/look'
import type { Import } from '../api/staff-answers.ts'
import { importTexts } from './import-texts.ts'

const tones: Readonly<Record<Import['state'], Tone>> = {
  uploading: 'plain',
  checking: 'plain',
  checked: 'waiting',
  approved: 'plain',
  done: 'good',
  failed: 'bad',
}

/** How an import stands. */
export function ImportMark({ state }: { readonly state: Import['state'] }) {
  const texts = useTexts(importTexts)
  return <Mark tone={tones[state]}>{texts.states[state]}</Mark>
}
