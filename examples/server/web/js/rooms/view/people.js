/** Who is a member, and the tools of the owner. */

/** @import { Member } from '../shapes.js' */
/** @import { Inside } from '../state.js' */
/** @import { Act, Show } from '../view.js' */

import { element, make, setBlocked, setShown, setText } from '../../dom.js';
import { isOwner } from '../state.js';

/** @type {{ kind: 'kick' | 'ban' | 'hand-over', label: string, long: (nickname: string) => string }[]} */
const TOOLS = [
  { kind: 'kick', label: 'Remove', long: (nickname) => `Remove ${nickname}` },
  { kind: 'ban', label: 'Ban', long: (nickname) => `Ban ${nickname}` },
  { kind: 'hand-over', label: 'Make owner', long: (nickname) => `Make ${nickname} the owner` },
];

/** @param {Act} act @returns {Show} */
export function peopleView(act) {
  const [panel, button, list, tools, lock] = [element('panel'), element('people'), element('member-list'), element('owner-tools'), element('lock')];
  /** @type {Map<string, HTMLElement>} */
  const lines = new Map();
  /** @type {Member[]} */
  let members = [];
  list.addEventListener('click', ({ target }) => {
    const pressed = target instanceof Element ? target.closest('button') : null;
    const alias = pressed?.closest('li')?.dataset.alias;
    const deed = TOOLS.find(({ kind }) => kind === pressed?.dataset.tool);
    const member = members.find((one) => one.alias === alias);
    if (deed !== undefined && member !== undefined) act({ type: 'ask', deed: { kind: deed.kind, alias: member.alias, nickname: member.nickname } });
  });
  let wasOpen = false;
  return ({ inside }) => {
    if (inside === null) {
      list.replaceChildren();
      lines.clear();
      wasOpen = false;
      return;
    }
    members = sorted(inside);
    panel.classList.toggle('open', inside.panel);
    button.setAttribute('aria-expanded', String(inside.panel));
    // On a small screen the panel covers what was there; on a large one there is no button.
    if (inside.panel && !wasOpen) panel.querySelector('button')?.focus();
    if (!inside.panel && wasOpen) button.focus();
    wasOpen = inside.panel;
    setShown(tools, isOwner(inside));
    setText(lock, inside.room.locked ? 'Unlock the room' : 'Lock the room');
    setBlocked(lock, inside.locking);
    arrange(list, lines, members, inside);
  };
}

/** The owner first, then who is here, in the order of joining. @param {Inside} inside */
function sorted({ members, room }) {
  const rank = (/** @type {Member} */ { alias, here }) => (alias === room.owner ? 0 : here ? 1 : 2);
  return [...members].sort((a, b) => rank(a) - rank(b));
}

/** @param {HTMLElement} list @param {Map<string, HTMLElement>} lines @param {Member[]} members @param {Inside} inside */
function arrange(list, lines, members, inside) {
  const known = new Set(members.map(({ alias }) => alias));
  for (const [alias, line] of lines) {
    if (known.has(alias)) continue;
    line.remove();
    lines.delete(alias);
  }
  members.forEach((member, place) => {
    const line = lines.get(member.alias) ?? make('li', 'member');
    lines.set(member.alias, line);
    fill(line, member, inside);
    if (list.children[place] !== line) list.insertBefore(line, list.children[place] ?? null);
  });
}

/** @param {HTMLElement} line @param {Member} member @param {Inside} inside */
function fill(line, { alias, nickname, here, you }, { room }) {
  const [owns, rules] = [alias === room.owner, room.owner === room.you];
  const mark = `${here} ${owns} ${rules} ${you}`;
  if (line.dataset.mark === mark) return;
  line.dataset.mark = mark;
  line.dataset.alias = alias;
  line.dataset.here = String(here);
  const who = make('p', 'member-who');
  const name = make('span', 'member-name', nickname);
  name.dir = 'auto';
  who.append(name);
  if (you) who.append(make('span', 'mark', 'you'));
  if (owns) who.append(make('span', 'mark owner', 'owner'));
  who.append(make('span', 'presence', here ? 'here' : 'away'));
  line.replaceChildren(who);
  if (!rules || you) return;
  const row = make('div', 'member-tools');
  row.append(...TOOLS.map(({ kind, label, long }) => {
    const button = make('button', 'secondary small', label);
    button.setAttribute('type', 'button');
    button.setAttribute('aria-label', long(nickname));
    button.dataset.tool = kind;
    return button;
  }));
  line.append(row);
}
