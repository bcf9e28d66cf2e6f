import type { Texts } from '@hufu/look'

/** What claims of the network's credential types are called, where no schema is at hand. */
export const claimNames: Readonly<Record<string, Texts>> = {
  resident_number: { 'zh-CN': '公民身份号码', en: 'Resident number' },
  name: { 'zh-CN': '姓名', en: 'Name' },
  name_latin: { 'zh-CN': '拼音姓名', en: 'Name in Latin letters' },
  sex: { 'zh-CN': '性别', en: 'Sex' },
  birth_date: { 'zh-CN': '出生日期', en: 'Date of birth' },
  city_code: { 'zh-CN': '居住城市', en: 'City of residence' },
  division_code: { 'zh-CN': '居住区县', en: 'District of residence' },
  address: { 'zh-CN': '住址', en: 'Address' },
  resident_since: { 'zh-CN': '居住起始日期', en: 'Resident since' },
  age_equal_or_over: { 'zh-CN': '年满', en: 'Age at least' },
  concession: { 'zh-CN': '优惠类别', en: 'Reason of the concession' },
  fare_percent: { 'zh-CN': '票价比例（%）', en: 'Fare in per cent' },
}
