import type { Texts } from '@hufu/trust'

/** How a credential stands. */
export const statuses = ['valid', 'suspended', 'revoked'] as const
export type Status = (typeof statuses)[number]

/** Why a status was changed: codes, never words about a person. */
export const statusReasons = {
  'holder-asked': { en: 'the holder asked for it', 'zh-CN': '持有人申请' },
  'device-lost': { en: 'the holder’s device was lost', 'zh-CN': '持有人设备遗失' },
  'data-changed': { en: 'what it says is no longer so', 'zh-CN': '所载信息已变更' },
  'issued-in-error': { en: 'it was issued in error', 'zh-CN': '签发有误' },
  replaced: { en: 'another one has taken its place', 'zh-CN': '已被新凭证取代' },
  'ordered-by-law': { en: 'a court or an authority ordered it', 'zh-CN': '依法院或主管机关要求' },
  'under-inquiry': { en: 'it is being looked into', 'zh-CN': '正在调查' },
  remedied: { en: 'what was wrong has been put right', 'zh-CN': '问题已解决' },
  'keys-compromised': { en: 'the issuer’s keys were compromised', 'zh-CN': '签发方密钥泄露' },
} as const satisfies Readonly<Record<string, Texts>>

export type StatusReason = keyof typeof statusReasons
export const statusReasonCodes = Object.keys(statusReasons) as readonly StatusReason[]
