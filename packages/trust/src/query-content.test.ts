import { expect, test } from 'vitest'
import { parseQueryContent } from './query-content.ts'

const texts = { 'zh-CN': '开户', en: 'Opening an account' }
const content = { dcql: { credentials: [] }, purpose: texts, legalBasis: texts, retentionDays: 30 }

test('accepts what a query must say', () => {
  expect(parseQueryContent(content)).toEqual(content)
})

test.each<[string, unknown]>([
  ['null', null],
  ['a missing member', { ...content, retentionDays: undefined }],
  ['a further member', { ...content, contact: 'x' }],
  ['a purpose in one language', { ...content, purpose: { en: 'x' } }],
  ['an empty text', { ...content, legalBasis: { ...texts, en: '' } }],
  ['a text of 501 characters', { ...content, legalBasis: { ...texts, en: 'x'.repeat(501) } }],
  ['a query that is no object', { ...content, dcql: [] }],
  ['keeping for less than no time', { ...content, retentionDays: -1 }],
  ['keeping for half a day', { ...content, retentionDays: 0.5 }],
  ['a lone surrogate', { ...content, purpose: { ...texts, en: '\ud800' } }],
  ['more than 4,096 bytes', { ...content, dcql: { a: 'x'.repeat(4096) } }],
])('refuses %s', (_, json) => {
  expect(() => parseQueryContent(json)).toThrow(expect.objectContaining({ code: 'ERR_TRUST_SCHEMA' }))
})
