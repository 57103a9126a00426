import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'

/** A span as OTLP has it in JSON, with its attributes and those of its resource by name. */
export interface ReceivedSpan {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId: string | undefined
  readonly name: string
  readonly kind: number
  readonly startTimeUnixNano: string
  readonly endTimeUnixNano: string
  readonly attributes: Readonly<Record<string, string | number>>
  readonly resource: Readonly<Record<string, string | number>>
  readonly status: { readonly code?: number }
}

/** An OTLP/HTTP receiver. */
export interface Collector {
  readonly url: string
  readonly spans: ReceivedSpan[]
  /** Path and headers of all requests so far. */
  readonly requests: { readonly path: string; readonly headers: IncomingHttpHeaders }[]
  /** Waits until there are so many spans. */
  until(count: number): Promise<ReceivedSpan[]>
}

/** Starts a receiver that is gone with the test; `answer` answers requests in another way. */
export async function startCollector(
  context: TestContext,
  answer?: (response: ServerResponse) => void,
): Promise<Collector> {
  const spans: ReceivedSpan[] = []
  const requests: Collector['requests'] = []
  const waiting: (() => void)[] = []
  const server = createServer(async (request, response) => {
    let text = ''
    for await (const chunk of request.setEncoding('utf8')) text += chunk
    requests.push({ path: request.url ?? '', headers: request.headers })
    if (answer !== undefined) answer(response)
    else {
      spans.push(...spansOf(JSON.parse(text)))
      response.setHeader('content-type', 'application/json').end('{}')
    }
    for (const wake of waiting.splice(0)) wake()
  })
  context.after(() => {
    server.close()
    server.closeAllConnections()
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    requests,
    until: async (count) => {
      while (spans.length < count) await new Promise<void>((resolve) => waiting.push(resolve))
      return spans
    },
  }
}

// biome-ignore lint/suspicious/noExplicitAny: the tests look at what they expect to be there
function spansOf(body: any): ReceivedSpan[] {
  // biome-ignore lint/suspicious/noExplicitAny: the same
  return body.resourceSpans.flatMap(({ resource, scopeSpans }: any) =>
    // biome-ignore lint/suspicious/noExplicitAny: the same
    scopeSpans.flatMap(({ spans }: any) =>
      // biome-ignore lint/suspicious/noExplicitAny: the same
      spans.map((span: any) => ({
        ...span,
        attributes: valuesOf(span.attributes),
        resource: valuesOf(resource.attributes),
      })),
    ),
  )
}

function valuesOf(
  attributes: { key: string; value: Record<string, string | number> }[],
): Record<string, string | number> {
  return Object.fromEntries(
    attributes.map(({ key, value }) => [key, Object.values(value)[0] as string | number]),
  )
}
