import { type ProblemTexts, said } from '@hufu/look'

/** What the server's problems say to people, by code, beside those of every server. */
export const problemTexts: Readonly<Record<string, ProblemTexts>> = {
  ERR_APPROVAL_SAME_PERSON: said(
    ['发起人不能自己确认。', '请由另一位有此角色的同事确认。'],
    ['Whoever asked cannot confirm.', 'Another colleague with the role has to.'],
  ),
  ERR_APPROVAL_STATE: said(
    ['该事项已处理或已过期。', '如仍需要，请重新发起。'],
    ['This was decided already, or it has expired.', 'If it is still needed, ask for it again.'],
  ),
  ERR_ISSUER_TYPE: said(
    ['本机构当前不能签发此类凭证。', '请选择其他类型，或向主管部门确认授权。'],
    ['This institution may not issue that type now.', 'Choose another type, or ask the authority about the accreditation.'],
  ),
  ERR_ISSUER_CLAIMS: said(
    ['填写的内容有误。', '请改正标出的各项后再提交。'],
    ['What was entered is not in order.', 'Correct what is marked, then submit.'],
  ),
  ERR_ISSUER_UNKNOWN: said(
    ['找不到该记录，或您无权查看。', '请返回列表后重新选择。'],
    ['There is no such record, or it is not yours to see.', 'Go back to the list and choose again.'],
  ),
  ERR_ISSUER_STATE: said(
    ['该记录当前状态不允许此操作，可能已由他人处理。', '请刷新后查看最新状态。'],
    ['Its state does not allow this now; somebody else may have dealt with it.', 'Load the page again to see how it stands.'],
  ),
  ERR_ISSUER_SAME_PERSON: said(
    ['录入人不能审批自己录入的内容。', '请由另一位主管审批。'],
    ['Nobody approves what they entered themselves.', 'Another officer has to.'],
  ),
  ERR_ISSUER_REVOKED: said(
    ['该凭证已永久撤销。', '如需凭证，请重新受理申请。'],
    ['The credential is revoked for good.', 'If one is needed, enter a new application.'],
  ),
  ERR_ISSUER_FILE: said(
    ['文件为空、过大，或不是受理的格式。', '请使用不超过 64 MiB 的 CSV 文件。'],
    ['The file is empty, too large, or of another form.', 'Use a CSV file of at most 64 MiB.'],
  ),
  ERR_ISSUER_REQUEST: said(
    ['请求有误。', '请检查所填内容后重试。'],
    ['The request is not in order.', 'Check what you entered, then retry.'],
  ),
  ERR_VERIFIER_QUERY: said(
    ['本机构当前不能使用这项查询。', '请选择其他查询，或向主管部门确认登记。'],
    ['The institution may not ask this now.', 'Choose another query, or ask the authority about its registration.'],
  ),
  ERR_VERIFIER_UNKNOWN: said(
    ['找不到该记录。', '请返回列表后重新选择。'],
    ['There is no such record.', 'Go back to the list and choose again.'],
  ),
  ERR_VERIFIER_STATE: said(['该核验已经处理。', '请开始新的核验。'], ['This presentation was dealt with already.', 'Begin a new one.']),
  ERR_VERIFIER_EXPIRED: said(['核验已过期。', '请开始新的核验。'], ['The presentation has expired.', 'Begin a new one.']),
  ERR_VERIFIER_REFUSED: said(
    ['出示的凭证未通过核验。', '请查看回执中未通过的规则。'],
    ['What was shown did not verify.', 'The receipt names the rule that failed.'],
  ),
  ERR_HANDOVER_UNKNOWN: said(['找不到该授权。', '请刷新列表。'], ['There is no such grant.', 'Load the list again.']),
  ERR_HANDOVER_STATE: said(['该授权已结束或已撤销。', '请刷新列表。'], ['The grant is over or revoked already.', 'Load the list again.']),
}
