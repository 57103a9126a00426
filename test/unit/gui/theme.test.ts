import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'

/** WCAG 2.2, 1.4.3: the least contrast of text. */
const LEAST = 4.5
const TEXTS = ['text', 'dim', 'accent', 'good', 'warn', 'bad']
const CODE = ['code-keyword', 'code-string', 'code-number', 'code-comment', 'code-name']
const BACKGROUNDS = ['bg', 'panel', 'raised', 'selected']

const [dark = '', light = ''] = readFileSync('gui/src/styles/theme.css', 'utf8').split(
  ':root[data-theme="light"]',
)

for (const [name, style] of Object.entries({ dark, light })) {
  const colors = new Map(
    Array.from(style.matchAll(/--([\w-]+): (#[\da-f]{6});/g), ([, key = '', color = '']) => [
      key,
      color,
    ]),
  )
  test(`texts of the ${name} theme can be read on all of its backgrounds`, () => {
    const pairs = [...TEXTS, ...CODE].flatMap((text) => BACKGROUNDS.map((back) => [text, back]))
    for (const [text = '', back = ''] of [...pairs, ['accent-text', 'accent']]) {
      const contrast = contrastOf(colors.get(text) ?? '', colors.get(back) ?? '')
      assert.ok(contrast >= LEAST, `${text} on ${back}: ${contrast.toFixed(2)}`)
    }
  })
}

function contrastOf(one: string, other: string): number {
  const [low = 0, high = 0] = [luminanceOf(one), luminanceOf(other)].sort((a, b) => a - b)
  return (high + 0.05) / (low + 0.05)
}

/** Relative luminance as WCAG defines it; NaN for what is no colour. */
function luminanceOf(color: string): number {
  const [red = NaN, green = NaN, blue = NaN] = [1, 3, 5].map((at) => {
    const value = Number.parseInt(color.slice(at, at + 2), 16) / 255
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}
