import { FORBIDDEN_CHARACTERS, XML_NAME } from './characters.ts'
import { type XmlChild, XmlNode } from './node.ts'
import { MAX_XML_DEPTH } from './parse.ts'

const NAME = new RegExp(`^${XML_NAME}$`, 'u')
const FORBIDDEN = new RegExp(FORBIDDEN_CHARACTERS, 'g')

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
}

/**
 * Renders a document, a node whose only child is an element; anything else gives the empty string.
 * With `space` every element stands on a line of its own, indented by that many spaces per level.
 * Throws for names that are not XML names, which could smuggle in markup.
 */
export function stringifyXml(document: XmlNode, space: number): string {
  const [root, ...others] = document.children ?? []
  if (!(root instanceof XmlNode) || others.length > 0) return ''
  const lines = ['<?xml version="1.0" encoding="UTF-8"?>']
  writeElement(root, 0, space, lines)
  return lines.join(space > 0 ? '\n' : '') + (space > 0 ? '\n' : '')
}

function writeElement(node: XmlNode, level: number, space: number, lines: string[]): void {
  if (level > MAX_XML_DEPTH) throw new Error('XML nodes are nested too deeply')
  if (!NAME.test(node.name)) throw new Error(`invalid XML name ${JSON.stringify(node.name)}`)
  const indent = ' '.repeat(level * space)
  const children = node.children ?? []
  const tag = node.name + attributesOf(node)
  const [only] = children
  if (children.length === 0) lines.push(`${indent}<${tag}/>`)
  else if (children.length === 1 && !(only instanceof XmlNode)) {
    lines.push(`${indent}<${tag}>${textOf(only)}</${node.name}>`)
  } else {
    lines.push(`${indent}<${tag}>`)
    for (const child of children) {
      if (child instanceof XmlNode) writeElement(child, level + 1, space, lines)
      else lines.push(' '.repeat((level + 1) * space) + textOf(child))
    }
    lines.push(`${indent}</${node.name}>`)
  }
}

function attributesOf({ attributes }: XmlNode): string {
  let text = ''
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (!NAME.test(name)) throw new Error(`invalid XML name ${JSON.stringify(name)}`)
    text += ` ${name}="${escapeText(String(value), /[&<>"\t\n\r]/g)}"`
  }
  return text
}

function textOf(child: XmlChild): string {
  return child === null || child === undefined ? '' : escapeText(String(child), /[&<>\r]/g)
}

function escapeText(text: string, special: RegExp): string {
  return text
    .replace(FORBIDDEN, '\uFFFD')
    .replace(special, (character) => ESCAPES[character] ?? character)
}
