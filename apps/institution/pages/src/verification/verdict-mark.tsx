import type { ReceiptSummary } from '../api/staff-answers.ts'
import { Mark } from '../frame/mark.tsx'
import { useTexts } from '../language/language.tsx'
import { verificationTexts } from './verification-texts.ts'

const tones = { accepted: 'good', refused: 'bad', declined: 'plain' } as const

export function VerdictMark({ verdict }: Pick<ReceiptSummary, 'verdict'>) {
  const texts = useTexts(verificationTexts)
  return <Mark tone={tones[verdict]}>{texts.verdicts[verdict]}</Mark>
}
