import { Button } from '@mantine/core'
import { IconLanguage } from '@tabler/icons-react'
import { useSpeech } from '../texts/language.tsx'
import { useWallet } from './wallet-context.tsx'

/** Goes to the other language. It is named in that language, for whoever needs it reads that one. */
export function LanguageSwitch() {
  const wallet = useWallet()
  const { language, texts } = useSpeech()
  const other = language === 'en' ? 'zh-CN' : 'en'
  return (
    <Button
      variant="subtle"
      color="gray"
      h={44}
      px="sm"
      lang={other}
      leftSection={<IconLanguage size={20} aria-hidden />}
      onClick={() => void wallet.updateSettings({ language: other })}
    >
      {texts.app.otherLanguage}
    </Button>
  )
}
