import { Button } from '@mantine/core'
import { IconLanguage } from '@tabler/icons-react'
import { useSpeech, useTexts } from '../language/language.tsx'
import { frameTexts } from './frame-texts.ts'

/** Goes to the other language. It is named in that language, for whoever needs it reads that one. */
export function LanguageSwitch() {
  const { language, setLanguage } = useSpeech()
  const texts = useTexts(frameTexts)
  const other = language === 'en' ? 'zh-CN' : 'en'
  return (
    <Button
      variant="subtle"
      color="gray"
      h={44}
      px="sm"
      lang={other}
      leftSection={<IconLanguage size={20} aria-hidden />}
      onClick={() => setLanguage(other)}
    >
      {texts.otherLanguage}
    </Button>
  )
}
