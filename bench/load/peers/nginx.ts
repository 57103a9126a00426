import { toolVersion } from '../process/tool.ts'
import type { Peer, PeerSetup } from './peer.ts'

/** nginx as an HTTP load balancer: one worker, no log, connections to the upstream kept alive. */
export const nginx: Peer = {
  name: 'nginx',
  label: 'nginx',
  version: () => toolVersion({ program: 'nginx', versionArgs: ['-v'], debianPackage: 'nginx' }),
  remedy: 'apt-get install nginx',
  launch: (setup) => ({
    program: 'nginx',
    args: ['-p', setup.directory, '-e', 'stderr', '-c', `${setup.directory}/nginx.conf`],
    files: { 'nginx.conf': nginxConfig(setup) },
  }),
}

/** The same with an access log, written in pieces of 32 KB or every half second, as Sluice's is. */
export const nginxLog: Peer = {
  ...nginx,
  name: 'nginx-log',
  label: 'nginx (log)',
  launch: (setup) => {
    const log = `access_log ${setup.directory}/access.log combined buffer=32k flush=500ms;`
    return { ...nginx.launch(setup), files: { 'nginx.conf': nginxConfig(setup, log) } }
  },
}

/** Lines that an nginx started by the benchmark needs, whether proxy or upstream. */
export function nginxPreamble(directory: string, workers: number): string {
  return `${process.getuid?.() === 0 ? 'user root;' : ''}
daemon off;
worker_processes ${workers};
pid ${directory}/nginx.pid;
error_log stderr warn;
events { worker_connections 12000; }`
}

/** Settings of an nginx's http block that the benchmark always uses: no log, nothing closed by count or time. */
export function nginxHttpDefaults(directory: string): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((kind) => `${kind}_temp_path ${directory}/${kind};`)
    .join(' ')
  return `access_log off;
  ${temporary}
  keepalive_requests 1000000000;
  keepalive_timeout 600s;
  tcp_nodelay on;
  sendfile on;`
}

// The buffers are taken only by bodies that do not fit the first 4 KB. With the default sizes nginx
// spends twice as much on a body of 64 KB and six times as much on one of 1 MB.
function nginxConfig(
  { directory, port, upstreamPorts, workers }: PeerSetup,
  serverLines = '',
): string {
  return `${nginxPreamble(directory, workers)}
http {
  ${nginxHttpDefaults(directory)}
  upstream endpoints {
    ${upstreamPorts.map((upstreamPort) => `server 127.0.0.1:${upstreamPort};`).join(' ')}
    keepalive 256;
    keepalive_requests 1000000000;
    keepalive_timeout 600s;
  }
  server {
    listen 127.0.0.1:${port} reuseport;
    ${serverLines}
    location / {
      proxy_pass http://endpoints;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_buffers 8 64k;
      proxy_busy_buffers_size 128k;
      proxy_max_temp_file_size 0;
      client_body_buffer_size 128k;
    }
  }
}
`
}
