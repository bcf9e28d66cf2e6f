import type { PagesSettings } from '@hufu/look'
import { problemTexts } from '../api/problem-texts.ts'

/** What these pages are called, and what they say. */
export const pagesSettings: PagesSettings = {
  name: { 'zh-CN': '虎符工作台', en: 'Hufu staff pages' },
  languageStorageName: 'hufu-staff-language',
  problems: problemTexts,
  roles: {
    clerk: { 'zh-CN': '柜员', en: 'Clerk' },
    officer: { 'zh-CN': '主管', en: 'Officer' },
    administrator: { 'zh-CN': '管理员', en: 'Administrator' },
    auditor: { 'zh-CN': '审计员', en: 'Auditor' },
  },
}
