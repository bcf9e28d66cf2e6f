import { organisationCheckCharacter, registryCheckCharacter } from '@hufu/primitives'
import { cities, type Name, province } from './cities.ts'

/** What an institution is for; `authority` accredits the others of its city. */
export type InstitutionKind = 'authority' | 'coordinator' | 'bank' | 'hospital' | 'transport' | 'university' | 'pharmacy' | 'housing'

export interface Institution {
  /** Name of identities and files. */
  readonly slug: string
  readonly kind: InstitutionKind
  readonly name: Name
  /** Unified social credit code, GB 32100. */
  readonly organisationCode: string
  /** Of the city whose bureau accredits it, or of the province. */
  readonly divisionCode: string
  /** Credential types that it may issue. */
  readonly issues: readonly string[]
  /** Registered queries that it may ask. */
  readonly asks: readonly string[]
}

/** First two characters of GB 32100: who registers, and what kind of organisation. */
const categories: Readonly<Record<InstitutionKind, string>> = {
  authority: '11',
  coordinator: '11',
  bank: '91',
  hospital: '12',
  transport: '91',
  university: '12',
  pharmacy: '91',
  housing: '12',
}

const bureaus = cities.map(({ slug, code, name }, index) =>
  institution({
    slug: `${slug}-bureau`,
    kind: 'authority',
    name: { 'zh-CN': `${name['zh-CN']}信息技术局`, en: `${name.en} Municipal Information Technology Bureau` },
    registry: `HF00010${index + 1}`,
    divisionCode: code,
    issues: ['urn:hufu:resident', 'urn:hufu:transport-concession'],
    asks: ['collect-credential', 'sign-in'],
  }),
)

/** The six bureaus, their coordinator, and institutions of the cities. */
export const institutions: readonly Institution[] = [
  ...bureaus,
  institution({
    slug: 'coordinator',
    kind: 'coordinator',
    name: { 'zh-CN': '六城数字身份协调局', en: 'Six Cities Digital Identity Coordination Bureau' },
    registry: 'HF000107',
    divisionCode: province.code,
    issues: [],
    asks: [],
  }),
  institution({
    slug: 'lanyu-bank',
    kind: 'bank',
    name: { 'zh-CN': '澜屿潮汐银行股份有限公司', en: 'Lanyu Tidal Bank' },
    registry: 'MA00HF21',
    divisionCode: '990100',
    issues: [],
    asks: ['open-account', 'open-account-zk', 'sign-in', 'open-account-sign-in'],
  }),
  institution({
    slug: 'yunting-hospital',
    kind: 'hospital',
    name: { 'zh-CN': '云汀市白鹭医院', en: 'Yunting Bailu Hospital' },
    registry: 'HF000202',
    divisionCode: '990200',
    issues: [],
    asks: ['register-patient', 'sign-in', 'register-sign-in', 'hand-over-consent'],
  }),
  institution({
    slug: 'qitong-transport',
    kind: 'transport',
    name: { 'zh-CN': '栖桐公共交通有限公司', en: 'Qitong Public Transport' },
    registry: 'MA00HF23',
    divisionCode: '990300',
    issues: [],
    asks: ['concession-fare', 'concession-ride-zk', 'sign-in'],
  }),
  institution({
    slug: 'yanxi-university',
    kind: 'university',
    name: { 'zh-CN': '砚溪大学', en: 'Yanxi University' },
    registry: 'HF000304',
    divisionCode: '990400',
    issues: ['urn:hufu:transport-concession'],
    asks: [],
  }),
  institution({
    slug: 'shuoyuan-pharmacy',
    kind: 'pharmacy',
    name: { 'zh-CN': '朔原胡杨大药房有限公司', en: 'Shuoyuan Huyang Pharmacy' },
    registry: 'MA00HF25',
    divisionCode: '990500',
    issues: [],
    asks: ['adult-purchase'],
  }),
  institution({
    slug: 'jiling-housing',
    kind: 'housing',
    name: { 'zh-CN': '霁岭市住房保障中心', en: 'Jiling Housing Service Centre' },
    registry: 'HF000306',
    divisionCode: '990600',
    issues: [],
    asks: ['housing-application'],
  }),
]

function institution({ registry, ...rest }: Omit<Institution, 'organisationCode'> & { registry: string }): Institution {
  const first17 = categories[rest.kind] + rest.divisionCode + registry + registryCheckCharacter(registry)
  return { ...rest, organisationCode: first17 + organisationCheckCharacter(first17) }
}
