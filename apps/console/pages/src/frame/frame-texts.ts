import type { Dictionary } from '@hufu/look'

const zhCn = {
  groups: { network: '网络', registry: '公共登记', council: '治理', own: '工作人员' },
  places: {
    overview: '总览',
    fleet: '验证节点',
    explorer: '浏览器',
    trust: '信任名册',
    trees: '凭证树与名单',
    anchor: '信任起点',
    council: '理事会',
    audit: '审计回放',
    account: '我的账户',
    signIn: '登录',
  },
  signInTitle: '登录控制台',
  signInExplain: '供运维员、理事与审计员使用。浏览和核验公开数据不需要登录。',
  network: '网络',
  connecting: '正在连接…',
  live: '实时',
  lost: '与控制台的连接中断',
  block: '区块',
}

const en: typeof zhCn = {
  groups: { network: 'Network', registry: 'Public registry', council: 'Governance', own: 'Staff' },
  places: {
    overview: 'Overview',
    fleet: 'Validators',
    explorer: 'Explorer',
    trust: 'Trust registry',
    trees: 'Trees and lists',
    anchor: 'Where trust starts',
    council: 'Council',
    audit: 'Audit replay',
    account: 'Your account',
    signIn: 'Sign in',
  },
  signInTitle: 'Sign in',
  signInExplain: 'For operators, council members and auditors. To look at and check what is public, nobody needs to sign in.',
  network: 'Network',
  connecting: 'Connecting…',
  live: 'Live',
  lost: 'No connection to the console',
  block: 'Block',
}

export const frameTexts: Dictionary<typeof zhCn> = { 'zh-CN': zhCn, en }
