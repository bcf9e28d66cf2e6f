import type { Dictionary } from '@hufu/look'
import type { Step, StepName, Verdict } from './verdict.ts'

type Facts = Step['facts']

interface VerifyTexts {
  readonly title: string
  readonly explain: string
  readonly again: string
  readonly checking: string
  readonly verdicts: { readonly [outcome in Verdict['outcome']]: { readonly title: string; readonly explain: string } }
  readonly steps: { readonly [name in StepName]: string }
  /** What a step that holds found. */
  readonly holds: {
    readonly [name in Exclude<StepName, 'told'>]: (
      facts: Facts,
      say: { number(value: number): string; time(ms: number): string; duration(ms: number): string },
    ) => string
  }
  readonly told: (facts: Facts) => string
  /** Why a step does not hold, by the word of the check. */
  readonly failures: Readonly<Record<string, string>>
  readonly where: string
  readonly outcomes: { readonly [outcome in Step['outcome']]: string }
  readonly otherNetwork: string
  readonly toAnchor: string
  readonly keys: string
}

const zhCn: VerifyTexts = {
  title: '自己验证',
  explain: '您的浏览器不必相信本服务器：它只凭验证节点的公钥检查这个答案。',
  again: '重新验证',
  checking: '正在验证…',
  verdicts: {
    proven: { title: '验证通过', explain: '这个答案与法定数量验证节点签名的状态一致。' },
    told: { title: '可证明的部分验证通过', explain: '其中一部分无法用密码学证明，只是节点的说法，已在步骤中标明。' },
    false: {
      title: '验证失败：不要相信这个答案',
      explain: '服务器给出的内容与验证节点签名的状态不符，或没有附上证据。请从其他服务器查询，并报告此事。',
    },
  },
  steps: {
    network: '信任起点',
    headers: '区块头签名',
    transaction: '区块中的位置',
    entries: '状态证明',
    content: '内容比对',
    age: '时效',
    told: '节点的说法',
  },
  holds: {
    network: facts => `网络 ${facts.network}，${facts.validators} 个验证节点的公钥，指纹 ${String(facts.fingerprint).slice(0, 16)}…`,
    headers: (facts, say) =>
      `检查了 ${facts.headers} 个区块头上的 ${facts.signatures} 个签名（共 ${facts.keys} 把公钥），直到区块 ${say.number(Number(facts.blockIndex))}。`,
    transaction: facts => `它通过默克尔根包含在区块 ${facts.blockIndex} 中，哈希一致。`,
    entries: (facts, say) =>
      `${facts.entries} 个存储条目的默克尔-帕特里夏证明都通向区块 ${say.number(Number(facts.blockIndex))} 之后的状态根。`,
    content: () => '由已证明的条目重新得出的内容，与页面显示的逐项相同。',
    age: (facts, say) => `证明所依据的区块生成于 ${say.time(Number(facts.timeMs))}，即 ${say.duration(Number(facts.ageMs))}之前。`,
  },
  told: facts =>
    facts.what === 'absent'
      ? `“没有该条目”无法证明；${names(facts.agree)} 都这样说${listOf(facts.differ) === '' ? '' : `，${names(facts.differ)} 说法不同`}。`
      : `执行结果与通知无法证明；${names(facts.agree)} 的说法一致${listOf(facts.differ) === '' ? '' : `，${names(facts.differ)} 说法不同`}。`,
  failures: {
    proof: '签名或哈希不成立。',
    differs: '页面显示的内容与已证明的条目不同。',
    otherKind: '回答的不是所问的内容。',
    otherBlock: '这是另一个区块。',
    otherTransaction: '这是另一笔交易。',
    otherVersion: '这是另一个版本。',
    merkleRoot: '它不在所称的区块中：默克尔根不符。',
    noHeaders: '没有附上区块头。',
    headerOrder: '区块头的顺序不对。',
    noEvidence: '服务器没有附上任何证据。',
    leftOut: '服务器漏掉了回答所依据的条目。',
    severalMoments: '证据来自不同的时刻，拼在一起不能说明任何一刻的状态。',
    stale: '证据太旧：最新的区块头超过一分钟。网络可能已停止，或服务器隐瞒了新区块。',
    clock: '区块时间超前于本机时钟，请检查本机时间。',
    contradicted: '节点之间说法矛盾。',
    hashOfKey: '验证密钥与其哈希不符。',
    payloadHash: '提案内容与其哈希不符。',
    noCouncil: '本浏览器信任的网络文件中没有理事会合约。',
    transactionForm: '无法读懂该交易。',
  },
  where: '不同之处',
  outcomes: { holds: '成立', fails: '不成立', told: '无法证明' },
  otherNetwork: '服务器现在所称的网络与本浏览器信任的不同。',
  toAnchor: '查看信任起点',
  keys: '存储键',
}

const en: VerifyTexts = {
  title: 'Verify this yourself',
  explain: 'Your browser need not believe this server: it checks the answer against the validators’ keys alone.',
  again: 'Verify again',
  checking: 'Verifying…',
  verdicts: {
    proven: { title: 'Verified', explain: 'This answer is what a quorum of the validators signed.' },
    told: {
      title: 'Verified as far as it can be proven',
      explain: 'A part of it no cryptography can prove: it is the nodes’ word, as the steps say.',
    },
    false: {
      title: 'Verification failed: do not believe this answer',
      explain:
        'What this server says is not what the validators signed, or it came without proof. Ask another server, and report this one.',
    },
  },
  steps: {
    network: 'Where trust starts',
    headers: 'Signatures of headers',
    transaction: 'Place in the block',
    entries: 'State proofs',
    content: 'Comparison',
    age: 'Age',
    told: 'The nodes’ word',
  },
  holds: {
    network: facts =>
      `Network ${facts.network}, keys of ${facts.validators} validators, fingerprint ${String(facts.fingerprint).slice(0, 16)}…`,
    headers: (facts, say) =>
      `Signatures: ${facts.signatures}, on headers: ${facts.headers}, by ${facts.keys} keys, up to block ${say.number(Number(facts.blockIndex))}.`,
    transaction: facts => `The Merkle root of block ${facts.blockIndex} covers it, and its hash fits.`,
    entries: (facts, say) =>
      `Merkle-Patricia proofs of ${facts.entries} storage entries lead to the state root after block ${say.number(Number(facts.blockIndex))}.`,
    content: () => 'Derived again from what is proven, it is the same as what is shown, member by member.',
    age: (facts, say) =>
      `The block that it rests on was made at ${say.time(Number(facts.timeMs))}, ${say.duration(Number(facts.ageMs))} ago.`,
  },
  told: facts =>
    facts.what === 'absent'
      ? `That there is no such entry cannot be proven; ${names(facts.agree)} say so${listOf(facts.differ) === '' ? '' : `, ${names(facts.differ)} differ`}.`
      : `How it ran and what it told cannot be proven; ${names(facts.agree)} agree${listOf(facts.differ) === '' ? '' : `, ${names(facts.differ)} differ`}.`,
  failures: {
    proof: 'A signature or hash does not hold.',
    differs: 'What is shown is not what was proven.',
    otherKind: 'The answer is not to what was asked.',
    otherBlock: 'This is another block.',
    otherTransaction: 'This is another transaction.',
    otherVersion: 'This is another version.',
    merkleRoot: 'It is not in the block that it is said to be in: the Merkle root does not fit.',
    noHeaders: 'It came without headers.',
    headerOrder: 'The headers are not in order.',
    noEvidence: 'The server gave no evidence at all.',
    leftOut: 'The server left out an entry that the answer rests on.',
    severalMoments: 'The evidence is of several moments: put together it says nothing about any of them.',
    stale: 'The evidence is too old: its newest header is older than a minute. The network stands still, or the server holds back blocks.',
    clock: 'The block is ahead of this device’s clock: check the clock.',
    contradicted: 'The nodes contradict each other.',
    hashOfKey: 'The verifying key does not have the hash beside it.',
    payloadHash: 'The proposal’s calls do not have the hash beside them.',
    noCouncil: 'The network that this browser trusts has no council.',
    transactionForm: 'The transaction cannot be read.',
  },
  where: 'Where it differs',
  outcomes: { holds: 'holds', fails: 'does not hold', told: 'cannot be proven' },
  otherNetwork: 'The server now names another network than the one this browser trusts.',
  toAnchor: 'See where trust starts',
  keys: 'Storage keys',
}

function listOf(value: Facts[string] | undefined): string {
  return Array.isArray(value) ? value.join(', ') : ''
}

function names(value: Facts[string] | undefined): string {
  return listOf(value) || '—'
}

export const verifyTexts: Dictionary<VerifyTexts> = { 'zh-CN': zhCn, en }
