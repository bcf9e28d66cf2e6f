import type { Page } from 'playwright-core'

export type ScreenLanguage = 'zh-CN' | 'en'

/** A state of the wallet to look at. */
export interface Screen {
  readonly name: string
  /** Parameters of the demo wallet, and the place after `#`. */
  readonly at: string
  /** What a person does to get there. */
  readonly steps?: (page: Page, say: Say) => Promise<void>
}

/** Picks the name of a button or field in the language that the page is in. */
export type Say = (chinese: string, english: string) => string

function press(chinese: string, english: string): NonNullable<Screen['steps']> {
  return (page, say) =>
    page
      .getByRole('button', { name: say(chinese, english), exact: true })
      .first()
      .click()
}

/** Every screen of the wallet. */
export const screens: readonly Screen[] = [
  { name: 'welcome', at: '?state=new' },
  {
    name: 'choose-pin',
    at: '?state=new',
    steps: async (page, say) => {
      await page.getByRole('button', { name: say('数字密码', 'PIN') }).click()
      await page.getByLabel(say('数字密码', 'PIN'), { exact: true }).fill('123456')
      await press('创建钱包', 'Create wallet')(page, say)
    },
  },
  { name: 'restore', at: '?state=new#/restore', steps: press('恢复钱包', 'Restore wallet') },
  { name: 'unlock', at: '?state=locked' },
  { name: 'unlock-passkey', at: '?state=locked&method=passkey&open=offer#/open', steps: press('打不开？', 'Cannot open it?') },
  {
    name: 'unlock-wait',
    at: '?state=locked',
    steps: async (page, say) => {
      for (let tries = 0; tries < 3; tries += 1) {
        await page.getByLabel(say('数字密码', 'PIN'), { exact: true }).fill('111222')
        await press('打开钱包', 'Open wallet')(page, say)
        await page.getByRole('alert').first().waitFor()
      }
      await page.getByText(say('秒后再试', 'seconds, then')).waitFor()
    },
  },
  { name: 'home', at: '' },
  { name: 'home-empty', at: '?empty' },
  { name: 'home-update', at: '?update' },
  { name: 'credential', at: '#/credentials/resident' },
  { name: 'credential-shown', at: '#/credentials/resident', steps: press('显示内容', 'Show content') },
  { name: 'credential-remove', at: '#/credentials/concession', steps: press('移除凭证', 'Remove credential') },
  { name: 'credential-gone', at: '#/credentials/nothing' },
  { name: 'scan', at: '#/scan' },
  { name: 'offer', at: '?open=offer#/open' },
  { name: 'offer-checks', at: '?open=offer#/open', steps: press('是怎样核对的', 'How it was checked') },
  {
    name: 'offer-wrong-code',
    at: '?open=offer#/open',
    steps: async (page, say) => {
      await page.getByRole('textbox').fill('0000')
      await press('领取', 'Collect')(page, say)
      await page.getByRole('alert').first().waitFor()
    },
  },
  {
    name: 'offer-progress',
    at: '?open=offer#/open',
    steps: async (page, say) => {
      await page.getByRole('textbox').fill('7777')
      await press('领取', 'Collect')(page, say)
      await page
        .getByRole('listitem')
        .filter({ hasText: say('生成密钥', 'Making keys') })
        .waitFor()
    },
  },
  {
    name: 'offer-done',
    at: '?open=offer#/open',
    steps: async (page, say) => {
      await page.getByRole('textbox').fill('482913')
      await press('领取', 'Collect')(page, say)
      await page.getByRole('heading', { name: say('已领取', 'Collected') }).waitFor()
    },
  },
  { name: 'request', at: '?open=share#/open' },
  { name: 'sign-in', at: '?open=sign-in#/open' },
  { name: 'hand-over', at: '?open=hand-over#/open' },
  {
    name: 'request-progress',
    at: '?open=stuck#/open',
    steps: async (page, say) => {
      await press('同意并登录', 'Agree and sign in')(page, say)
      await page
        .getByRole('listitem')
        .filter({ hasText: say('计算零知识证明', 'Computing the proof') })
        .waitFor()
    },
  },
  {
    name: 'request-failed',
    at: '?open=failing#/open',
    steps: async (page, say) => {
      await press('同意并登录', 'Agree and sign in')(page, say)
      await page.getByRole('alert').first().waitFor()
    },
  },
  {
    name: 'request-done',
    at: '?open=sign-in#/open',
    steps: async (page, say) => {
      await press('同意并登录', 'Agree and sign in')(page, say)
      await page.getByRole('heading', { name: say('已登录', 'Signed in') }).waitFor()
    },
  },
  {
    name: 'request-declined',
    at: '?open=share#/open',
    steps: async (page, say) => {
      await press('拒绝', 'Decline')(page, say)
      await page.getByRole('heading', { name: say('已拒绝', 'Declined') }).waitFor()
    },
  },
  { name: 'refused', at: '?open=suspended#/open' },
  { name: 'refused-offline', at: '?open=offline#/open' },
  { name: 'history', at: '#/history' },
  { name: 'history-empty', at: '?empty#/history' },
  { name: 'history-entry', at: '#/history/housing' },
  { name: 'settings', at: '#/settings' },
  { name: 'settings-method', at: '#/settings', steps: press('更改', 'Change') },
  { name: 'settings-erase', at: '#/settings', steps: press('清除此钱包', 'Erase this wallet') },
  { name: 'backup', at: '#/settings/backup', steps: press('生成口令', 'Make one up') },
  {
    name: 'backup-done',
    at: '#/settings/backup',
    steps: async (page, say) => {
      await press('生成口令', 'Make one up')(page, say)
      await page.getByLabel(say('当前数字密码', 'Current PIN'), { exact: true }).fill('135790')
      await press('生成备份文件', 'Make backup file')(page, say)
      await page.getByRole('heading', { name: say('备份已生成', 'Backup made') }).waitFor()
    },
  },
  { name: 'not-found', at: '#/nowhere' },
]
