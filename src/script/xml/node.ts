import { checkOptionalObject, checkString } from '../arguments.ts'

/** What an element contains: other elements, and whatever else is written as text. */
export type XmlChild = XmlNode | string | number | boolean | bigint | null | undefined

/** An element, or a document, which has no name and one element. */
export class XmlNode {
  readonly name: string
  readonly attributes: Readonly<Record<string, unknown>> | null
  readonly children: readonly XmlChild[] | null

  constructor(
    name: string,
    attributes?: Readonly<Record<string, unknown>> | null,
    children?: readonly XmlChild[] | null,
  ) {
    this.name = checkString(name, 1)
    this.attributes = checkOptionalObject(attributes, 2) ?? null
    this.children = checkOptionalObject(children, 3) ?? null
  }
}

// Scripts know the class as XML.Node.
Object.defineProperty(XmlNode, 'name', { value: 'Node' })
