/** A name in Chinese and in English or pinyin. */
export interface Name {
  readonly 'zh-CN': string
  readonly en: string
}

/** A district or county. */
export interface Division {
  readonly code: string
  readonly name: Name
}

/** A city, which has one bureau and one file of residents. */
export interface City extends Division {
  /** Name of files and identities. */
  readonly slug: string
  readonly divisions: readonly Division[]
  readonly residents: number
}

function division(code: string, chinese: string, english: string): Division {
  return { code, name: { 'zh-CN': chinese, en: english } }
}

/** The province that the six cities would lie in. GB/T 2260 assigns no province 99, nor does GB 11643 for foreign residents (9, then a province) a province 9x. */
export const province: Division = division('990000', '远河省', 'Yuanhe Province')

/** Six cities that do not exist. */
export const cities: readonly City[] = [
  {
    ...division('990100', '澜屿市', 'Lanyu'),
    slug: 'lanyu',
    residents: 2600,
    divisions: [
      division('990102', '汐湾区', 'Xiwan District'),
      division('990103', '礁湖区', 'Jiaohu District'),
      division('990104', '望帆区', 'Wangfan District'),
      division('990121', '盐渡县', 'Yandu County'),
    ],
  },
  {
    ...division('990200', '云汀市', 'Yunting'),
    slug: 'yunting',
    residents: 2000,
    divisions: [
      division('990202', '苇洲区', 'Weizhou District'),
      division('990203', '白鹭区', 'Bailu District'),
      division('990204', '烟渚区', 'Yanzhu District'),
    ],
  },
  {
    ...division('990300', '栖桐市', 'Qitong'),
    slug: 'qitong',
    residents: 1800,
    divisions: [
      division('990302', '凤鸣区', 'Fengming District'),
      division('990303', '碧梧区', 'Biwu District'),
      division('990321', '竹隐县', 'Zhuyin County'),
    ],
  },
  {
    ...division('990400', '砚溪市', 'Yanxi'),
    slug: 'yanxi',
    residents: 1500,
    divisions: [
      division('990402', '墨池区', 'Mochi District'),
      division('990403', '书院区', 'Shuyuan District'),
      division('990421', '纸坊县', 'Zhifang County'),
    ],
  },
  {
    ...division('990500', '朔原市', 'Shuoyuan'),
    slug: 'shuoyuan',
    residents: 1200,
    divisions: [
      division('990502', '驼铃区', 'Tuoling District'),
      division('990503', '胡杨区', 'Huyang District'),
      division('990521', '沙泉县', 'Shaquan County'),
    ],
  },
  {
    ...division('990600', '霁岭市', 'Jiling'),
    slug: 'jiling',
    residents: 900,
    divisions: [
      division('990602', '松涛区', 'Songtao District'),
      division('990603', '雪杉区', 'Xueshan District'),
      division('990621', '雾岭县', 'Wuling County'),
    ],
  },
]
