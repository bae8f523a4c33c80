/**
 * From an OpenAPI document to what a reader wants to know of each route. It touches no page and no network, and
 * takes whatever it is given: what is missing is left out.
 */

/** @typedef {{ [name: string]: unknown }} Node */
/** @typedef {{ name: string, where: string, type: string, needed: boolean, about: string }} Field */
/** @typedef {{ status: string, about: string, type: string }} Answer */
/**
 * @typedef {object} Route
 * @property {string} id
 * @property {string} method
 * @property {string} path
 * @property {string} summary
 * @property {string} about
 * @property {boolean} keyed
 * @property {Field[]} fields parameters of path and query
 * @property {{ kind: string, type: string }[]} bodies
 * @property {Answer[]} answers
 */
/** @typedef {{ name: string, about: string, routes: Route[] }} Chapter */
/** @typedef {{ name: string, about: string, fields: Field[] }} Shape */
/** @typedef {{ title: string, about: string, chapters: Chapter[], shapes: Shape[] }} Outline */

const METHODS = ['get', 'post', 'put', 'patch', 'delete'];

/** @param {unknown} value @returns {Node} */
const node = (value) => (typeof value === 'object' && value !== null ? /** @type {Node} */ (value) : {});
/** @param {unknown} value @returns {unknown[]} */
const list = (value) => (Array.isArray(value) ? value : []);
/** @param {unknown} value */
const text = (value) => (typeof value === 'string' ? value : '');

/** What a schema stands for, in a few characters. @param {unknown} schema @returns {string} */
export function typeName(schema) {
  const { $ref, type, items, oneOf, additionalProperties, format, contentMediaType } = node(schema);
  if (typeof $ref === 'string') return $ref.split('/').pop() ?? '';
  const either = list(oneOf).map(typeName);
  if (either.length > 0) return either.join(' | ');
  const names = Array.isArray(type) ? type.map(text) : [text(type)];
  return names.map((name) => {
    if (name === 'array') return `${typeName(items)}[]`;
    if (name === 'object' && additionalProperties !== undefined) return `{ name: ${typeName(additionalProperties)} }`;
    return format === 'binary' || contentMediaType !== undefined ? 'file' : name;
  }).filter((name) => name !== '').join(' | ') || 'any';
}

/** @param {unknown} content */
const bodies = (content) => Object.entries(node(content)).map(([kind, body]) => ({ kind, type: typeName(node(body).schema) }));

/** @param {string} path @param {string} method @param {Node} operation @returns {Route} */
function route(path, method, operation) {
  const responses = Object.entries(node(operation.responses)).sort(([one], [other]) => one.localeCompare(other));
  return {
    id: text(operation.operationId) || `${method}-${path}`,
    method: method.toUpperCase(),
    path,
    summary: text(operation.summary),
    about: text(operation.description),
    keyed: list(operation.security).length > 0,
    fields: list(operation.parameters).map(node).map((parameter) => ({
      name: text(parameter.name),
      where: text(parameter.in),
      type: typeName(parameter.schema),
      needed: parameter.required === true,
      about: text(parameter.description),
    })),
    bodies: bodies(node(operation.requestBody).content),
    answers: responses.map(([status, response]) => ({
      status,
      about: text(node(response).description),
      type: bodies(node(response).content).map(({ type }) => type).join(' | '),
    })),
  };
}

/** @param {[string, unknown]} schema @returns {Shape} */
function shape([name, schema]) {
  const { description, properties, required } = node(schema);
  const fields = Object.entries(node(properties)).map(([field, of]) => ({
    name: field,
    where: '',
    type: typeName(of),
    needed: list(required).includes(field),
    about: text(node(of).description),
  }));
  return { name, about: text(description), fields };
}

/** @param {unknown} document @returns {Outline} */
export function outline(document) {
  const { info, tags, paths, components } = node(document);
  /** @type {Map<string, Chapter>} */
  const chapters = new Map(list(tags).map(node).map((tag) => [text(tag.name), { name: text(tag.name), about: text(tag.description), routes: [] }]));
  for (const [path, item] of Object.entries(node(paths))) {
    for (const method of METHODS) {
      const operation = node(item)[method];
      if (operation === undefined) continue;
      const name = text(list(node(operation).tags)[0]);
      const chapter = chapters.get(name) ?? { name, about: '', routes: [] };
      chapters.set(name, chapter);
      chapter.routes.push(route(path, method, node(operation)));
    }
  }
  return {
    title: text(node(info).title),
    about: text(node(info).description),
    chapters: [...chapters.values()].filter(({ routes }) => routes.length > 0),
    shapes: Object.entries(node(node(components).schemas)).map(shape),
  };
}
