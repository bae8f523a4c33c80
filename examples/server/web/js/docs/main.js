/** The page that describes the REST routes, as the server describes them itself. */

/** @import { Field, Outline, Route, Shape } from './outline.js' */

import { element, make, setShown, setText } from '../dom.js';
import { outline } from './outline.js';

/** Words, with what stands between backticks as code. @param {string} tag @param {string} className @param {string} text */
function words(tag, className, text) {
  const made = make(tag, className);
  made.append(...text.split('`').map((piece, index) => (index % 2 === 1 ? make('code', '', piece) : piece)));
  return made;
}

/** @param {Field[]} fields */
function fieldList(fields) {
  const rows = make('dl', 'fields');
  for (const { name, where, type, needed, about } of fields) {
    const term = make('dt', '');
    term.append(make('code', '', name), make('span', 'aside', [type, where, needed ? '' : 'optional'].filter(Boolean).join(', ')));
    rows.append(term, words('dd', '', about));
  }
  return rows;
}

/** @param {string} title @param {HTMLElement} content */
function part(title, content) {
  const section = make('div', 'part');
  section.append(make('h3', '', title), content);
  return section;
}

/** @param {Route} route */
function routeView(route) {
  const view = make('details', 'route');
  view.id = route.id;
  const head = make('summary', '');
  const method = make('span', 'method', route.method);
  method.dataset.method = route.method;
  head.append(method, make('code', '', route.path), words('span', 'aside', route.summary));
  if (route.keyed) head.append(make('span', 'tag', 'key'));
  view.append(head);
  if (route.about !== '') view.append(words('p', '', route.about));
  if (route.fields.length > 0) view.append(part('Parameters', fieldList(route.fields)));
  if (route.bodies.length > 0) {
    view.append(part('Body', make('p', '', route.bodies.map(({ kind, type }) => `${type} as ${kind}`).join(', or '))));
  }
  const answers = make('dl', 'fields');
  for (const { status, about, type } of route.answers) {
    const term = make('dt', '');
    term.append(make('code', '', status), make('span', 'aside', type));
    answers.append(term, words('dd', '', about));
  }
  view.append(part('Answers', answers));
  return view;
}

/** @param {Shape} shape */
function shapeView({ name, about, fields }) {
  const view = make('details', 'route');
  const head = make('summary', '');
  head.append(make('code', '', name), words('span', 'aside', about));
  view.append(head, fieldList(fields));
  return view;
}

/** @param {string} title @param {string} about @param {HTMLElement[]} rows */
function chapterView(title, about, rows) {
  const chapter = make('section', 'chapter');
  chapter.append(make('h2', '', title), make('p', 'aside', about), ...rows);
  return chapter;
}

/** @param {Outline} whole */
function show({ about, chapters, shapes }) {
  setText(element('about'), about);
  const views = chapters.map(({ name, about: of, routes }) => chapterView(name, of, routes.map(routeView)));
  if (shapes.length > 0) views.push(chapterView('shapes', 'What bodies and answers hold', shapes.map(shapeView)));
  element('chapters').replaceChildren(...views);
  const wanted = document.getElementById(location.hash.slice(1));
  if (wanted instanceof HTMLDetailsElement) {
    wanted.open = true;
    wanted.scrollIntoView();
  }
}

try {
  const answer = await fetch(new URL('openapi.json', document.baseURI));
  if (!answer.ok) throw new Error(String(answer.status));
  show(outline(await answer.json()));
} catch {
  setShown(element('trouble'), true);
} finally {
  element('chapters').setAttribute('aria-busy', 'false');
}
