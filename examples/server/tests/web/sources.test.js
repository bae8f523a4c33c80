/** What can be seen in the sources: the policy holds, text stays text, every part of the page exists. */

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const web = fileURLToPath(new URL('../../web/', import.meta.url));
const files = readdirSync(web, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => path.join(entry.parentPath ?? entry.path, entry.name));
const sources = new Map(files.map((file) => [path.relative(web, file), readFileSync(file, 'utf8')]));
const scripts = [...sources].filter(([name]) => name.endsWith('.js'));
const isOf = (folder) => ([name]) => name.startsWith(path.join('js', folder, path.sep));

/** The pages, each with the scripts that show it. */
const PAGES = [
  { page: 'index.html', html: sources.get('index.html'), own: scripts.filter((script) => !['admin', 'docs', 'rooms'].some((folder) => isOf(folder)(script))) },
  { page: 'admin.html', html: sources.get('admin.html'), own: scripts.filter(isOf('admin')) },
  { page: 'docs.html', html: sources.get('docs.html'), own: scripts.filter(isOf('docs')) },
  { page: 'rooms.html', html: sources.get('rooms.html'), own: scripts.filter(isOf('rooms')) },
];
/** What the server has besides the files. */
const ROUTES = new Set(['./', 'openapi.json', 'rooms']);
const all = (pattern, text) => [...text.matchAll(pattern)].map(([, found]) => found);

describe('the policy', () => {
  for (const { page, html } of PAGES) {
    test(`${page} has no inline script, handler or style`, () => {
      assert.doesNotMatch(html, /<script(?![^>]*\ssrc=)/);
      assert.doesNotMatch(html, /<style|\sstyle=|\son[a-z]+=/);
    });
    test(`everything is loaded from beside ${page}, by a relative address`, () => {
      for (const address of all(/\s(?:src|href)="([^"]*)"/g, html)) {
        assert.match(address, /^(#|[a-z]|\.\/$)/);
        assert.doesNotMatch(address, /^[a-z]+:|^\/\//);
        if (!address.startsWith('#') && !ROUTES.has(address)) assert.ok(sources.has(address), `${address} exists`);
      }
    });
  }
  test('text never becomes markup or code', () => {
    for (const [name, text] of scripts) {
      assert.doesNotMatch(text, /innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|setAttribute\('style'/, name);
    }
  });
  test('nothing but the device, the nickname, the bio, the pool and the session of the rooms is kept', () => {
    for (const [name, text] of scripts) {
      if (name === path.join('js', 'device.js')) continue;
      assert.doesNotMatch(text, /\.setItem|sessionStorage|indexedDB|document\.cookie|caches\./, name);
    }
  });
  test('the reducer touches no document, clock, network or chance', () => {
    for (const [name, text] of scripts) {
      if (!/^js.((admin|rooms).)?(reducer|state|protocol|sentences|shapes|plot|docs.outline|rules.*)\.js$/.test(name)) continue;
      assert.doesNotMatch(text, /\b(document|window|navigator|localStorage|fetch|WebSocket|setTimeout|setInterval)\b[.(]|Date\.now|new Date|Math\.random|performance\./, name);
    }
  });
});

for (const { page, html, own } of PAGES) {
  describe(`the parts of ${page} fit`, () => {
    const refs = all(/data-ref="([^"]+)"/g, html);
    test('every part that a view asks for is on the page, once', () => {
      assert.equal(new Set(refs).size, refs.length);
      const views = own.filter(([name]) => name.includes('view') || name.endsWith('main.js') || name.endsWith('dom.js'));
      const asked = views.flatMap(([, text]) => [
        ...all(/\b(?:element|ref|copy)\('([^']+)'/g, text),
        ...all(/\[((?:'[a-z-]+',? ?)+)\]\.map\(element\)/g, text).flatMap((list) => all(/'([^']+)'/g, list)),
      ]);
      assert.ok(refs.length > 0);
      for (const name of asked) assert.ok(refs.includes(name), name);
      for (const name of refs) assert.ok(asked.includes(name), `${name} is used`);
    });
    test('every button does something', () => {
      const known = own.map(([, text]) => text).join('\n');
      const deeds = new Set(all(/data-do="([^"]+)"/g, html));
      for (const deed of deeds) {
        const handled = known.includes(`'${deed}':`) || new RegExp(`^  ${deed}:`, 'm').test(known) || known.includes(`[data-do="${deed}"]`);
        assert.ok(handled || ['newer', 'undo-block'].includes(deed), deed);
      }
    });
    test('every field has a label, every screen a heading that can take the focus', () => {
      for (const id of all(/<(?:input|textarea|select)[^>]*\sid="([^"]+)"/g, html)) assert.ok(html.includes(`for="${id}"`), id);
      for (const [, section] of html.matchAll(/<section[^>]*data-screen=[^>]*>([\s\S]*?)<\/h1>/g)) assert.match(section, /<h1 [^>]*tabindex="-1"/);
      assert.equal(all(/(<section[^>]*data-screen=)/g, html).length, all(/(<h1 )/g, html).length);
      for (const id of all(/aria-(?:labelledby|describedby|controls)="([^"]+)"/g, html).flatMap((ids) => ids.split(' '))) assert.ok(html.includes(`id="${id}"`), id);
    });
    test('every button says that it is one or submits a form', () => {
      for (const [button] of html.matchAll(/<button[^>]*>/g)) assert.match(button, /type="(button|submit)"/);
    });
  });
}
