/** Every rule that a verification checks, in their order, and what it asks. An id never changes its meaning: receipts are kept for years. */
export const presentationRules = {
  form: { en: 'The presentation is well formed and within the size limits', 'zh-CN': '出示内容格式正确且未超出大小限制' },
  verifier: { en: 'The presentation was made for this verifier', 'zh-CN': '本次出示面向该验证方' },
  nonce: { en: "The presentation answers this verifier's challenge", 'zh-CN': '本次出示回应了该验证方的挑战值' },
  transaction: { en: 'The presentation was made for this transaction', 'zh-CN': '本次出示针对该笔业务' },
  date: { en: "The presentation was made for the verifier's day", 'zh-CN': '本次出示针对验证方的当日' },
  count: { en: 'As many credentials are shown as were asked for', 'zh-CN': '所出示的凭证数量与要求一致' },
  type: { en: 'The credential is of the type that was asked for', 'zh-CN': '凭证类型与要求一致' },
  scope: { en: 'The pseudonym is for this verifier, purpose and event', 'zh-CN': '代号对应该验证方、用途和场次' },
  statement: { en: 'The presentation answers the statement that was asked for', 'zh-CN': '本次出示回应了所要求的陈述' },
  disclosed: {
    en: 'What is disclosed is just what was asked for, and satisfies it',
    'zh-CN': '披露的内容正是所要求的内容，且符合要求',
  },
  roots: {
    en: 'The roots stood on the ledger together and belong to accredited issuers of the type',
    'zh-CN': '所列树根曾同时记录在账本上，且属于获准签发该类凭证的机构',
  },
  'root-age': {
    en: 'The roots are fresh enough for the verifier: the credential was not revoked before then',
    'zh-CN': '树根的新鲜度符合验证方要求：此前凭证未被撤销',
  },
  'one-time-key': {
    en: "The one-time key to which the proof is bound signed this verifier's challenge",
    'zh-CN': '证明所绑定的一次性密钥签署了该验证方的挑战值',
  },
  prepare: {
    en: 'Proof: a credential behind the commitment stands in one of the trees',
    'zh-CN': '证明有效：承诺所对应的凭证存在于所列树之一',
  },
  show: {
    en: 'Proof: the credential behind the commitment has not expired and satisfies the statement, its holder knows its secret, and the pseudonym is theirs',
    'zh-CN': '证明有效：承诺所对应的凭证未过期且符合陈述，出示者掌握其密钥，代号属于出示者',
  },
  pair: {
    en: 'Proof: both credentials have one holder, and the values that were asked to be equal are',
    'zh-CN': '证明有效：两份凭证属于同一持有者，且要求相同的内容一致',
  },
  once: {
    en: 'Challenge, commitment and one-time right were not used before',
    'zh-CN': '挑战值、承诺和一次性权利此前均未使用',
  },
} as const

export type PresentationRule = keyof typeof presentationRules
