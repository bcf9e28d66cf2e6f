import { ActionIcon, useComputedColorScheme, useMantineColorScheme } from '@mantine/core'
import { IconMoon, IconSun } from '@tabler/icons-react'
import { useTexts } from '../language/language.tsx'
import { frameTexts } from './frame-texts.ts'

/** Between light and dark; at first it is as the device has it. */
export function ColourSwitch() {
  const texts = useTexts(frameTexts)
  const { setColorScheme } = useMantineColorScheme()
  const scheme = useComputedColorScheme('light')
  const other = scheme === 'light' ? 'dark' : 'light'
  return (
    <ActionIcon variant="subtle" color="gray" size={44} aria-label={texts[other]} onClick={() => setColorScheme(other)}>
      {scheme === 'light' ? <IconMoon size={20} aria-hidden /> : <IconSun size={20} aria-hidden />}
    </ActionIcon>
  )
}
