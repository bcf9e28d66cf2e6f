import type { Dictionary, Tone } from '@hufu/look'

const zhCn = {
  applications: { draft: '草稿', submitted: '待审批', approved: '已批准', returned: '已退回', offered: '待领取', collected: '已领取' },
  statuses: { valid: '有效', suspended: '已暂停', revoked: '已撤销' },
  formats: { 'dc+sd-jwt': '选择性披露', ldp_vc: 'W3C 凭证', hufu_zk: '零知识' },
  offers: {
    open: '等待领取',
    redeemed: '钱包正在领取',
    collected: '已领取',
    locked: '领取码错误过多，已锁定',
    replaced: '已有新的领取码',
    expired: '已过期',
  },
}

const en: typeof zhCn = {
  applications: {
    draft: 'draft',
    submitted: 'to approve',
    approved: 'approved',
    returned: 'returned',
    offered: 'to collect',
    collected: 'collected',
  },
  statuses: { valid: 'valid', suspended: 'suspended', revoked: 'revoked' },
  formats: { 'dc+sd-jwt': 'selective disclosure', ldp_vc: 'W3C credential', hufu_zk: 'zero-knowledge' },
  offers: {
    open: 'waiting for a wallet',
    redeemed: 'a wallet is collecting it',
    collected: 'collected',
    locked: 'locked after too many wrong codes',
    replaced: 'there is a newer one',
    expired: 'expired',
  },
}

export const stateTexts: Dictionary<typeof zhCn> = { 'zh-CN': zhCn, en }

export const applicationTones: Readonly<Record<keyof (typeof zhCn)['applications'], Tone>> = {
  draft: 'plain',
  submitted: 'waiting',
  approved: 'good',
  returned: 'bad',
  offered: 'waiting',
  collected: 'good',
}

export const statusTones: Readonly<Record<keyof (typeof zhCn)['statuses'], Tone>> = { valid: 'good', suspended: 'waiting', revoked: 'bad' }
