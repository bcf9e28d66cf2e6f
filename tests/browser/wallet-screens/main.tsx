import { showWallet } from '../../../apps/wallet/src/app.tsx'
import { setLink, watchLinks } from '../../../apps/wallet/src/pages/link-waiting.ts'
import { offerUpdate } from '../../../apps/wallet/src/pages/updates.ts'
import { demoWallet } from './demo-wallet.ts'

const options = new URLSearchParams(window.location.search)
const wallet = demoWallet({
  state: options.get('state') ?? 'open',
  language: options.get('language') === 'en' ? 'en' : 'zh-CN',
  method: options.get('method') === 'passkey' ? 'passkey' : 'pin',
  empty: options.has('empty'),
})
watchLinks()
if (options.has('update')) offerUpdate(async () => undefined)
const opened = options.get('open')
if (opened !== null) setLink({ text: opened, from: 'link' })
showWallet(wallet, document.getElementById('root')!)
Object.assign(window, { wallet })
