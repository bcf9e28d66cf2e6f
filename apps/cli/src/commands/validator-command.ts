import type { Command } from 'commander'
import { action, help } from '../command.ts'
import { join, runNode } from '../validator/run-node.ts'
import { init, keygen, lookBefore, takeNetworkFile } from '../validator/set-up-validator.ts'
import { backup, checkOwnState, leave, register, restore, rotateKey, status, upgrade } from '../validator/take-steps.ts'

/** Adds `hufu validator`: everything that a bureau's engineer does with its node, in the order in which it is done. */
export function addValidatorCommand(program: Command): void {
  const validator = program
    .command('validator')
    .description(help({ en: "a city's validator, or an observer node", 'zh-CN': '城市的验证节点或观察节点' }))
  addSetUp(validator)
  addRunning(validator)
  addSteps(validator)
}

function addSetUp(validator: Command): void {
  withPassword(
    command(validator, 'keygen', { en: 'make its key, before witnesses, and the record of it', 'zh-CN': '在见证人面前生成密钥并留存记录' }),
  )
    .requiredOption('--name <name>', help({ en: 'of the validator', 'zh-CN': '验证节点名称' }))
    .option('--operator <name>', help({ en: 'who makes it (default: the user)', 'zh-CN': '操作人（默认：当前用户）' }))
    .option('--witness <names...>', help({ en: 'who looks on', 'zh-CN': '见证人' }))
    .action(action(keygen))
  command(validator, 'init', {
    en: 'bring the signed network file and settings into the folder',
    'zh-CN': '将已签名的网络文件与设置写入目录',
  })
    .requiredOption('--network-file <file>', help({ en: 'signed by a quorum', 'zh-CN': '经法定数签名的网络文件' }))
    .requiredOption('--fingerprint <digits>', help({ en: 'of that file, as compared by telephone', 'zh-CN': '电话核对过的文件指纹' }))
    .option('--name <name>', help({ en: 'seat in the network file', 'zh-CN': '网络文件中的名称' }))
    .option('--observer', help({ en: 'without a key: it only looks on', 'zh-CN': '不持密钥，仅观察' }))
    .option('--founding', help({ en: 'the network begins with this validator', 'zh-CN': '随网络创立而启动' }))
    .option('--p2p <host:port>', help({ en: 'where it listens for peers', 'zh-CN': 'P2P 监听地址' }))
    .option('--rpc <host:port>', help({ en: 'where it answers', 'zh-CN': 'RPC 监听地址' }), '127.0.0.1:20332')
    .option('--metrics <host:port>', help({ en: 'where it gives metrics', 'zh-CN': '指标监听地址' }), '127.0.0.1:20334')
    .option(
      '--neo-go <file>',
      help({ en: 'program that the network file names (default: as built by setup)', 'zh-CN': '网络文件指定的程序（默认：本项目构建）' }),
    )
    .action(action(init))
  withPassword(
    command(validator, 'preflight', {
      en: 'look whether it may be started here; ends with 1 if not',
      'zh-CN': '检查能否在此启动；不能则退出码为 1',
    }),
  ).action(action(lookBefore))
  command(validator, 'use-file <file>', { en: 'take a later network file', 'zh-CN': '采用较新的网络文件' }).action(action(takeNetworkFile))
}

function addRunning(validator: Command): void {
  withPassword(
    command(validator, 'run', {
      en: 'run the node until Ctrl-C; SIGHUP starts it again with what is in the folder',
      'zh-CN': '运行节点至 Ctrl-C；SIGHUP 使其按目录内容重新启动',
    }),
  ).action(action(runNode))
  withPassword(
    command(validator, 'join', {
      en: 'look on, compare the state with the others, and wait for the vote',
      'zh-CN': '同步并核对状态，等待表决',
    }),
  ).action(action(join))
  command(validator, 'status', {
    en: 'where it and the others stand, the margin, and its turn',
    'zh-CN': '本节点与各节点状态、余量及轮次',
  }).action(action(status))
  command(validator, 'check-state', {
    en: 'compare everything that contracts run on with the state root; ends with 1 if the database is damaged',
    'zh-CN': '将合约所用全部数据与状态根核对；数据库损坏则退出码为 1',
  }).action(action(checkOwnState))
}

function addSteps(validator: Command): void {
  const wait = help({ en: "wait for the validator's turn", 'zh-CN': '等待轮到本节点' })
  command(validator, 'backup', { en: 'copy key and settings, and read the copy back', 'zh-CN': '备份密钥与设置并校验' })
    .requiredOption('--to <folder>', help({ en: 'where to', 'zh-CN': '备份位置' }))
    .option('--with-chain', help({ en: 'the blocks, too: while it is down', 'zh-CN': '同时备份区块（节点须停止）' }))
    .action(action(backup))
  command(validator, 'restore', { en: 'bring it back from a backup', 'zh-CN': '从备份恢复' })
    .requiredOption('--from <folder>', help({ en: 'of the backup', 'zh-CN': '备份目录' }))
    .option('--network-file <file>', help({ en: 'a later one than that in the backup', 'zh-CN': '比备份中更新的网络文件' }))
    .action(action(restore))
  command(validator, 'upgrade', {
    en: 'give it another program, in its turn, if the network can spare it',
    'zh-CN': '轮到本节点且网络可承受时更换程序',
  })
    .option('--binary <file>', help({ en: 'the new neo-go', 'zh-CN': '新的 neo-go' }))
    .option('--network-file <file>', help({ en: 'that names it', 'zh-CN': '写有该程序的网络文件' }))
    .option('--wait', wait)
    .option('--check', help({ en: 'only say whether it may be taken off now', 'zh-CN': '仅检查此刻能否下线' }))
    .action(action(upgrade))
  withPassword(
    command(validator, 'register', { en: 'make its key a candidate that the council can vote for', 'zh-CN': '将密钥登记为候选' }),
  )
    .option('--next', help({ en: 'the next key, while keys change', 'zh-CN': '轮换中的新密钥' }))
    .action(action(register))
  withPassword(command(validator, 'rotate-key', { en: 'give it its next key, beside the one it has', 'zh-CN': '在现有密钥旁加入新密钥' }))
    .option('--finish', help({ en: 'take the old one out, once the new one is voted in', 'zh-CN': '新密钥当选后移除旧密钥' }))
    .option('--wait', wait)
    .action(action(rotateKey))
  command(validator, 'leave', { en: 'never sign again, once a successor is voted in', 'zh-CN': '继任者当选后永久停止签名' }).action(
    action(leave),
  )
}

function command(validator: Command, name: string, description: { readonly en: string; readonly 'zh-CN': string }): Command {
  return validator
    .command(name)
    .description(help(description))
    .option(
      '--folder <folder>',
      help({ en: 'of the node (default: validator in the home folder)', 'zh-CN': '节点目录（默认：主目录下的 validator）' }),
    )
}

function withPassword(command: Command): Command {
  return command.option('--password-file <file>', help({ en: 'file with the password of the wallet', 'zh-CN': '钱包口令文件' }))
}
