import type { FleetTexts } from '../watch/fleet.ts'

/** Everything that preflight may find. Each has a paragraph in docs/validators.md. */
export type PreflightCode =
  | 'PREFLIGHT_FOLDER'
  | 'PREFLIGHT_PERMISSIONS'
  | 'PREFLIGHT_LOCK'
  | 'PREFLIGHT_NETWORK_FILE'
  | 'PREFLIGHT_ADDRESS'
  | 'PREFLIGHT_BINARY'
  | 'PREFLIGHT_WALLET'
  | 'PREFLIGHT_WALLET_KEY'
  | 'PREFLIGHT_WALLET_SCRYPT'
  | 'PREFLIGHT_PASSWORD'
  | 'PREFLIGHT_CLOCK'
  | 'PREFLIGHT_DISK_SPACE'
  | 'PREFLIGHT_DISK_KIND'
  | 'PREFLIGHT_DISK_SYNC'
  | 'PREFLIGHT_MEMORY'
  | 'PREFLIGHT_PROCESSORS'
  | 'PREFLIGHT_OPEN_FILES'
  | 'PREFLIGHT_PORT'
  | 'PREFLIGHT_PEER_UNREACHABLE'
  | 'PREFLIGHT_PEER_NETWORK'
  | 'PREFLIGHT_PEER_PROGRAM'
  | 'PREFLIGHT_DATA_NETWORK'
  | 'PREFLIGHT_DATA_BEHIND'
  | 'PREFLIGHT_KEY_LIVE'
  | 'PREFLIGHT_LEFT'
  | 'PREFLIGHT_BACKUP'

/** Something that is not as it must be, or had better be. */
export interface PreflightFinding {
  readonly code: PreflightCode
  /** A node with a fault must not be started; a warning is for its engineer to weigh. */
  readonly level: 'fault' | 'warning'
  readonly what: FleetTexts
  readonly fix: FleetTexts
}

interface Wording {
  readonly what: (detail: string) => FleetTexts
  readonly fix: FleetTexts
}

const wordings: Readonly<Record<PreflightCode, Wording>> = {
  PREFLIGHT_FOLDER: {
    what: detail => ({ en: `the folder holds no whole node: ${detail}`, 'zh-CN': `目录中没有完整的节点：${detail}` }),
    fix: {
      en: 'hufu validator init makes one; hufu validator restore brings one back from a backup',
      'zh-CN': '用 hufu validator init 创建，或用 hufu validator restore 从备份恢复',
    },
  },
  PREFLIGHT_PERMISSIONS: {
    what: detail => ({ en: `${detail} can be read by other users`, 'zh-CN': `其他用户可读取 ${detail}` }),
    fix: {
      en: 'chmod 700 on the folder and chmod 600 on wallet.json; then ask who may have copied the wallet, and rotate its key if you cannot say',
      'zh-CN': '对目录执行 chmod 700，对 wallet.json 执行 chmod 600；并查明是否有人复制过钱包，无法确认时应轮换密钥',
    },
  },
  PREFLIGHT_LOCK: {
    what: detail => ({ en: `process ${detail} runs this node already`, 'zh-CN': `进程 ${detail} 已在运行本节点` }),
    fix: {
      en: 'nothing, if that is the service; otherwise end that process (systemctl stop hufu-validator) and look again',
      'zh-CN': '若为正式服务则无需处理；否则结束该进程（systemctl stop hufu-validator）后重试',
    },
  },
  PREFLIGHT_NETWORK_FILE: {
    what: detail => ({ en: `the network file is not to be believed: ${detail}`, 'zh-CN': `网络文件不可信：${detail}` }),
    fix: {
      en: 'do not start; get the file again from two bureaus, compare its fingerprint by telephone, and tell the coordinator if they differ',
      'zh-CN': '请勿启动；向两个信息中心重新索取文件并电话核对指纹，不一致时通知协调单位',
    },
  },
  PREFLIGHT_ADDRESS: {
    what: detail => ({
      en: `a network in production gives ${detail} an address that only its own host can reach`,
      'zh-CN': `生产网络中 ${detail} 的地址仅本机可达`,
    }),
    fix: {
      en: 'ask the coordinator for a network file with the address that other cities reach',
      'zh-CN': '请协调单位签发含有其他城市可达地址的网络文件',
    },
  },
  PREFLIGHT_BINARY: {
    what: detail => ({ en: `neo-go: ${detail}`, 'zh-CN': `neo-go：${detail}` }),
    fix: {
      en: 'build it from the pinned sources (npm run setup), compare its SHA-256 with the network file, then hufu validator upgrade --binary FILE',
      'zh-CN': '用固定版本源码构建（npm run setup），与网络文件核对 SHA-256，再执行 hufu validator upgrade --binary FILE',
    },
  },
  PREFLIGHT_WALLET: {
    what: detail => ({ en: `the wallet cannot be used: ${detail}`, 'zh-CN': `钱包无法使用：${detail}` }),
    fix: {
      en: 'hufu validator restore brings it back from a backup; without one, a new key (keygen) must be voted in',
      'zh-CN': '用 hufu validator restore 从备份恢复；没有备份则须生成新密钥（keygen）并由理事会表决',
    },
  },
  PREFLIGHT_WALLET_KEY: {
    what: detail => ({
      en: `the wallet does not hold the key that the network file names for ${detail}`,
      'zh-CN': `钱包中没有网络文件为 ${detail} 指定的密钥`,
    }),
    fix: {
      en: 'look whether this is the wallet of the right bureau, and the latest network file; after a rotation, restore the later wallet',
      'zh-CN': '检查钱包是否属于本单位、网络文件是否最新；若已轮换密钥，请恢复较新的钱包',
    },
  },
  PREFLIGHT_WALLET_SCRYPT: {
    what: detail => ({
      en: `the wallet's password costs too little to guess (scrypt ${detail}) for a network in production`,
      'zh-CN': `钱包口令的猜测成本（scrypt ${detail}）过低，不可用于生产网络`,
    }),
    fix: {
      en: 'make a new key with hufu validator keygen (n=16384, r=8, p=8) and have it voted in; a development key stays a development key',
      'zh-CN': '用 hufu validator keygen 生成新密钥（n=16384，r=8，p=8）并交表决；开发密钥不可转为正式密钥',
    },
  },
  PREFLIGHT_PASSWORD: {
    what: () => ({ en: 'the password does not open the wallet', 'zh-CN': '口令无法打开钱包' }),
    fix: {
      en: 'take the password from the sealed envelope of the key ceremony; look for a line break or blank at its end',
      'zh-CN': '使用密钥仪式密封信封中的口令；检查末尾是否有换行或空格',
    },
  },
  PREFLIGHT_CLOCK: {
    what: detail => ({ en: `this clock is ${detail} away from the other validators'`, 'zh-CN': `本机时钟与其他验证节点相差 ${detail}` }),
    fix: {
      en: 'set up chrony with two time servers (chronyc tracking shows the offset), and wait until it is below 0.1 s',
      'zh-CN': '配置 chrony 并使用两个时间服务器（chronyc tracking 查看偏差），等到偏差小于 0.1 秒',
    },
  },
  PREFLIGHT_DISK_SPACE: {
    what: detail => ({ en: `only ${detail} are free on the node's disk`, 'zh-CN': `节点磁盘仅剩 ${detail}` }),
    fix: {
      en: 'free or add disk before starting: a node whose disk is full stops, and counts as lost',
      'zh-CN': '启动前清理或扩容：磁盘写满的节点会停止，等同失联',
    },
  },
  PREFLIGHT_DISK_KIND: {
    what: detail => ({
      en: `the node's folder lies on ${detail}, which does not keep what was written`,
      'zh-CN': `节点目录位于 ${detail}，无法可靠保存数据`,
    }),
    fix: { en: 'move the folder to a local disk (ext4 or xfs)', 'zh-CN': '将目录移至本地磁盘（ext4 或 xfs）' },
  },
  PREFLIGHT_DISK_SYNC: {
    what: detail => ({ en: `the disk takes ${detail} until a write is safe (fsync)`, 'zh-CN': `磁盘落盘（fsync）耗时 ${detail}` }),
    fix: {
      en: 'use an SSD with power-loss protection, not shared with other loads; never switch fsync off',
      'zh-CN': '使用带掉电保护的 SSD，且不与其他负载共用；切勿关闭 fsync',
    },
  },
  PREFLIGHT_MEMORY: {
    what: detail => ({ en: `too little memory: ${detail}`, 'zh-CN': `内存不足：${detail}` }),
    fix: {
      en: 'give the host, container or cgroup more memory, or end what else runs on it',
      'zh-CN': '为主机、容器或 cgroup 增加内存，或停止其他程序',
    },
  },
  PREFLIGHT_PROCESSORS: {
    what: detail => ({ en: `only ${detail} processor`, 'zh-CN': `仅有 ${detail} 个处理器` }),
    fix: { en: 'two or more for a validator in production', 'zh-CN': '生产环境的验证节点需两个以上' },
  },
  PREFLIGHT_OPEN_FILES: {
    what: detail => ({ en: `only ${detail} files may be open at once`, 'zh-CN': `同时打开文件数上限仅为 ${detail}` }),
    fix: { en: 'LimitNOFILE=65536 in the unit, or ulimit -n 65536', 'zh-CN': '在 unit 中设置 LimitNOFILE=65536，或执行 ulimit -n 65536' },
  },
  PREFLIGHT_PORT: {
    what: detail => ({ en: `cannot listen on ${detail}`, 'zh-CN': `无法监听 ${detail}` }),
    fix: {
      en: 'ss -ltnp shows who listens there: end it, or choose another address in validator.json (the peer port is in the network file, too)',
      'zh-CN': '用 ss -ltnp 查看占用者并结束，或在 validator.json 中更换地址（P2P 端口还须与网络文件一致）',
    },
  },
  PREFLIGHT_PEER_UNREACHABLE: {
    what: detail => ({ en: `${detail} cannot be reached at its peer address`, 'zh-CN': `无法连接 ${detail} 的 P2P 地址` }),
    fix: {
      en: 'open the firewall in both directions (nc -vz HOST PORT), then ask that bureau whether its node runs',
      'zh-CN': '双向放行防火墙（nc -vz 主机 端口），再询问对方节点是否运行',
    },
  },
  PREFLIGHT_PEER_NETWORK: {
    what: detail => ({
      en: `at the address of ${detail} answers a node of another network`,
      'zh-CN': `${detail} 的地址上是其他网络的节点`,
    }),
    fix: {
      en: 'tell that bureau: its address or its node is the wrong one; do not start with a file that somebody else gave you',
      'zh-CN': '通知对方：其地址或节点有误；请勿使用他人提供的网络文件启动',
    },
  },
  PREFLIGHT_PEER_PROGRAM: {
    what: detail => ({ en: `${detail} runs a program that the network file does not name`, 'zh-CN': `${detail} 运行的程序不在网络文件中` }),
    fix: { en: 'ask that bureau which version it runs, and why', 'zh-CN': '询问对方运行的版本及原因' },
  },
  PREFLIGHT_DATA_NETWORK: {
    what: detail => ({ en: `chain.bolt is not of this network: ${detail}`, 'zh-CN': `chain.bolt 不属于本网络：${detail}` }),
    fix: {
      en: 'move chain.bolt away (do not delete it before you know whose it is); the node fetches the blocks from the others',
      'zh-CN': '移走 chain.bolt（查明来源前勿删除）；节点会从其他节点同步区块',
    },
  },
  PREFLIGHT_DATA_BEHIND: {
    what: detail => ({ en: `the node's data are ${detail} blocks behind`, 'zh-CN': `节点数据落后 ${detail} 个区块` }),
    fix: {
      en: 'nothing: started, it only looks on until it has the blocks of the others, and then takes part',
      'zh-CN': '无需处理：启动后先只同步，追上其他节点后才参与共识',
    },
  },
  PREFLIGHT_KEY_LIVE: {
    what: detail => ({ en: `the key is in use: ${detail}`, 'zh-CN': `密钥正在使用：${detail}` }),
    fix: {
      en: 'find the other process and end it, for good (systemctl disable --now); only then start here',
      'zh-CN': '找到并永久停止另一进程（systemctl disable --now），然后才能在此启动',
    },
  },
  PREFLIGHT_LEFT: {
    what: () => ({ en: 'this validator left the network', 'zh-CN': '本验证节点已退出网络' }),
    fix: { en: 'a new one begins with a new key in a new folder', 'zh-CN': '重新加入须使用新目录与新密钥' },
  },
  PREFLIGHT_BACKUP: {
    what: detail => ({ en: `no backup of this key: ${detail}`, 'zh-CN': `该密钥没有备份：${detail}` }),
    fix: {
      en: 'hufu validator backup --to FOLDER, onto a medium that then leaves this house',
      'zh-CN': '执行 hufu validator backup --to 目录，并将介质异地保管',
    },
  },
}

/** A finding in words. */
export function finding(code: PreflightCode, detail: string, level: PreflightFinding['level'] = 'fault'): PreflightFinding {
  const { what, fix } = wordings[code]
  return { code, level, what: what(detail), fix }
}
