import { accepted, get, head, lastOne, type RequestCase, refused, shown } from '../request-case.ts'

const CONTROLS = [...Array.from({ length: 32 }, (_, code) => String.fromCharCode(code)), '\x7f']

/** Methods, targets, versions, and the Host. */
export const TARGET_CASES: readonly RequestCase[] = [
  ...['FETCH', 'get', 'Get', 'GETT', "!#$%&'*+-.^_`|~09", 'PATCH', 'PROPFIND'].map((method) =>
    accepted('9110 §9.1', `method ${method}`, line(`${method} /a HTTP/1.1`)),
  ),
  accepted('9110 §9.3.2', 'HEAD', line('HEAD /a HTTP/1.1')),
  ...['G(T', 'G\x00T', 'G\x80T', 'G@T', 'GET:', '"GET"'].map((method) =>
    refused('9110 §9.1', `method ${shown(method)}`, line(`${method} / HTTP/1.1`)),
  ),
  refused('9112 §3', 'no method', line(' / HTTP/1.1')),
  refused('9112 §3', 'no target', line('GET HTTP/1.1')),
  refused('9112 §3', 'two spaces before the target', line('GET  / HTTP/1.1')),
  refused('9112 §3', 'two spaces behind the target', line('GET /  HTTP/1.1')),
  refused('9112 §3', 'a space behind the version', line('GET / HTTP/1.1 ')),
  refused('9112 §3', 'tabs between the words', line('GET\t/\tHTTP/1.1')),
  ...[...CONTROLS.filter((byte) => byte !== '\n'), ' ', '\x80', '\xff', '\xc3\xa9', '#', '#b'].map(
    (bytes) =>
      refused('9112 §3.2', `${shown(bytes)} in a target`, line(`GET /a${bytes}c HTTP/1.1`)),
  ),
  accepted(
    '9112 §3.2.1',
    'odd characters in a target',
    line('GET //a/../%2e%00?b=[]{}|"<>\\^`&c=?/ HTTP/1.1'),
  ),
  ...['a', 'a/b', '?a', 'ftp://a/b', 'http:/a', 'http:a'].map((target) =>
    refused('9112 §3.2', `target ${target}`, line(`GET ${target} HTTP/1.1`)),
  ),
  refused('9110 §9.3.6', 'CONNECT', head('CONNECT a:443 HTTP/1.1', 'Host: a:443'), 405),
  refused('9110 §9.3.6', 'CONNECT with a path', head('CONNECT /a HTTP/1.1', 'Host: a'), 405),
  refused('9112 §3.2.3', 'an authority as target of GET', line('GET a:80 HTTP/1.1')),
  accepted('9112 §3.2.4', 'OPTIONS *', line('OPTIONS * HTTP/1.1')),
  refused('9112 §3.2.4', 'GET *', line('GET * HTTP/1.1')),
  refused('9112 §3.2.4', 'options *, which is another method', line('options * HTTP/1.1')),

  replaced('the target names another host', 'http://b/c?d', '/c?d', 'b'),
  replaced('the target names another port', 'http://a:81/c', '/c', 'a:81'),
  replaced('a target in capital letters', 'HTTP://B/c', '/c', 'B'),
  replaced('https', 'https://b/c', '/c', 'b'),
  replaced('an address of IPv6', 'http://[::1]:8080/c', '/c', '[::1]:8080'),
  replaced('no path', 'http://b', '/', 'b'),
  replaced('a query and no path', 'http://b?c', '/?c', 'b'),
  accepted(
    '9112 §3.2.4',
    'OPTIONS of an absolute target without path',
    head('OPTIONS http://b HTTP/1.1', 'Host: a'),
    head('OPTIONS * HTTP/1.1', 'Host: b'),
  ),
  accepted(
    '9112 §3.2.2',
    'Host stays where it was',
    head('GET http://b/c HTTP/1.1', 'X-A: 1', 'Host: a', 'X-B: 2'),
    head('GET /c HTTP/1.1', 'X-A: 1', 'Host: b', 'X-B: 2'),
  ),
  refused(
    '9112 §3.2',
    'an absolute target without Host',
    head('GET http://b/c HTTP/1.1', 'X-A: 1'),
  ),
  refused(
    '9112 §3.2',
    'an absolute target with two Hosts',
    head('GET http://b/c HTTP/1.1', 'Host: a', 'Host: b'),
  ),
  ...[
    'http:///c',
    'http://:80/c',
    'http://u@b/c',
    'http://u:p@b/c',
    'http://b:99999/c',
    'http://b:x/c',
    'http://b,c/d',
    'http://b#c',
    'http://',
  ].map((target) => refused('9112 §3.2.2', `target ${target}`, line(`GET ${target} HTTP/1.1`))),

  ...['HTTP/0.9', 'HTTP/2.0', 'HTTP/3.0', 'HTTP/9.9'].map((version) =>
    refused('9110 §15.6.6', version, line(`GET / ${version}`), 505),
  ),
  ...[
    'HTTP/1.01',
    'HTTP/01.1',
    'http/1.1',
    'HTTP/1',
    'HTTP/1.',
    'HTTP/.1',
    'HTTP/11.1',
    'HTTP/1.10',
    'HTTP/1,1',
    'HTTP /1.1',
    'HTP/1.1',
    'HTTP/1.1x',
    'HTTP/a.b',
    'ICY/1.1',
  ].map((version) => refused('9112 §2.3', version, line(`GET / ${version}`))),
  refused('9112 §2.3', 'no version', line('GET /')),
  refused('9112 §2.3', 'HTTP/2 with one digit', line('GET / HTTP/2')),
  refused('9113 §3.4', 'the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 505),
  refused('9112 §3', 'a TLS handshake', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'),
  accepted('9110 §2.5', 'HTTP/1.2 is read as 1.1', line('GET / HTTP/1.2'), get()),
  accepted('9110 §2.5', 'HTTP/1.9 is read as 1.1', line('GET / HTTP/1.9'), get()),
  lastOne('9112 §9.3', 'HTTP/1.0 is the last request', line('GET / HTTP/1.0'), get()),
  accepted(
    '9112 §9.3',
    'HTTP/1.0 with keep-alive',
    head('GET / HTTP/1.0', 'Host: a', 'Connection: Keep-Alive'),
    get(),
  ),

  refused('9112 §3.2', 'no Host', head('GET / HTTP/1.1')),
  refused('9112 §3.2', 'no Host, other fields', head('GET / HTTP/1.1', 'X-Host: a', 'Hosts: a')),
  refused('9112 §3.2', 'two Hosts, different', get('Host: b')),
  refused('9112 §3.2', 'two Hosts, equal', get('Host: a')),
  refused('9112 §3.2', 'two Hosts, other spelling', get('X-A: 1', 'hOST: a')),
  refused('9112 §3.2', 'two Hosts on HTTP/1.0', head('GET / HTTP/1.0', 'Host: a', 'Host: b')),
  ...[
    'a, b',
    'a,b',
    'u@a',
    'u:p@a',
    'a/b',
    '/',
    'a?b',
    'a#b',
    'a b',
    'a\tb',
    'a\x00',
    'a\x7f',
    'a\\b',
    'a:b',
    'a:80:80',
    'a:65536',
    'a:-1',
    ':80:',
    '[',
    '[]',
    '[::1',
    '[::1]b',
    '[g]',
    '[......]',
    '[1.2.3.4]',
    '[::1::]',
    '[1:2:3:4:5:6:7:8:9]',
    '[12345::]',
    '[v1.a]',
    '::1',
    'a%',
    'a%2',
    'a%zz',
    'a<b',
    'a>b',
    '"a"',
    'a^b',
    'a|b',
    '\xe4',
    'http://a',
    'a:80a',
  ].map((host) =>
    refused('9112 §3.2', `Host: ${shown(host)}`, head('GET / HTTP/1.1', `Host: ${host}`)),
  ),
  ...[
    'a',
    'A.b-c_d~e',
    '127.0.0.1',
    'a:80',
    'a:',
    '[::1]',
    '[::1]:65535',
    '[::ffff:1.2.3.4]',
    'a%20b',
    'a;b=c',
    '1',
  ].map((host) =>
    accepted('9112 §3.2', `Host: ${host}, which is fine`, head('GET / HTTP/1.1', `Host: ${host}`)),
  ),
  accepted('9112 §3.2', 'an empty Host', head('GET / HTTP/1.1', 'Host:')),
]

/** A request with this first line. */
function line(text: string): string {
  return head(text, 'Host: a')
}

/** A target in absolute form, which is forwarded in origin form. */
function replaced(name: string, target: string, path: string, host: string): RequestCase {
  return accepted(
    '9112 §3.2.2',
    `absolute form: ${name}`,
    line(`GET ${target} HTTP/1.1`),
    head(`GET ${path} HTTP/1.1`, `Host: ${host}`),
  )
}
