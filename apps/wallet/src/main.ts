import { registerSW } from 'virtual:pwa-register'
import { showStartFailure, showWallet } from './app.tsx'
import { openWallet } from './core/open-wallet.ts'
import type { Wallet } from './core/wallet.ts'
import { watchLinks } from './pages/link-waiting.ts'
import { offerUpdate } from './pages/updates.ts'

const root = document.getElementById('root')!
watchLinks()
const update = registerSW({ onNeedRefresh: () => offerUpdate(update) })
try {
  const wallet = await openWallet()
  await guessLanguage(wallet)
  showWallet(wallet, root)
} catch (error) {
  showStartFailure(error, prefersChinese() ? 'zh-CN' : 'en', root)
}

/** Takes the browser's language, the first time only: from then on the person decides. */
async function guessLanguage(wallet: Wallet): Promise<void> {
  const key = 'hufu.language-guessed'
  if (localStorage.getItem(key) !== null) return
  localStorage.setItem(key, 'true')
  if (!prefersChinese()) await wallet.updateSettings({ language: 'en' })
}

function prefersChinese(): boolean {
  return navigator.languages.some(language => language.startsWith('zh'))
}
