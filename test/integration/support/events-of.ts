/** Server-sent events of an HTTP API, as they come. */
export async function* eventsOf(
  url: string,
  kinds: string,
): AsyncGenerator<{ kind: string; data: unknown }> {
  const controller = new AbortController()
  try {
    const { signal } = controller
    const { body } = await fetch(`${url}/api/v1/events?kinds=${kinds}`, { signal })
    let text = ''
    for await (const piece of body ?? []) {
      text += Buffer.from(piece).toString()
      const parts = text.split('\n\n')
      text = parts.pop() ?? ''
      for (const part of parts) {
        const [, kind = '', data = 'null'] = /^event: (\w+)\ndata: (.*)$/.exec(part) ?? []
        if (kind !== '') yield { kind, data: JSON.parse(data) }
      }
    }
  } finally {
    controller.abort()
  }
}
