import { dayInChina, type Json } from '@hufu/primitives'
import type { Texts } from '@hufu/trust'
import type { NetworkFile } from '../network/network-file.ts'
import type { TransactionDetail } from '../wallet.ts'

const titles: Readonly<Record<string, Texts>> = {
  type: { 'zh-CN': '事项', en: 'Matter' },
  record: { 'zh-CN': '记录', en: 'Record' },
  holder: { 'zh-CN': '保管机构', en: 'Held by' },
  receiver: { 'zh-CN': '接收机构', en: 'Handed to' },
  receiver_name: { 'zh-CN': '接收机构（由保管机构告知）', en: 'Handed to (as the holder says)' },
  purpose: { 'zh-CN': '用途', en: 'Purpose' },
  not_before: { 'zh-CN': '开始', en: 'From' },
  until: { 'zh-CN': '截止', en: 'Until' },
  end: { 'zh-CN': '截止', en: 'Until' },
  amount: { 'zh-CN': '金额', en: 'Amount' },
  payee: { 'zh-CN': '收款方', en: 'Payee' },
}
/** Kinds of transaction that our institutions ask for. */
const kinds: Readonly<Record<string, Texts>> = {
  'urn:hufu:hand-over': { 'zh-CN': '同意移交一份记录', en: 'Consent to hand over a record' },
  'urn:hufu:hand-over-revocation': { 'zh-CN': '收回对移交的同意', en: 'Take back a consent to hand over' },
}
/** What concerns machines alone. */
const hidden = ['credential_ids', 'transaction_data_hashes_alg']

/** What a person agrees to besides, every member of it: what is not understood is shown as it stands, and nothing is left out. */
export function transactionDetails(
  content: Readonly<Record<string, Json>>,
  { institutions }: Pick<NetworkFile, 'institutions'>,
): readonly TransactionDetail[] {
  const textOf = (name: string, value: Json): Texts => {
    if (isTexts(value)) return value
    if (name === 'type' && typeof value === 'string' && kinds[value] !== undefined) return kinds[value]
    const institution = institutions.find(({ did }) => did === value)
    if (institution !== undefined) return institution.name
    if (typeof value === 'number' && /(^|_)(ms|at)$/i.test(name)) return same(dayInChina(value))
    return same(typeof value === 'string' ? value : JSON.stringify(value))
  }
  return Object.entries(content)
    .filter(([name]) => !hidden.includes(name))
    .toSorted(([left], [right]) => rankOf(left) - rankOf(right))
    .map(([name, value]) => ({ title: titles[plainName(name)] ?? same(name), text: textOf(name, value) }))
}

/** What is known comes first, in the order above. */
function rankOf(name: string): number {
  const rank = Object.keys(titles).indexOf(plainName(name))
  return rank < 0 ? Number.MAX_SAFE_INTEGER : rank
}

/** `untilMs`, `until_ms` and `until` mean the same. */
function plainName(name: string): string {
  return name
    .replace(/[A-Z]/g, letter => `_${letter.toLowerCase()}`)
    .replace(/_(ms|at)$/, '')
    .toLowerCase()
}

function isTexts(value: Json): value is Texts & { readonly [name: string]: Json } {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const texts = value as Readonly<Record<string, Json>>
  return typeof texts['zh-CN'] === 'string' && typeof texts.en === 'string'
}

function same(text: string): Texts {
  return { 'zh-CN': text, en: text }
}
