import type { Texts } from './language.ts'

/** What to do about an error, by its code. Codes without a line here say it in their message. */
export const fixes: Readonly<Record<string, Texts>> = {
  ERR_CLI_NETWORK: {
    en: 'start a local network (hufu network start), or name a description with --network FILE',
    'zh-CN': '启动本地网络（hufu network start），或用 --network FILE 指定网络描述文件',
  },
  ERR_CLI_IDENTITY: {
    en: 'hufu identity list shows the identities here; hufu identity new makes one',
    'zh-CN': 'hufu identity list 可查看已有身份；hufu identity new 可新建',
  },
  ERR_LEDGER_UNREACHABLE: {
    en: 'see whether the validators run: hufu network status',
    'zh-CN': '检查验证节点是否在运行：hufu network status',
  },
  ERR_LEDGER_UNKNOWN: {
    en: 'do not do it again yet: repeat the same command later, it finds the write it began',
    'zh-CN': '请勿另行重做：稍后重复同一命令，它会找到已开始的写入',
  },
  ERR_LEDGER_EXPIRED: { en: 'nothing happened; run the command again', 'zh-CN': '未产生任何效果；请重新执行命令' },
  ERR_LEDGER_PROOF: {
    en: 'a node gave a false answer; ask another one, and tell its operator',
    'zh-CN': '某节点给出了虚假答复；请改用其他节点并告知其运营方',
  },
  ERR_LEDGER_STALE: {
    en: 'the nodes are behind, or this clock is wrong: compare hufu network status with the time',
    'zh-CN': '节点滞后或本机时钟有误：请核对 hufu network status 与当前时间',
  },
  ERR_DID_NOT_FOUND: {
    en: 'check the DID for typing errors, and that it is on this network',
    'zh-CN': '检查 DID 是否有误，以及是否属于本网络',
  },
  ERR_DID_VERSION_CONFLICT: {
    en: 'somebody changed it meanwhile: resolve it again, then repeat with the new version',
    'zh-CN': '其间有人已作更改：请重新解析，再以新版本重试',
  },
  ERR_DID_NOT_AUTHORIZED: { en: 'sign with the account that controls it: --as NAME', 'zh-CN': '请以控制该标识的账户签名：--as NAME' },
  ERR_CLI_WALLET: {
    en: 'hufu zk request, issue and accept give a wallet a credential; a new one counts from the next epoch on',
    'zh-CN': '依次使用 hufu zk request、issue、accept 为钱包取得凭证；新凭证自下一周期起生效',
  },
  ERR_PROOF_UNSATISFIED: {
    en: 'the credential is revoked, suspended or expired, or does not have what is asked; ask its issuer',
    'zh-CN': '凭证已撤销、暂停或过期，或不符合所要求的条件；请联系签发机构',
  },
  ERR_PROOF_ROOT: { en: 'wait for the next epoch and prove again', 'zh-CN': '请等待下一周期后重新生成证明' },
  ERR_PROOF_CEREMONY: {
    en: 'do not use its keys; hufu ceremony verify says which step does not hold',
    'zh-CN': '请勿使用其密钥；hufu ceremony verify 会指出不成立的步骤',
  },
  ERR_FILE_LOCKED: { en: 'wait until the other command is done', 'zh-CN': '请等待另一命令完成' },
  ERR_FILE_FULL: { en: 'free some disk space and run the command again; nothing was lost', 'zh-CN': '请释放磁盘空间后重试；数据未丢失' },
  ERR_NETWORK_MISSING: { en: 'make one: hufu network start', 'zh-CN': '请创建网络：hufu network start' },
  ERR_NETWORK_NOT_RUNNING: { en: 'start it: hufu network start', 'zh-CN': '请启动网络：hufu network start' },
  ERR_NETWORK_QUORUM: { en: 'hufu network revive brings back the others', 'zh-CN': 'hufu network revive 可恢复其他节点' },
  ERR_NETWORK_STANDS: { en: 'hufu watchdog --once says what is wrong', 'zh-CN': 'hufu watchdog --once 可查明原因' },
  ERR_NETWORK_BINARY: { en: 'npm run setup builds what is missing', 'zh-CN': 'npm run setup 可构建所缺部分' },
  ERR_CREDENTIAL_LOOKUP: {
    en: 'this says nothing about the credential: see hufu network status, then try again',
    'zh-CN': '这不代表凭证有问题：请查看 hufu network status 后重试',
  },
  ERR_CREDENTIAL_STATUS_UNAVAILABLE: {
    en: 'this says nothing about the credential: its status list cannot be had just now',
    'zh-CN': '这不代表凭证有问题：暂时无法取得其状态列表',
  },
  ERR_VALIDATOR_BACKUP: {
    en: 'take another backup; hufu validator backup makes one',
    'zh-CN': '请换用其他备份；hufu validator backup 可新建备份',
  },
  ERR_VALIDATOR_BACKUP_BEHIND: {
    en: 'keep the folder that is there: it has more than the backup',
    'zh-CN': '请保留现有目录：其数据比备份更新',
  },
  ERR_VALIDATOR_BEHIND: {
    en: 'see hufu validator status, and node.log in the folder',
    'zh-CN': '查看 hufu validator status 与目录中的 node.log',
  },
  ERR_VALIDATOR_BINARY: {
    en: 'build neo-go from the pinned sources (npm run setup) and compare its SHA-256 with the network file',
    'zh-CN': '用固定版本源码构建 neo-go（npm run setup），并与网络文件核对 SHA-256',
  },
  ERR_VALIDATOR_FINGERPRINT: {
    en: 'do not go on; compare the fingerprint again with two bureaus, by telephone',
    'zh-CN': '请勿继续；与两个信息中心电话重新核对指纹',
  },
  ERR_VALIDATOR_FOLDER: {
    en: 'hufu validator preflight says what the folder lacks',
    'zh-CN': 'hufu validator preflight 会指出目录缺少什么',
  },
  ERR_VALIDATOR_KEY_LIVE: {
    en: 'find the other process and end it for good; only then run this one',
    'zh-CN': '找到并永久停止另一进程，然后才能运行本节点',
  },
  ERR_VALIDATOR_MARGIN: {
    en: 'bring the missing validators back first; hufu validator status shows which',
    'zh-CN': '先恢复缺席的验证节点；hufu validator status 可查看',
  },
  ERR_VALIDATOR_NETWORK_FILE: {
    en: 'get the network file again from two bureaus; never mend it by hand',
    'zh-CN': '向两个信息中心重新索取网络文件；切勿手工修改',
  },
  ERR_VALIDATOR_NODE_ENDED: { en: 'mend what its log says, then run it again', 'zh-CN': '按日志提示处理后重新运行' },
  ERR_VALIDATOR_PASSWORD: {
    en: 'use the password of the key ceremony; at least twelve characters for a new key',
    'zh-CN': '使用密钥仪式的口令；新密钥的口令至少十二个字符',
  },
  ERR_VALIDATOR_SEAT: {
    en: "take this bureau's wallet and the latest network file",
    'zh-CN': '使用本单位的钱包与最新的网络文件',
  },
  ERR_VALIDATOR_STATE_DIFFERS: {
    en: 'stop the node, keep its folder, and follow docs/runbooks on forks',
    'zh-CN': '停止节点并保留目录，按 docs/runbooks 的分叉处置执行',
  },
  ERR_VALIDATOR_STILL_VOTED: {
    en: 'hufu council propose set-validator first; then wait for the next election',
    'zh-CN': '先执行 hufu council propose set-validator，并等待下一次选举',
  },
  ERR_VALIDATOR_TURN: { en: 'wait for the turn: --wait', 'zh-CN': '等待轮到本节点：--wait' },
  ERR_VALIDATOR_UNREACHABLE: {
    en: 'see whether the other validators can be reached from here: hufu validator preflight',
    'zh-CN': '检查能否连接其他验证节点：hufu validator preflight',
  },
  ERR_VALIDATOR_UPGRADE: {
    en: 'read node.log before another attempt; the old program runs',
    'zh-CN': '再次尝试前请查看 node.log；旧程序仍在运行',
  },
  ERR_VALIDATOR_WALLET: { en: 'restore the wallet from a backup', 'zh-CN': '从备份恢复钱包' },
}
