/** Every rule a verification can check, and what it asks. An id never changes its meaning: receipts are kept for years. */
export const rules = {
  form: { en: 'The credential is well formed and within the size limits', 'zh-CN': '凭证格式正确且未超出大小限制' },
  type: { en: 'The credential is of a type the verifier accepts', 'zh-CN': '凭证类型为验证方所接受' },
  issuer: {
    en: 'Issuer, signing key and the identifier that listed the key are the same',
    'zh-CN': '签发者、签名密钥与登记该密钥的标识一致',
  },
  'issuer-key': {
    en: 'The issuer had listed the key for issuing when the credential was issued',
    'zh-CN': '签发时，签发者已将该密钥登记为签发用途',
  },
  'issuer-key-now': { en: 'The issuer still lists the key for issuing', 'zh-CN': '签发者目前仍将该密钥登记为签发用途' },
  'issuer-signature': { en: "The issuer's signature is valid", 'zh-CN': '签发者的签名有效' },
  'issuer-trusted-then': {
    en: 'The issuer was accredited for this type when the credential was issued',
    'zh-CN': '签发时，签发者已获准签发此类凭证',
  },
  'issuer-trusted-now': {
    en: 'The issuer is accredited for this type and not suspended now',
    'zh-CN': '签发者目前仍获准签发此类凭证且未被暂停',
  },
  validity: { en: 'The credential is within its period of validity', 'zh-CN': '凭证在有效期内' },
  disclosures: {
    en: 'Every disclosed claim belongs to the signed credential, once',
    'zh-CN': '每项披露的内容均属于已签名的凭证，且仅出现一次',
  },
  schema: { en: 'The claims follow the schema of the credential type', 'zh-CN': '声明内容符合该类型凭证的规范' },
  'status-list': { en: "The status list is the issuer's and its signature is valid", 'zh-CN': '状态列表由签发者发布且签名有效' },
  'status-age': { en: 'The status list is fresh enough for the verifier', 'zh-CN': '状态列表的新鲜度符合验证方要求' },
  'status-anchor': { en: 'The status list is the one anchored on the ledger', 'zh-CN': '状态列表与账本上锚定的一致' },
  status: { en: 'The credential is neither revoked nor suspended', 'zh-CN': '凭证未被撤销或暂停' },
  holder: { en: "The holder's key, named by the issuer, signed this presentation", 'zh-CN': '持有者的密钥（由签发者绑定）签署了本次出示' },
  audience: { en: 'The presentation was made for this verifier', 'zh-CN': '本次出示面向该验证方' },
  nonce: { en: "The presentation answers this verifier's challenge", 'zh-CN': '本次出示回应了该验证方的挑战值' },
  'presentation-age': { en: 'The presentation was made just now', 'zh-CN': '本次出示为刚刚生成' },
  'presentation-content': { en: 'The holder signed exactly what is presented', 'zh-CN': '持有者所签内容与所出示内容完全一致' },
  'proof-purpose': { en: 'The signature was made for this purpose', 'zh-CN': '签名用途与此处用途相符' },
  'presenter-key': { en: 'The presenter lists the key for authentication', 'zh-CN': '出示者已将该密钥登记为身份验证用途' },
  'presenter-signature': { en: "The presenter's signature is valid", 'zh-CN': '出示者的签名有效' },
  'presenter-subject': { en: 'The presenter is the one the credential is about', 'zh-CN': '出示者即为凭证所述主体' },
} as const

export type RuleId = keyof typeof rules
