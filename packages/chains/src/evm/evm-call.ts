import { type Abi, type AbiFunction, type AbiParameter, encodeFunctionData, type Hex } from 'viem'

/**
 * The call of a contract's function by its name and arguments as text: numbers in decimal, bytes and addresses as `0x…`, lists as JSON of such texts.
 *
 * @throws TypeError: no such function, or an argument is not of its type
 */
export function evmCall(abi: Abi, name: string, args: readonly string[]): { readonly item: AbiFunction; readonly data: Hex } {
  const items = abi.filter(each => each.type === 'function' && each.name === name) as readonly AbiFunction[]
  const item = items.find(({ inputs }) => inputs.length === args.length)
  if (item === undefined) throw new TypeError('expected a function of the contract, and as many arguments as it takes')
  const values = item.inputs.map((input, index) => typed(input, args[index]!))
  try {
    return { item, data: encodeFunctionData({ abi: [item], functionName: name, args: values }) }
  } catch (cause) {
    throw new TypeError('expected arguments of the types that the function takes', { cause })
  }
}

function typed(parameter: AbiParameter, argument: unknown): unknown {
  const { type } = parameter
  if (type.endsWith(']')) {
    const list: unknown = typeof argument === 'string' ? parsed(argument) : argument
    if (!Array.isArray(list)) throw new TypeError(`expected a list for ${parameter.name ?? type}`)
    const element = { ...parameter, type: type.slice(0, type.lastIndexOf('[')) }
    return list.map(each => typed(element, each))
  }
  if (typeof argument !== 'string' || type === 'tuple') throw new TypeError(`expected text for ${parameter.name ?? type}`)
  if (type.startsWith('uint') || type.startsWith('int')) {
    if (!/^(0|-?[1-9]\d{0,77})$/.test(argument)) throw new TypeError(`expected a decimal number for ${parameter.name ?? type}`)
    return BigInt(argument)
  }
  if (type === 'bool') {
    if (argument !== 'true' && argument !== 'false') throw new TypeError(`expected true or false for ${parameter.name ?? type}`)
    return argument === 'true'
  }
  if (type.startsWith('bytes') && !/^0x([0-9a-fA-F]{2})*$/.test(argument))
    throw new TypeError(`expected bytes as 0x and hexadecimal digits for ${parameter.name ?? type}`)
  return argument
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
