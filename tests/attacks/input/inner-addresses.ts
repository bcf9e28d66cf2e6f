const ipv4 = [
  '127.0.0.1',
  '127.8.9.10',
  '0.0.0.0',
  '10.0.0.1',
  '172.16.0.1',
  '192.168.1.1',
  '169.254.169.254',
  '100.64.0.1',
  '198.18.0.1',
  '255.255.255.255',
]
const ipv6 = [
  '::1',
  '::',
  'fe80::1',
  'fc00::1',
  'fd00:ec2::254',
  'ff02::1',
  '::ffff:127.0.0.1',
  '::127.0.0.1',
  '64:ff9b::7f00:1',
  '2002:7f00:1::',
  '2001:0:7f00:1::',
]
const names = [
  ...[
    'localhost',
    'LOCALHOST',
    'localhost.',
    'a.localhost',
    'localhost.localdomain',
    'metadata.google.internal',
    'router.local',
    'db.corp',
    'printer',
  ],
  ...['loc%61lhost', 'xn--lcalhost-q1a', '1.0.0.127.in-addr.arpa', 'localhost%00.example.com', 'localhost%2f.example.com'],
]

/** Hosts inside, each as others have written it: where something listens on this machine, or could in a network. */
export function innerHosts(): readonly string[] {
  return [...ipv4.flatMap(formsOf), ...ipv6.map(address => `[${address}]`), '[::1%25lo]', '[fe80::1%25eth0]', ...names]
}

/** Over 300 addresses inside. @param port - at which something listens here */
export function innerAddresses(port: number): readonly string[] {
  const hosts = innerHosts()
  return [
    ...hosts.map(host => `https://${host}:${port}/list`),
    ...hosts.slice(0, 90).map(host => `http://${host}:${port}/list`),
    ...['127.0.0.1', 'localhost', '[::1]'].flatMap(host => tricks(host, port)),
  ]
}

/** An IPv4 address in the ways that resolvers read one. */
function formsOf(address: string): readonly string[] {
  const [a, b, c, d] = address.split('.').map(Number) as [number, number, number, number]
  const number = ((a << 24) | (b << 16) | (c << 8) | d) >>> 0
  const octal = (value: number) => `0${value.toString(8)}`
  const hex = (value: number) => `0x${value.toString(16)}`
  return [
    ...[address, `${address}.`, String(number), hex(number), octal(number)],
    ...[
      [a, b, c, d].map(octal).join('.'),
      [a, b, c, d].map(hex).join('.'),
      `${a}.${b}.${(c << 8) | d}`,
      `${a}.${(b << 16) | (c << 8) | d}`,
    ],
    ...[`${hex(a)}.${octal(b)}.${c}.${d}`, address.replaceAll('.', '%2e'), address.replaceAll('.', '。')],
    ...[`[::ffff:${address}]`, `[::ffff:${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}]`],
  ]
}

/** Texts that one reader takes for an address outside and another for one inside. */
function tricks(host: string, port: number): readonly string[] {
  return [
    `https://example.com@${host}:${port}/`,
    `https://example.com%40${host}:${port}/`,
    `https://example.com\\@${host}:${port}/`,
    `https://${host}:${port}\\@example.com/`,
    `https://${host}:${port}#@example.com/`,
    `https://${host}:${port}?@example.com/`,
    `https://user:pass@${host}:${port}/`,
    `https://@${host}:${port}/`,
    `https:/\\${host}:${port}/`,
    `https:${host}:${port}/`,
    `//${host}:${port}/`,
    `\thttps://${host}:${port}/`,
    `ht\ntps://${host}:${port}/`,
    `https://${host}\t:${port}/`,
    `http://${host}:${port}/`,
    `HTTP://${host}:${port}/`,
    `ftp://${host}:${port}/`,
    `gopher://${host}:${port}/_GET`,
    `file://${host}/etc/passwd`,
    `jar:http://${host}:${port}!/`,
    `data:text/plain,${host}:${port}`,
    `blob:https://${host}:${port}/`,
    `dict://${host}:${port}/`,
  ]
}
