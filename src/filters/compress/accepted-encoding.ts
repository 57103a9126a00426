/** A content coding that we can make. */
export type Encoding = 'br' | 'gzip'

/** RFC 9110 §8.4.1.3: an alias. */
const ALIASES: Readonly<Record<string, string>> = { 'x-gzip': 'gzip' }
/** RFC 9110 §12.4.2: a weight has at most three decimals and is not above 1. */
const WEIGHT = /^(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/

/**
 * The coding among `offered`, best first, that an Accept-Encoding field asks for most (RFC 9110
 * §12.5.3); `'identity'` if the client would rather have none of them, or cannot read any.
 */
export function acceptedEncoding(
  field: string | undefined,
  offered: readonly Encoding[],
): Encoding | 'identity' {
  if (field === undefined) return 'identity'
  const weights = weightsOf(field)
  const rest = weights.get('*') ?? 0
  let best: Encoding | 'identity' = 'identity'
  // Without a word about it, a body as it is comes last.
  let bestWeight = weights.get('identity') ?? 0
  for (const encoding of offered) {
    const weight = weights.get(encoding) ?? rest
    const isBetter = best === 'identity' ? weight >= bestWeight : weight > bestWeight
    if (weight === 0 || !isBetter) continue
    best = encoding
    bestWeight = weight
  }
  return best
}

/** Weights by coding; what is malformed is not accepted. */
function weightsOf(field: string): Map<string, number> {
  const weights = new Map<string, number>()
  for (const item of field.split(',')) {
    const [name = '', ...parameters] = item.split(';').map((part) => part.trim().toLowerCase())
    const coding = ALIASES[name] ?? name
    if (coding !== '') weights.set(coding, weightOf(parameters))
  }
  return weights
}

function weightOf(parameters: readonly string[]): number {
  const [parameter, ...others] = parameters
  if (parameter === undefined) return 1
  const [, value = ''] = /^q\s*=\s*(.*)$/.exec(parameter) ?? []
  return others.length === 0 && WEIGHT.test(value) ? Number(value) : 0
}
