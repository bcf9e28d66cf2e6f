/** Characters with their pinyin, `建jian 国guo`. */
type Pool = readonly (readonly [character: string, pinyin: string])[]

/** How people born until a year are named. */
export interface Era {
  readonly lastYear: number
  /** Share of given names of one character. */
  readonly single: number
  readonly male: Pool
  readonly female: Pool
}

function pool(text: string): Pool {
  return text.split(' ').map(entry => {
    const [, character, pinyin] = /^(\P{ASCII}+)([a-z]+)$/u.exec(entry)!
    return [character!, pinyin!] as const
  })
}

/** The commonest surnames, each with its share in per mille of the people (rounded), and some of two characters. Pinyin after GB/T 28039: ü is `yu`. */
export const surnames: readonly { readonly surname: string; readonly pinyin: string; readonly weight: number }[] = (
  [
    [71, '王wang'],
    [70, '李li'],
    [66, '张zhang'],
    [51, '刘liu'],
    [46, '陈chen'],
    [31, '杨yang'],
    [22, '黄huang 赵zhao'],
    [19, '吴wu 周zhou'],
    [14, '徐xu 孙sun 马ma'],
    [12, '朱zhu 胡hu'],
    [11, '郭guo 何he 林lin 高gao 罗luo'],
    [8, '郑zheng 梁liang'],
    [7, '谢xie 宋song 唐tang'],
    [6, '许xu 韩han 冯feng 邓deng'],
    [5, '曹cao 彭peng 曾zeng 肖xiao 于yu'],
    [4, '田tian 董dong 袁yuan 潘pan 蒋jiang 蔡cai 余yu 杜du 叶ye 程cheng 苏su 魏wei 吕lyu 丁ding'],
    [3, '任ren 沈shen 姚yao 卢lu 姜jiang 崔cui 钟zhong 谭tan 陆lu 范fan 金jin 石shi 廖liao 贾jia 夏xia'],
    [
      2,
      '汪wang 韦wei 付fu 方fang 白bai 邹zou 孟meng 熊xiong 秦qin 邱qiu 江jiang 尹yin 薛xue 闫yan 段duan 雷lei 侯hou 龙long 史shi 陶tao 黎li 贺he 顾gu 毛mao 郝hao 龚gong 邵shao 万wan 钱qian 覃qin 武wu 戴dai',
    ],
    [1, '严yan 莫mo 孔kong 向xiang 汤tang 欧阳ouyang'],
    [0.3, '上官shangguan 司马sima 诸葛zhuge 尉迟yuchi'],
  ] as const
).flatMap(([weight, names]) => pool(names).map(([surname, pinyin]) => ({ surname, pinyin, weight })))

/** Given names change with the times. */
export const eras: readonly Era[] = [
  {
    lastYear: 1959,
    single: 0.12,
    male: pool(
      '建jian 国guo 明ming 德de 福fu 贵gui 永yong 志zhi 文wen 荣rong 华hua 庆qing 光guang 树shu 长chang 玉yu 金jin 春chun 世shi 家jia 仁ren 义yi 祥xiang 生sheng 根gen 海hai 林lin',
    ),
    female: pool(
      '秀xiu 英ying 兰lan 桂gui 芳fang 玉yu 珍zhen 凤feng 淑shu 梅mei 素su 霞xia 翠cui 莲lian 香xiang 琴qin 菊ju 月yue 爱ai 云yun 美mei 华hua 荣rong 仙xian',
    ),
  },
  {
    lastYear: 1979,
    single: 0.4,
    male: pool(
      '军jun 伟wei 强qiang 勇yong 建jian 国guo 平ping 志zhi 民min 斌bin 刚gang 文wen 东dong 红hong 卫wei 峰feng 波bo 宏hong 晓xiao 新xin 忠zhong 利li 杰jie 辉hui 涛tao',
    ),
    female: pool(
      '丽li 红hong 敏min 静jing 艳yan 娟juan 萍ping 霞xia 燕yan 玲ling 梅mei 芳fang 英ying 华hua 晓xiao 小xiao 春chun 秋qiu 琴qin 莉li 群qun 惠hui 琳lin',
    ),
  },
  {
    lastYear: 1999,
    single: 0.35,
    male: pool(
      '磊lei 鹏peng 飞fei 超chao 浩hao 凯kai 宇yu 杰jie 俊jun 亮liang 帅shuai 鑫xin 龙long 晨chen 阳yang 博bo 文wen 旭xu 森sen 彬bin 健jian 翔xiang 雷lei 洋yang 天tian',
    ),
    female: pool(
      '婷ting 雪xue 倩qian 丹dan 欢huan 娜na 玉yu 欣xin 慧hui 佳jia 颖ying 蕾lei 琪qi 瑶yao 思si 雨yu 晨chen 文wen 洁jie 莹ying 梦meng 璐lu 悦yue 宁ning 媛yuan',
    ),
  },
  {
    lastYear: 9999,
    single: 0.12,
    male: pool(
      '梓zi 浩hao 宇yu 轩xuan 泽ze 睿rui 子zi 涵han 铭ming 辰chen 俊jun 熙xi 奕yi 博bo 晨chen 一yi 诺nuo 沐mu 宸chen 皓hao 逸yi 景jing 煜yu 嘉jia 硕shuo 然ran',
    ),
    female: pool(
      '梓zi 涵han 欣xin 怡yi 诗shi 雨yu 子zi 萱xuan 一yi 诺nuo 可ke 馨xin 语yu 桐tong 若ruo 曦xi 芷zhi 瑶yao 思si 妍yan 艺yi 彤tong 依yi 宁ning 安an 琪qi 汐xi',
    ),
  },
]

/** Characters that many old systems cannot write, two of them outside of the Basic Multilingual Plane: a residents' file must. */
export const rareCharacters: Pool = pool('䶮yan 㛃jie 𬭎hong 𡐓kun')

/** Names that have no surname, or a dot within. */
export const otherNames: Readonly<Record<'male' | 'female', Pool>> = {
  male: [
    ['买买提·吐尔逊', 'Maimaiti Tuerxun'],
    ['艾力·阿不都拉', 'Aili Abudula'],
    ['扎西多吉', 'Zhaxi Duoji'],
    ['巴特尔', 'Bateer'],
  ],
  female: [
    ['阿依古丽·买买提', 'Ayiguli Maimaiti'],
    ['古丽娜尔·艾山', 'Gulinaer Aishan'],
    ['卓玛央金', 'Zhuoma Yangjin'],
    ['乌日娜', 'Wurina'],
  ],
}
