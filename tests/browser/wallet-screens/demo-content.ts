import type { Texts } from '@hufu/trust'
import type {
  AnswerOption,
  Check,
  HeldCredential,
  HistoryEntry,
  Offer,
  Party,
  PresentationRequest,
  ShownClaim,
} from '../../../apps/wallet/src/core/wallet.ts'

/** 27 November 2026, in the morning in China. */
export const nowMs = Date.UTC(2026, 10, 27, 2, 30)
const dayMs = 86_400_000

export function said(chinese: string, english: string): Texts {
  return { 'zh-CN': chinese, en: english }
}

function party(name: Texts, address: string, origin?: string): Party {
  return { did: `did:neo:pilot:${address}`, name, nameVerified: true, ...(origin === undefined ? {} : { origin }) }
}

const bureau = party(said('澜屿市信息技术局', 'Lanyu Municipal Information Technology Bureau'), 'NTrezR3C4X8aMLVg7vozt5wguyNfFhwuFx')
const qitongBureau = party(said('栖桐市信息技术局', 'Qitong Municipal Information Technology Bureau'), 'NUVPACMnKFhpuHjsRjhUvXz1XhqfGZYVtY')
const university = party(said('砚溪大学', 'Yanxi University'), 'NbTiM6h8r99kpRtb428XcsUk1TzKed2gTc')
const bank = party(said('澜屿潮汐银行', 'Lanyu Tidal Bank'), 'NgPkjjLTNcQad99iRYeXRUuowE4gxLAnDL', 'https://bank.lanyu.example')
const hospital = party(
  said('云汀市白鹭医院', 'Yunting Bailu Hospital'),
  'NZHf1NJvz1tvELGLWZjhpb3NqZJFFUYpxT',
  'https://hospital.yunting.example',
)
const housing = party(
  said('霁岭市住房保障中心', 'Jiling Housing Service Centre'),
  'NNLi44dJNXtDNSBkofB48aTVYtb1zZrNEs',
  'https://housing.jiling.example',
)

function claim(path: string, title: Texts, text: Texts | string, value: ShownClaim['value'] = ''): ShownClaim {
  return { path: path.split('.'), title, value, text: typeof text === 'string' ? said(text, text) : text }
}

const name = claim('name', said('姓名', 'Name'), '沈若溪')
const city = claim('city_code', said('居住城市', 'City of residence'), said('澜屿市', 'Lanyu'), '990100')
const residentClaims: readonly ShownClaim[] = [
  claim('resident_number', said('公民身份号码', 'Resident number'), '990102199203074126'),
  name,
  claim('name_latin', said('拼音姓名', 'Name in Latin letters'), 'SHEN RUOXI'),
  claim('sex', said('性别', 'Sex'), said('女', 'Female'), '2'),
  claim('birth_date', said('出生日期', 'Date of birth'), '1992-03-07'),
  city,
  claim('division_code', said('居住区县', 'District of residence'), said('汐湾区', 'Xiwan District'), '990102'),
  claim('address', said('住址', 'Address'), '汐湾区听潮路 118 号 6 栋 302 室'),
  claim('resident_since', said('居住起始日期', 'Resident since'), '2016-09-01'),
  claim('age_equal_or_over.18', said('年满 18 周岁', '18 or older'), said('是', 'Yes'), true),
]

const residentTitle = said('居住凭证', 'Residence credential')
const concessionTitle = said('公共交通优惠凭证', 'Public transport concession')
const studentTitle = said('学生凭证', 'Student credential')

export const demoCredentials: readonly HeldCredential[] = [
  {
    id: 'resident',
    issuer: bureau,
    typeId: 'urn:hufu:resident',
    title: residentTitle,
    description: said(
      '由城市信息技术局签发，证明持有人登记居住于本市。',
      'Issued by a city’s bureau: the holder is registered as living in the city.',
    ),
    claims: residentClaims,
    issuedAtMs: nowMs - 12 * dayMs,
    expiresAtMs: Date.UTC(2031, 10, 15),
    status: 'valid',
    statusCheckedAtMs: nowMs - 3_600_000,
    copiesLeft: 13,
    copiesIssued: 16,
    zk: { state: 'ready', preparedProofs: 3 },
  },
  {
    id: 'concession',
    issuer: qitongBureau,
    typeId: 'urn:hufu:transport-concession',
    title: concessionTitle,
    claims: [
      claim('concession', said('优惠类别', 'Reason of the concession'), said('学生', 'Student'), 'student'),
      claim('fare_percent', said('票价比例（%）', 'Fare in per cent'), '50', 50),
      claim('city_code', said('适用城市', 'City where it holds'), said('栖桐市', 'Qitong'), '990300'),
    ],
    issuedAtMs: nowMs - 2 * dayMs,
    expiresAtMs: Date.UTC(2027, 7, 31),
    status: 'valid',
    statusCheckedAtMs: nowMs - 3_600_000,
    copiesLeft: 16,
    copiesIssued: 16,
    zk: { state: 'waiting', preparedProofs: 0 },
  },
  {
    id: 'student',
    issuer: university,
    typeId: 'urn:hufu:student',
    title: studentTitle,
    claims: [name, claim('city_code', said('城市', 'City'), said('砚溪市', 'Yanxi'), '990400')],
    issuedAtMs: nowMs - 400 * dayMs,
    expiresAtMs: Date.UTC(2027, 5, 30),
    status: 'suspended',
    statusCheckedAtMs: nowMs - 3_600_000,
    copiesLeft: 2,
    copiesIssued: 8,
    zk: { state: 'none', preparedProofs: 0 },
  },
]

const blockIndex = 48_213
const checks: readonly Check[] = [
  { id: 'identifier', text: said('机构标识登记在账本上，未被停用', 'Its identifier stands on the ledger and is in force'), blockIndex },
  { id: 'signature', text: said('请求由该标识的密钥签名', 'Signed with a key of that identifier'), blockIndex },
  { id: 'institution', text: said('机构在信任名录中，未被暂停', 'It stands in the trust registry, not suspended'), blockIndex },
  { id: 'right', text: said('有权进行此项操作', 'It has the right to do this'), blockIndex },
  { id: 'network', text: said('以上均由 7 个验证节点中至少 5 个签名证实', 'All of it signed by at least 5 of 7 validators'), blockIndex },
]

export const demoOffer: Offer = {
  kind: 'offer',
  id: 'offer',
  issuer: bureau,
  trusted: true,
  checks,
  warnings: [],
  credentials: [
    {
      typeId: 'urn:hufu:resident',
      title: residentTitle,
      description: said(
        '由城市信息技术局签发，证明持有人登记居住于本市。',
        'Issued by a city’s bureau: the holder is registered as living in the city.',
      ),
      fields: [...residentClaims.slice(0, 9).map(({ title }) => title), said('年满', 'Age equal or over')],
      formats: ['dc+sd-jwt', 'hufu_zk'],
      copies: 16,
      replaces: false,
    },
  ],
  txCode: { length: 6, numeric: true },
}

const holds = said('您持有有效且未被撤销的居住凭证', 'You hold a valid residence credential that is not revoked')

function zkOption(id: string, pseudonym: Texts, proves: readonly Texts[], shows: readonly ShownClaim[] = []): AnswerOption {
  const hides = [
    said('姓名、公民身份号码、住址、出生日期', 'Name, resident number, address, date of birth'),
    said('由哪一家机构签发、是哪一份凭证、何时到期', 'Which institution issued the credential, which one it is, and when it expires'),
  ]
  const inWords = (language: 'zh-CN' | 'en') => ({
    proves: proves.map(text => text[language]),
    shows: [],
    pseudonym: pseudonym[language],
    hides: hides.map(text => text[language]),
    freshness: said(
      '被撤销的凭证最迟在 20 秒另加一个公布周期后不再被接受',
      'A revoked credential is refused after 20 seconds and one epoch at the latest',
    )[language],
  })
  const statement = { 'zh-CN': inWords('zh-CN'), en: inWords('en') }
  return {
    id,
    credentials: [
      {
        credentialId: 'resident',
        typeId: 'urn:hufu:resident',
        title: residentTitle,
        issuer: bureau,
        format: 'hufu_zk',
        shows,
        statement,
        prepared: true,
      },
    ],
  }
}

const codeName = said(
  '对方可认出您是同一人；其他机构看到的代号与此无关',
  'It recognises you as the same person; other institutions see an unrelated name',
)
const contract = said(
  '《个人信息保护法》第十三条第一款第二项（为订立、履行个人作为一方当事人的合同所必需）',
  'Personal Information Protection Law, Article 13(1)(2): needed for a contract with the person',
)
const consent = said(
  '《个人信息保护法》第十三条第一款第一项（取得个人的同意）',
  'Personal Information Protection Law, Article 13(1)(1): consent of the person',
)

function request(
  id: string,
  verifier: Party,
  rest: Partial<PresentationRequest> & Pick<PresentationRequest, 'query' | 'options'>,
): PresentationRequest {
  return { kind: 'request', id, verifier, checks, warnings: [], transaction: [], returns: 'cross-device', ...rest }
}

const housingQuery = {
  id: 'housing-application',
  version: 1,
  purpose: said(
    '申请公共租赁住房：核对申请人及其在本市的居住时间',
    'Apply for public housing: the applicant and how long they have lived in the city',
  ),
  legalBasis: consent,
  retentionDays: 1096,
}
const housingShows = [name, city, residentClaims[6]!, residentClaims[8]!]
const housingOptions: readonly AnswerOption[] = [
  {
    id: 'resident',
    credentials: [
      {
        credentialId: 'resident',
        typeId: 'urn:hufu:resident',
        title: residentTitle,
        issuer: bureau,
        format: 'dc+sd-jwt',
        shows: housingShows,
        prepared: false,
      },
    ],
  },
  zkOption('resident-zk', codeName, [holds, said('居住起始日期：不晚于 2021-11-27', 'Resident since: 2021-11-27 or earlier')], [name]),
]

const signInQuery = {
  id: 'open-account-sign-in',
  version: 1,
  purpose: said(
    '开立账户：证明您年满十八周岁并居住于六城之一',
    'Open an account: that you are 18 or older and live in one of the six cities',
  ),
  legalBasis: contract,
  retentionDays: 0,
}
const signInOptions = [
  zkOption('resident-zk', codeName, [
    holds,
    said('出生日期：截至 2026-11-27 已满 18 周岁', 'Date of birth: 18 years or older on 2026-11-27'),
    said('居住城市：为以下之一：澜屿市、云汀市、栖桐市', 'City of residence: one of Lanyu, Yunting, Qitong'),
  ]),
]

export const demoRequests: Readonly<Record<string, PresentationRequest>> = {
  'sign-in': request('sign-in', bank, { query: signInQuery, options: signInOptions }),
  stuck: request('stuck', bank, { query: signInQuery, options: signInOptions }),
  failing: request('failing', bank, { query: signInQuery, options: signInOptions }),
  share: request('share', housing, {
    query: housingQuery,
    options: housingOptions,
    warnings: [
      { id: 'kept-long', text: said('对方将保存三年以上。', 'It is kept there for more than three years.') },
      { id: 'identifies-you', text: said('对方将知道您是谁。', 'The institution learns who you are.') },
    ],
  }),
  'hand-over': request('hand-over', hospital, {
    query: {
      id: 'hand-over-consent',
      version: 1,
      purpose: said(
        '同意本机构把所列记录移交给所列机构，至所列时间为止',
        'Consent that this institution hands the named record over to the named institution, until the named time',
      ),
      legalBasis: consent,
      retentionDays: 1096,
    },
    options: [zkOption('resident-zk', codeName, [holds])],
    transaction: [
      { title: said('记录', 'Record'), text: said('出院小结（2026 年 11 月）', 'Discharge summary (November 2026)') },
      { title: said('交给谁', 'Handed to'), text: said('澜屿潮汐银行', 'Lanyu Tidal Bank') },
      { title: said('同意至', 'Until'), text: said('2026 年 12 月 27 日 18:00', '27 December 2026, 18:00') },
    ],
  }),
}

function entry(id: string, agoMs: number, action: HistoryEntry['action'], rest: Partial<HistoryEntry>): HistoryEntry {
  return { id, timeMs: nowMs - agoMs, action, credentials: [residentTitle], shown: [], proven: [], transaction: [], ...rest }
}

export const demoHistory: readonly HistoryEntry[] = [
  entry('sign-in', 1_800_000, 'presented', {
    party: bank,
    ...termsOf(signInQuery),
    proven: [holds, said('出生日期：截至 2026-11-27 已满 18 周岁', 'Date of birth: 18 years or older on 2026-11-27')],
  }),
  entry('refused', 5_400_000, 'refused', {
    party: { ...hospital, name: said('远河体检中心', 'Yuanhe Check-up Centre'), nameVerified: false },
    credentials: [],
    code: 'ERR_WALLET_QUERY_UNREGISTERED',
    reason: said('对方没有登记这项查询，已拒绝。', 'This question was never registered, so the wallet refused.'),
  }),
  entry('concession', 2 * dayMs, 'received', { party: qitongBureau, credentials: [concessionTitle] }),
  entry('housing', 2 * dayMs + 4_000_000, 'presented', { party: housing, ...termsOf(housingQuery), shown: housingShows }),
  entry('suspended', 5 * dayMs, 'status-changed', { party: university, credentials: [studentTitle] }),
  entry('resident', 12 * dayMs, 'received', { party: bureau }),
]

function termsOf(query: PresentationRequest['query']): Partial<HistoryEntry> {
  return { purpose: query.purpose, legalBasis: query.legalBasis, retentionDays: query.retentionDays, queryId: query.id }
}
