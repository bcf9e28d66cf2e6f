import type { Texts } from '@hufu/trust'

export type WalletErrorCode =
  | 'ERR_WALLET_STATE'
  | 'ERR_WALLET_LOCKED'
  | 'ERR_WALLET_PIN_FORM'
  | 'ERR_WALLET_PIN'
  | 'ERR_WALLET_PIN_WAIT'
  | 'ERR_WALLET_PASSKEY'
  | 'ERR_WALLET_PASSKEY_UNSUPPORTED'
  | 'ERR_WALLET_STORE'
  | 'ERR_WALLET_NETWORK_FILE'
  | 'ERR_WALLET_OFFLINE'
  | 'ERR_WALLET_LINK'
  | 'ERR_WALLET_OFFER'
  | 'ERR_WALLET_ISSUER_UNTRUSTED'
  | 'ERR_WALLET_TX_CODE'
  | 'ERR_WALLET_OFFER_EXPIRED'
  | 'ERR_WALLET_CREDENTIAL'
  | 'ERR_WALLET_REQUEST'
  | 'ERR_WALLET_REQUEST_EXPIRED'
  | 'ERR_WALLET_VERIFIER_UNKNOWN'
  | 'ERR_WALLET_VERIFIER_SUSPENDED'
  | 'ERR_WALLET_QUERY_UNREGISTERED'
  | 'ERR_WALLET_QUERY_EXCESSIVE'
  | 'ERR_WALLET_NO_MATCH'
  | 'ERR_WALLET_CREDENTIAL_SUSPENDED'
  | 'ERR_WALLET_CREDENTIAL_REVOKED'
  | 'ERR_WALLET_CREDENTIAL_EXPIRED'
  | 'ERR_WALLET_COPIES_USED'
  | 'ERR_WALLET_NOT_SATISFIED'
  | 'ERR_WALLET_NOT_IN_TREE_YET'
  | 'ERR_WALLET_PROVER'
  | 'ERR_WALLET_ANSWER_REFUSED'
  | 'ERR_WALLET_CANCELLED'
  | 'ERR_WALLET_BACKUP_FORM'
  | 'ERR_WALLET_BACKUP_VERSION'
  | 'ERR_WALLET_BACKUP_PASSPHRASE'
  | 'ERR_WALLET_BACKUP_NETWORK'
  | 'ERR_WALLET_PASSPHRASE_WEAK'

/** What each error says to a person, and what to do about it. */
export const walletTexts: Readonly<Record<WalletErrorCode, { readonly reason: Texts; readonly fix: Texts }>> = {
  ERR_WALLET_STATE: said(
    ['钱包现在不能执行此操作。', '请返回首页后重试。'],
    ['The wallet cannot do this now.', 'Go back to the start and try again.'],
  ),
  ERR_WALLET_LOCKED: said(['钱包已锁定。', '请先解锁钱包。'], ['The wallet is locked.', 'Unlock it first.']),
  ERR_WALLET_PIN_FORM: said(
    ['密码不符合要求。', '请使用 6 至 12 位数字，且不要全部相同或连续。'],
    ['This PIN cannot be used.', 'Choose 6 to 12 digits that are not all the same and not in a row.'],
  ),
  ERR_WALLET_PIN: said(
    ['密码错误。', '请重新输入；多次错误后需等待。'],
    ['The PIN is wrong.', 'Try again. After several wrong ones you have to wait.'],
  ),
  ERR_WALLET_PIN_WAIT: said(
    ['错误次数过多，暂时不能再试。', '请等待提示的时间后再试。'],
    ['Too many wrong PINs for now.', 'Wait as long as shown, then try again.'],
  ),
  ERR_WALLET_PASSKEY: said(
    ['未能使用通行密钥。', '请重试，并在设备上确认指纹、面容或屏幕锁。'],
    ['The passkey was not used.', 'Try again and confirm with fingerprint, face or screen lock.'],
  ),
  ERR_WALLET_PASSKEY_UNSUPPORTED: said(
    ['此设备或浏览器的通行密钥不能用来保护钱包。', '请改用密码。'],
    ['Passkeys of this device or browser cannot protect the wallet.', 'Use a PIN instead.'],
  ),
  ERR_WALLET_STORE: said(
    ['浏览器的存储无法读写，或内容已损坏。', '请检查存储空间与隐私模式；如仍不行，请用备份恢复。'],
    ['The browser’s storage cannot be used, or what it holds is damaged.', 'Check free space and private mode, or restore from a backup.'],
  ),
  ERR_WALLET_NETWORK_FILE: said(
    ['钱包的网络文件缺失或有误。', '请从正式地址重新打开钱包。'],
    ['The wallet’s network file is missing or wrong.', 'Open the wallet again from its official address.'],
  ),
  ERR_WALLET_OFFLINE: said(
    ['现在无法连接网络或对方。', '请检查网络后重试；已持有的凭证仍可查看。'],
    ['The network or the other side cannot be reached.', 'Check your connection and try again. You can still look at what you hold.'],
  ),
  ERR_WALLET_LINK: said(
    ['这不是钱包能识别的二维码或链接。', '请重新扫描机构出示的二维码。'],
    ['This code or link is not one for the wallet.', 'Scan the institution’s code again.'],
  ),
  ERR_WALLET_OFFER: said(
    ['领取凭证的邀请有误。', '请向签发机构索取新的二维码。'],
    ['The offer of a credential is not in order.', 'Ask the issuing institution for a new code.'],
  ),
  ERR_WALLET_ISSUER_UNTRUSTED: said(
    ['该机构目前无权签发此类凭证。', '请勿领取；如有疑问，请联系当地主管部门。'],
    ['This institution may not issue this kind of credential now.', 'Do not accept it. If in doubt, ask your city’s bureau.'],
  ),
  ERR_WALLET_TX_CODE: said(
    ['领取码错误，或该邀请已失效。', '请核对工作人员给您的领取码后重新输入。'],
    ['The collection code is wrong, or the offer is over.', 'Check the code that the clerk gave you, and enter it again.'],
  ),
  ERR_WALLET_OFFER_EXPIRED: said(
    ['该邀请已过期或已被领取。', '请向签发机构索取新的二维码。'],
    ['This offer has expired or was collected before.', 'Ask the issuing institution for a new code.'],
  ),
  ERR_WALLET_CREDENTIAL: said(
    ['收到的凭证有误，未予保存。', '请联系签发机构。'],
    ['What was received is not a proper credential, and was not kept.', 'Tell the issuing institution.'],
  ),
  ERR_WALLET_REQUEST: said(
    ['对方的请求有误或签名不符，已拒绝。', '请勿继续；请在该机构的正式页面重新开始。'],
    [
      'The request is not in order or not properly signed, and was refused.',
      'Do not go on. Start again on the institution’s official page.',
    ],
  ),
  ERR_WALLET_REQUEST_EXPIRED: said(
    ['该请求已过期。', '请在机构页面上重新开始。'],
    ['The request has expired.', 'Start again on the institution’s page.'],
  ),
  ERR_WALLET_VERIFIER_UNKNOWN: said(
    ['无法证实对方是已登记的机构，已拒绝。', '请勿提供信息；请向该机构核实。'],
    ['Who asks is not a registered institution, so the wallet refused.', 'Give it nothing, and ask the institution itself.'],
  ),
  ERR_WALLET_VERIFIER_SUSPENDED: said(
    ['该机构的查询资格已被暂停、撤销或到期，已拒绝。', '请勿提供信息；请联系该机构。'],
    [
      'The right of this institution to ask is suspended, revoked or over, so the wallet refused.',
      'Give it nothing, and contact the institution.',
    ],
  ),
  ERR_WALLET_QUERY_UNREGISTERED: said(
    ['对方没有登记这项查询，已拒绝。', '请勿提供信息；请告知该机构。'],
    ['This question was never registered, so the wallet refused.', 'Give it nothing, and tell the institution.'],
  ),
  ERR_WALLET_QUERY_EXCESSIVE: said(
    ['对方索取的内容与其登记的不一致，已拒绝。', '请勿提供信息；请告知该机构或主管部门。'],
    [
      'What is asked differs from what was registered, so the wallet refused.',
      'Give it nothing, and tell the institution or your city’s bureau.',
    ],
  ),
  ERR_WALLET_NO_MATCH: said(
    ['您没有此次所需的凭证。', '请先向签发机构领取相应的凭证。'],
    ['You hold no credential that answers this.', 'Collect the credential from its issuer first.'],
  ),
  ERR_WALLET_CREDENTIAL_SUSPENDED: said(
    ['您的凭证已被暂停，不能出示。', '请联系签发机构了解原因。'],
    ['Your credential is suspended and cannot be shown.', 'Ask the institution that issued it for the reason.'],
  ),
  ERR_WALLET_CREDENTIAL_REVOKED: said(
    ['您的凭证已被撤销或暂停，不能出示。', '请联系签发机构了解原因，或申请新的凭证。'],
    [
      'Your credential is revoked or suspended and cannot be shown.',
      'Ask the institution that issued it for the reason, or for a new one.',
    ],
  ),
  ERR_WALLET_CREDENTIAL_EXPIRED: said(
    ['您的凭证已到期，不能出示。', '请向签发机构领取新的凭证。'],
    ['Your credential has expired and cannot be shown.', 'Collect a new one from its issuer.'],
  ),
  ERR_WALLET_COPIES_USED: said(
    ['此凭证的一次性副本已用完。', '请向签发机构领取新的副本。'],
    ['All one-time copies of this credential are used up.', 'Collect new copies from its issuer.'],
  ),
  ERR_WALLET_NOT_SATISFIED: said(
    ['您的凭证不符合对方所要求的条件。', '无需出示；可向对方了解其他办法。'],
    ['Your credential does not meet what is asked.', 'There is nothing to show. Ask the institution for another way.'],
  ),
  ERR_WALLET_NOT_IN_TREE_YET: said(
    ['凭证刚刚签发，还不能用于零知识证明。', '请约一分钟后再试。'],
    ['The credential is too new for proofs that reveal nothing.', 'Try again in about a minute.'],
  ),
  ERR_WALLET_PROVER: said(
    ['未能生成证明。', '请重新打开钱包后再试；建议使用新版浏览器。'],
    ['The proof could not be made.', 'Open the wallet again and retry, with a current browser.'],
  ),
  ERR_WALLET_ANSWER_REFUSED: said(
    ['对方没有接受此次出示。', '请在机构页面上重新开始；如再次失败，请联系该机构。'],
    ['The institution did not accept the answer.', 'Start again on its page. If it fails again, contact the institution.'],
  ),
  ERR_WALLET_CANCELLED: said(['操作已取消。', '可随时重新开始。'], ['This was cancelled.', 'Start again whenever you like.']),
  ERR_WALLET_BACKUP_FORM: said(
    ['这不是钱包的备份文件，或文件已损坏。', '请选择钱包导出的完整备份文件。'],
    ['This is no backup of a wallet, or it is damaged.', 'Choose the whole file that the wallet saved.'],
  ),
  ERR_WALLET_BACKUP_VERSION: said(
    ['此备份的版本与本钱包不符。', '请使用制作该备份的钱包版本，或更新钱包。'],
    ['This backup is of a version that the wallet does not read.', 'Update the wallet, or use the one that made the backup.'],
  ),
  ERR_WALLET_BACKUP_PASSPHRASE: said(
    ['备份口令错误，或文件被改动。', '请重新输入口令；如仍不行，请使用另一份备份。'],
    ['The passphrase is wrong, or the file was changed.', 'Enter the passphrase again, or use another backup.'],
  ),
  ERR_WALLET_BACKUP_NETWORK: said(
    ['此备份属于另一个网络。', '请在该网络的钱包中恢复。'],
    ['This backup is of another network.', 'Restore it in the wallet of that network.'],
  ),
  ERR_WALLET_PASSPHRASE_WEAK: said(
    ['备份口令太短。', '请使用至少 12 个字符，例如几个不相关的词。'],
    ['The passphrase is too short.', 'Use at least 12 characters, such as several unrelated words.'],
  ),
}

function said(chinese: readonly [string, string], english: readonly [string, string]): { readonly reason: Texts; readonly fix: Texts } {
  return { reason: { 'zh-CN': chinese[0], en: english[0] }, fix: { 'zh-CN': chinese[1], en: english[1] } }
}
