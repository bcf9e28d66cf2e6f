/** A text in both languages. */
interface Texts {
  readonly en: string
  readonly 'zh-CN': string
}

/** What a rule says to the clerk: what is wrong, and how to mend it. */
export interface RuleTexts {
  readonly message: Texts
  readonly fix: Texts
}

function rule(messageEn: string, messageZh: string, fixEn: string, fixZh: string): RuleTexts {
  return { message: { en: messageEn, 'zh-CN': messageZh }, fix: { en: fixEn, 'zh-CN': fixZh } }
}

/** Every rule that a file or one of its rows can break. Identifiers are stable: reports and other systems use them. */
export const rules = {
  'file-empty': rule('the file has no header', '文件没有表头', 'export the file again', '请重新导出文件'),
  'header-not-readable': rule(
    'the header is not UTF-8 text with cells in order',
    '表头不是有效的 UTF-8 文本，或单元格格式有误',
    'export the file as CSV in UTF-8',
    '请以 UTF-8 编码的 CSV 格式重新导出',
  ),
  'header-missing-column': rule(
    'a column is missing',
    '缺少一列',
    'add the column to the header and to every row',
    '请在表头和每一行中补上该列',
  ),
  'header-unknown-column': rule(
    'a column that is not part of this file',
    '出现不属于本文件的列',
    'remove the column: what is not needed is not taken',
    '请删除该列：不需要的数据一律不收',
  ),
  'header-repeated-column': rule('a column stands twice', '同一列出现两次', 'remove one of them', '请删除其中一列'),
  'row-too-long': rule('the line is over 4,096 bytes', '该行超过 4096 字节', 'look for a line break that was lost', '请检查是否丢失了换行'),
  'row-wrong-delimiter': rule(
    'the cells are not separated by commas',
    '单元格之间不是用英文逗号分隔',
    'separate cells by , (comma)',
    '请用英文逗号 , 分隔单元格',
  ),
  'row-too-few-cells': rule(
    'the row ends before this column',
    '该行在此列之前已结束',
    'add the missing cell; an empty one needs its comma too',
    '请补上缺少的单元格；空单元格也需要逗号',
  ),
  'row-too-many-cells': rule(
    'the row has more cells than the header',
    '该行的单元格多于表头',
    'put a cell that holds a comma in quotes, or remove the cell',
    '含逗号的单元格请加双引号，或删除多余单元格',
  ),
  'quote-not-closed': rule(
    'a quotation mark is opened and not closed in this line',
    '双引号在本行内没有闭合',
    'close it, or remove it; a cell cannot hold a line break',
    '请补上或删除双引号；单元格内不能换行',
  ),
  'quote-misplaced': rule(
    'a quotation mark stands within a cell that is not quoted, or text behind one',
    '双引号出现在未加引号的单元格中，或其后还有文字',
    'put the whole cell in quotes and write each quotation mark within twice',
    '请给整个单元格加双引号，其中的双引号写两次',
  ),
  'cell-not-utf8': rule(
    'the cell is not UTF-8',
    '该单元格不是 UTF-8 编码',
    'export the file in UTF-8; a file from an older system may be in GBK or GB 18030',
    '请以 UTF-8 导出；旧系统的文件可能是 GBK 或 GB 18030 编码',
  ),
  'cell-byte-order-mark': rule(
    'a byte order mark stands in the middle of the file',
    '文件中间出现字节顺序标记（BOM）',
    'two files were joined here: remove the mark, and a second header',
    '此处可能拼接了两个文件：请删除该标记及重复的表头',
  ),
  'cell-control-character': rule(
    'the cell holds a control or invisible character',
    '该单元格含有控制字符或不可见字符',
    'type the cell again',
    '请重新录入该单元格',
  ),
  'cell-formula': rule(
    'the cell begins like a formula of a spreadsheet',
    '该单元格以电子表格公式的形式开头',
    'remove = + - @ at the beginning; look where the cell came from',
    '请删除开头的 = + - @，并查明该内容的来源',
  ),
  'cell-full-width': rule(
    'the cell holds full-width characters',
    '该单元格含有全角字符',
    'type digits and letters in half width',
    '请用半角输入数字和字母',
  ),
  'cell-empty': rule('the cell is empty', '该单元格为空', 'fill it in', '请填写'),
  'cell-too-long': rule(
    'the cell is longer than this column allows',
    '该单元格超过本列允许的长度',
    'shorten it as on the identity card',
    '请按身份证所载缩短',
  ),
  'resident-number-form': rule(
    'not 17 digits and a check character',
    '不是 17 位数字加 1 位校验码',
    'write all 18 characters, with a capital X; 15 digits were replaced in 2013',
    '请写全 18 位，末位 X 须大写；15 位旧号码已于 2013 年停用',
  ),
  'resident-number-check-character': rule(
    'the check character does not fit',
    '校验码不符',
    'look for a mistyped digit',
    '请核对是否有录错的数字',
  ),
  'resident-number-birth-date': rule(
    'holds a birth date that cannot be',
    '号码中的出生日期不可能存在',
    'compare with the identity card',
    '请与身份证核对',
  ),
  'resident-number-division': rule(
    'begins with no division',
    '号码开头不是行政区划代码',
    'compare with the identity card',
    '请与身份证核对',
  ),
  'resident-number-repeated': rule(
    'the number stands in an earlier row already',
    '该号码已在前面的行中出现',
    'keep one row for each person',
    '每人只保留一行',
  ),
  'name-characters': rule(
    'the name holds a character that is no letter',
    '姓名中含有非文字字符',
    'write rare characters in Unicode, not in a private area',
    '生僻字请使用 Unicode 编码，不要使用自造字区',
  ),
  'name-latin-characters': rule(
    'not letters a to z, spaces, hyphens and apostrophes',
    '不是 a 至 z 的字母、空格、连字符或撇号',
    'spell it after GB/T 28039, without tone marks',
    '请按 GB/T 28039 拼写，不加声调',
  ),
  'sex-unknown': rule(
    'neither 1 nor 2',
    '既不是 1 也不是 2',
    'write 1 for male, 2 for female (GB/T 2261.1)',
    '男写 1，女写 2（GB/T 2261.1）',
  ),
  'sex-differs-from-number': rule(
    'differs from the resident number',
    '与公民身份号码不一致',
    'compare both with the identity card',
    '请与身份证核对两者',
  ),
  'date-form': rule('not a date of the form YYYY-MM-DD', '日期格式不是 YYYY-MM-DD', 'write it like 2026-03-09', '请写成 2026-03-09 的形式'),
  'date-impossible': rule('no day of the calendar', '日历中没有这一天', 'compare with the document', '请与证件核对'),
  'birth-date-future': rule('a birth date after today', '出生日期晚于今天', 'compare with the identity card', '请与身份证核对'),
  'birth-date-differs-from-number': rule(
    'differs from the resident number',
    '与公民身份号码不一致',
    'compare both with the identity card',
    '请与身份证核对两者',
  ),
  'division-unknown': rule(
    'no division that is known here',
    '不是已知的行政区划代码',
    'look the district up in the list of divisions',
    '请在区划代码表中查询该区县',
  ),
  'division-of-another-city': rule(
    'a division of another city',
    '属于另一城市的行政区划',
    "move the row to that city's file",
    '请将该行移至该城市的文件',
  ),
  'resident-since-impossible': rule(
    'before birth, or after today',
    '早于出生日期或晚于今天',
    'compare with the register',
    '请与登记簿核对',
  ),
  'concession-unknown': rule(
    'no concession that there is',
    '没有这种优惠类别',
    'write none, student, senior or disabled',
    '请写 none、student、senior 或 disabled',
  ),
  'concession-until-needed': rule(
    'this concession needs its last day',
    '该优惠类别必须写明截止日期',
    "fill in the last day of school, or of the disability certificate's validity",
    '请填写在校截止日期或残疾人证有效期',
  ),
  'concession-until-unexpected': rule('this concession has no last day', '该优惠类别没有截止日期', 'leave the cell empty', '请留空'),
  'valid-until-before-valid-from': rule(
    'before valid_from',
    '早于 valid_from',
    'exchange or correct the two dates',
    '请调换或更正两个日期',
  ),
  'valid-until-past': rule(
    'the credential would have ended already',
    '凭证在签发前已过期',
    'correct the date, or remove the row',
    '请更正日期或删除该行',
  ),
  'row-changed-since-issued': rule(
    'a credential was issued, or begun, from this row as it was before; it was not issued again',
    '该行在签发（或开始签发）之后有改动；未重复签发',
    'if the new data is right, revoke the credential first',
    '如新数据无误，请先撤销原凭证',
  ),
} as const satisfies Readonly<Record<string, RuleTexts>>

/** Identifier of a rule. */
export type RuleId = keyof typeof rules
