/** What the page of the REST routes makes of a description. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';

import { outline, typeName } from '../../web/js/docs/outline.js';

const described = JSON.parse(readFileSync(new URL('../../../../docs/openapi.json', import.meta.url), 'utf8'));

describe('the description that is checked in', () => {
  const { chapters, shapes } = outline(described);
  const routes = chapters.flatMap((chapter) => chapter.routes);
  test('is shown whole', () => {
    const shown = routes.map(({ method, path }) => `${method} ${path}`).sort();
    const there = Object.entries(described.paths).flatMap(([path, item]) => Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`));
    assert.deepEqual(shown, there.sort());
    assert.equal(shapes.length, Object.keys(described.components.schemas).length);
    assert.equal(new Set(routes.map(({ id }) => id)).size, routes.length, 'each has an address of its own');
  });
  test('says of each route what it is for and what it answers', () => {
    for (const { path, summary, answers } of routes) {
      assert.notEqual(summary, '', path);
      assert.ok(answers.length > 0 && answers.every(({ about }) => about !== ''), path);
    }
  });
  test('says what a ban takes', () => {
    const ban = routes.find(({ id }) => id === 'ban');
    assert.deepEqual([ban?.keyed, ban?.bodies], [true, [{ kind: 'application/json', type: 'BanOrder' }]]);
    const order = shapes.find(({ name }) => name === 'BanOrder');
    assert.deepEqual(order?.fields.filter(({ needed }) => needed).map(({ name }) => name), ['device']);
  });
});

describe('types', () => {
  for (const [schema, name] of [
    [{ type: 'integer' }, 'integer'],
    [{ type: ['string', 'null'] }, 'string | null'],
    [{ type: 'array', items: { $ref: '#/components/schemas/Ban' } }, 'Ban[]'],
    [{ oneOf: [{ type: 'null' }, { $ref: '#/components/schemas/Ban' }] }, 'null | Ban'],
    [{ type: 'object', additionalProperties: { type: 'integer' } }, '{ name: integer }'],
    [{ type: 'string', format: 'binary' }, 'file'],
    [{}, 'any'],
    [undefined, 'any'],
  ]) {
    test(`${JSON.stringify(schema)} reads ${name}`, () => assert.equal(typeName(schema), name));
  }
});

test('whatever comes is shown as far as it goes', () => {
  for (const odd of [null, 7, [], {}, { paths: 3 }, { paths: { '/a': null } }, { paths: { '/a': { get: 1 } }, tags: 'x' }, { components: { schemas: { A: null } } }]) {
    assert.ok(Array.isArray(outline(odd).chapters));
  }
  const [chapter] = outline({ paths: { '/a': { get: {} } } }).chapters;
  assert.deepEqual(chapter?.routes[0]?.id, 'get-/a');
});
