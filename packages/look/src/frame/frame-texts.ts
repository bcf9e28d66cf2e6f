import type { Dictionary } from '../language/language.tsx'

const zhCn = {
  skip: '跳到主要内容',
  otherLanguage: 'English',
  menu: '菜单',
  navigation: '主导航',
  signOut: '退出登录',
  back: '返回',
  cancel: '取消',
  close: '关闭',
  retry: '重试',
  more: '加载更多',
  loading: '正在载入…',
  copy: '复制',
  copied: '已复制',
  light: '切换为浅色',
  dark: '切换为深色',
  actions: '操作',
  notFound: '没有这个页面',
  notFoundExplain: '地址有误，或您的角色不能打开它。',
  home: '回到首页',
  unknownPerson: '未知人员',
  server: '服务器',
}

const en: typeof zhCn = {
  skip: 'Skip to the main content',
  otherLanguage: '中文',
  menu: 'Menu',
  navigation: 'Main navigation',
  signOut: 'Sign out',
  back: 'Back',
  cancel: 'Cancel',
  close: 'Close',
  retry: 'Try again',
  more: 'Load more',
  loading: 'Loading…',
  copy: 'Copy',
  copied: 'Copied',
  light: 'Use light colours',
  dark: 'Use dark colours',
  actions: 'Actions',
  notFound: 'There is no such page',
  notFoundExplain: 'The address is wrong, or your roles do not open it.',
  home: 'To the start',
  unknownPerson: 'unknown person',
  server: 'the server',
}

/** Texts around the pages. */
export const frameTexts: Dictionary<typeof zhCn> = { 'zh-CN': zhCn, en }
