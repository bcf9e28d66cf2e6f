import type { Dictionary } from '../language/language.tsx'

const zhCn = {
  signIn: '用通行密钥登录',
  passkeyHint: '在设备上确认指纹、面容或 PIN。没有通行密钥？请向管理员索取邀请链接。',
  standInHint: '本服务器是单机试点：工作人员用邀请链接直接登录，代替通行密钥。请打开启动时打印的链接。',
  unsupported: '此浏览器不支持通行密钥。请使用新版浏览器，并从正式地址打开本页。',
  network: '网络',
  invitation: '接受邀请',
  invitationFor: (name: string) => `${name}，欢迎`,
  invitationExplain: '此链接只供您本人使用。',
  roles: '您的角色',
  expires: '邀请有效至',
  label: '通行密钥名称',
  labelHint: '便于您日后辨认，例如“办公室电脑”。',
  defaultLabel: '我的设备',
  enrol: '创建通行密钥并登录',
  standIn: '登录（试点替代方式）',
  standInTitle: '试点替代登录',
  standInExplain: '这是单机试点的替代登录方式：凭链接即可登录，不需要通行密钥。正式环境中必须使用通行密钥。',
  checking: '正在核对邀请…',
  toSignIn: '前往登录',
  again: '请再次确认身份',
  againExplain: '此操作不可轻易撤回，需要在五分钟内确认过身份。',
  againPasskey: '用通行密钥确认',
  againStandIn: '确认是我（试点替代方式）',
  ended: '登录已失效，请重新登录。',
}

const en: typeof zhCn = {
  signIn: 'Sign in with a passkey',
  passkeyHint: 'Confirm on your device with fingerprint, face or PIN. No passkey yet? Ask an administrator for an invitation.',
  standInHint:
    'This server is a pilot on one machine: the staff signs in by invitation links alone, a stand-in for passkeys. Open a link that was printed at the start.',
  unsupported: 'This browser has no passkeys. Use a current one, and open this page at its own address.',
  network: 'Network',
  invitation: 'Accept the invitation',
  invitationFor: name => `Welcome, ${name}`,
  invitationExplain: 'This link is for you alone.',
  roles: 'Your roles',
  expires: 'Invitation valid until',
  label: 'Name of the passkey',
  labelHint: 'So that you know it later, such as “office computer”.',
  defaultLabel: 'My device',
  enrol: 'Create a passkey and sign in',
  standIn: 'Sign in (stand-in for the pilot)',
  standInTitle: 'A stand-in for the pilot',
  standInExplain:
    'This is how a pilot on one machine signs people in: the link alone is enough, without a passkey. Anywhere else a passkey is required.',
  checking: 'Looking at the invitation…',
  toSignIn: 'Go to sign-in',
  again: 'Show again that it is you',
  againExplain: 'This cannot easily be taken back, so you have to have shown who you are within the last five minutes.',
  againPasskey: 'Confirm with a passkey',
  againStandIn: 'It is me (stand-in for the pilot)',
  ended: 'You are no longer signed in. Please sign in again.',
}

export const sessionTexts: Dictionary<typeof zhCn> = { 'zh-CN': zhCn, en }
