import { Mark, useTexts } from '@hufu/look'
import type { ReceiptSummary } from '../api/staff-answers.ts'
import { verificationTexts } from './verification-texts.ts'

const tones = { accepted: 'good', refused: 'bad', declined: 'plain' } as const

export function VerdictMark({ verdict }: Pick<ReceiptSummary, 'verdict'>) {
  const texts = useTexts(verificationTexts)
  return <Mark tone={tones[verdict]}>{texts.verdicts[verdict]}</Mark>
}
