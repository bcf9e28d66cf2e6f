export type Language = 'zh-CN' | 'en'

const shared = {
  'zh-CN': {
    otherLanguage: 'English',
    basic: '用钱包登录',
    basicHelp: '我们只得到一个专供本机构使用的代号，不知道您是谁。',
    identifiedHelp: '您的钱包会先列出我们要看的内容，由您决定是否出示。',
    signOut: '退出登录',
    welcome: '您已登录',
    signedInAs: '您的登录',
    codeName: '代号',
    level: '登录级别',
    shown: '您出示的内容',
    nothingShown: '您没有出示任何个人信息。',
    levels: { basic: '匿名代号', identified: '已核验身份' },
    trouble: '登录没有完成',
    troubleHelp: '您可以重新开始。',
    refused: '您取消了登录。',
    home: '返回首页',
    claims: { name: '姓名', gender: '性别', birthdate: '出生日期', city_code: '居住城市代码' } as Readonly<Record<string, string>>,
    genders: { male: '男', female: '女', '1': '男', '2': '女' } as Readonly<Record<string, string>>,
  },
  en: {
    otherLanguage: '中文',
    basic: 'Sign in with your wallet',
    basicHelp: 'We get a code name that is for us alone, and do not learn who you are.',
    identifiedHelp: 'Your wallet first lists what we ask to see, and you decide.',
    signOut: 'Sign out',
    welcome: 'You are signed in',
    signedInAs: 'Your sign-in',
    codeName: 'Code name',
    level: 'Level',
    shown: 'What you showed',
    nothingShown: 'You have shown nothing about yourself.',
    levels: { basic: 'code name', identified: 'verified person' },
    trouble: 'The sign-in was not completed',
    troubleHelp: 'You can start again.',
    refused: 'You cancelled the sign-in.',
    home: 'Back to the start',
    claims: { name: 'Name', gender: 'Sex', birthdate: 'Date of birth', city_code: 'City code' } as Readonly<Record<string, string>>,
    genders: { male: 'male', female: 'female', '1': 'male', '2': 'female' } as Readonly<Record<string, string>>,
  },
} as const

const ofKind = {
  bank: {
    'zh-CN': {
      headline: '在线开户，几分钟完成',
      lead: '不用上传身份证照片，也不用排队：用您的钱包证明您已满十八周岁、住在试点城市。',
      act: '开立账户',
      done: '您的账户已开立',
      doneHelp: (name: string) => `${name}，欢迎。您的借记卡会寄到柜台登记的地址。`,
      stepUp: '要开立账户，我们需要知道您的姓名。',
    },
    en: {
      headline: 'Open an account in minutes',
      lead: 'No photo of your identity card, no queue: your wallet proves that you are over 18 and live in a pilot city.',
      act: 'Open an account',
      done: 'Your account is open',
      doneHelp: (name: string) => `Welcome, ${name}. Your card goes to the address that the counter has.`,
      stepUp: 'To open an account we need to know your name.',
    },
  },
  hospital: {
    'zh-CN': {
      headline: '预约挂号，先建好档案',
      lead: '用您的钱包出示姓名、性别、出生日期和居住城市，免去在窗口填表。',
      act: '登记建档',
      done: '您已登记',
      doneHelp: (name: string) => `${name}，您好。到院时在自助机上扫码即可就诊。`,
      stepUp: '要建立病历档案，我们需要您的姓名、性别、出生日期和居住城市。',
    },
    en: {
      headline: 'Register before you come',
      lead: 'Show your name, sex, date of birth and city with your wallet, and skip the form at the counter.',
      act: 'Register',
      done: 'You are registered',
      doneHelp: (name: string) => `Hello ${name}. When you come, scan the code at the kiosk.`,
      stepUp: 'To open a record we need your name, sex, date of birth and city.',
    },
  },
} as const

export type Kind = keyof typeof ofKind

/** The texts of a shop of a kind, in a language. */
export function textsOf(kind: Kind, language: Language) {
  return { ...shared[language], ...ofKind[kind][language] }
}

/** @param wished - `lang` of the address or cookie; @param accept - header `accept-language` */
export function chooseLanguage(wished: string | undefined, accept: string | undefined): Language {
  if (wished === 'en' || wished === 'zh-CN') return wished
  return /^\s*en\b/i.test(accept ?? '') ? 'en' : 'zh-CN'
}
