/*
 * Translates documents: XML to JSON on port 6080, and JSON to XML on port 6081.
 *
 *   sluice examples/xml-json/main.js
 *   curl --data-binary @examples/xml-json/sample.xml http://localhost:6080/
 *   curl --data-binary @examples/xml-json/sample.json http://localhost:6081/
 *
 * An element with elements inside becomes an object, and one with text a string. Elements of the
 * same name become an array.
 */
pipy({
  _toObject: (
    element,
  ) => (
    element.children.some(child => child instanceof XML.Node) ? (
      Object.fromEntries(
        element.children.filter(child => child instanceof XML.Node).reduce(
          (members, child) => (
            (
              (member, value) => (
                member === undefined ? (
                  members.push([child.name, value])
                ) : member[1] instanceof Array ? (
                  member[1].push(value)
                ) : (
                  member[1] = [member[1], value]
                )
              )
            )(
              members.find(([name]) => name === child.name),
              _toObject(child),
            ),
            members
          ),
          [],
        )
      )
    ) : (
      element.children.join('')
    )
  ),

  // The elements that stand for a value: as many as it has items if it is an array.
  _toElements: (
    name,
    value,
  ) => (
    value instanceof Array ? (
      value.flatMap(item => _toElements(name, item))
    ) : value instanceof Object ? (
      [
        new XML.Node(
          name,
          null,
          Object.entries(value).flatMap(([key, item]) => _toElements(key, item)),
        ),
      ]
    ) : (
      [new XML.Node(name, null, [`${value}`])]
    )
  ),

  _answer: (body, type) => (
    body ? new Message({ headers: { 'content-type': type } }, body) : (
      new Message({ status: 400 }, 'Cannot read that\n')
    )
  ),
})

.listen(6080)
  .decodeHttpRequest()
  .replaceMessage(
    msg => (
      document => _answer(
        document && JSON.encode(_toObject(document), null, 2),
        'application/json',
      )
    )(
      XML.decode(msg.body)
    )
  )
  .encodeHttpResponse()

.listen(6081)
  .decodeHttpRequest()
  .replaceMessage(
    msg => (
      value => _answer(
        value && XML.encode(_toElements('', value)[0], 2),
        'application/xml',
      )
    )(
      JSON.decode(msg.body)
    )
  )
  .encodeHttpResponse()
