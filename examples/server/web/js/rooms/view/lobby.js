/** The screens before a room: the nickname, an invitation, one's rooms. */

/** @import { Form } from '../state.js' */
/** @import { Act, Show } from '../view.js' */

import { chosen, element, make, isBlocked, onSubmit, ref, setBlocked, setShown, setText } from '../../dom.js';
import { keptText, membersText, roomName } from '../sentences.js';

/** @param {HTMLElement} line @param {HTMLElement | null} field @param {Form} form */
function showProblem(line, field, { problem }) {
  setText(line, problem ?? '');
  setShown(line, problem !== null);
  field?.setAttribute('aria-invalid', String(problem !== null));
}

/** @param {Act} act @returns {Show} */
export function nicknameView(act) {
  const form = ref('nickname-form', HTMLFormElement);
  const field = ref('nickname', HTMLInputElement);
  const [lead, problem, save] = [element('nickname-lead'), element('nickname-problem'), element('nickname-save')];
  onSubmit(form, () => !isBlocked(save) && act({ type: 'name', nickname: field.value }));
  let was = '';
  return ({ screen, suggestion, wanted, forms: { nickname, join } }) => {
    if (screen === 'nickname' && was !== 'nickname') field.value = suggestion;
    was = screen;
    if (screen !== 'nickname') return;
    const busy = nickname.call !== null || join.call !== null;
    setText(lead, wanted === null ? 'Talk with several people who have the code of a room. No account. Under which name?' : `You are invited to the room ${wanted}. Under which name do you come?`);
    setText(save, busy ? 'One moment…' : wanted === null ? 'Continue' : 'Join the room');
    setBlocked(save, busy);
    showProblem(problem, field, nickname);
  };
}

/** @returns {Show} */
export function invitedView() {
  const [code, name, problem, accept] = [element('invited-code'), element('invited-name'), element('invited-problem'), element('accept')];
  return ({ wanted, session, forms: { join } }) => {
    setText(code, wanted ?? '');
    setText(name, session?.nickname ?? '');
    setBlocked(accept, join.call !== null);
    showProblem(problem, null, join);
  };
}

/** @param {Act} act @returns {Show} */
export function lobbyView(act) {
  const [me, list, none] = [element('me'), element('room-list'), element('no-room')];
  const [join, joinProblem, create, createProblem, preview] = [
    element('join'), element('join-problem'), element('create'), element('create-problem'), element('kept-preview'),
  ];
  const [joinForm, createForm] = [ref('join-form', HTMLFormElement), ref('create-form', HTMLFormElement)];
  const [code, name, most] = [ref('code', HTMLInputElement), ref('room-name', HTMLInputElement), ref('most', HTMLInputElement)];
  const days = () => Number(chosen(createForm, 'retention') ?? 0);
  onSubmit(joinForm, () => !isBlocked(join) && act({ type: 'join', typed: code.value }));
  onSubmit(createForm, () => !isBlocked(create) && act({ type: 'create', name: name.value, days: days(), most: most.value }));
  const tell = () => setText(preview, keptText(days()));
  createForm.addEventListener('change', tell);
  tell();
  list.addEventListener('click', ({ target }) => {
    const room = target instanceof Element ? target.closest('[data-code]')?.getAttribute('data-code') : null;
    if (typeof room === 'string') act({ type: 'enter', code: room });
  });
  /** @type {unknown} */
  let shown = null;
  let was = '';
  return ({ screen, session, rooms, forms }) => {
    if (screen === 'lobby' && was === 'room') [joinForm, createForm].forEach((form) => form.reset());
    was = screen;
    if (screen !== 'lobby') return;
    tell();
    setText(me, session?.nickname ?? '');
    setBlocked(join, forms.join.call !== null);
    setBlocked(create, forms.create.call !== null);
    showProblem(joinProblem, code, forms.join);
    showProblem(createProblem, null, forms.create);
    setShown(none, rooms.length === 0);
    if (rooms === shown) return;
    shown = rooms;
    list.replaceChildren(...rooms.map((room) => {
      const line = make('li', '');
      const button = make('button', 'room-line');
      button.setAttribute('type', 'button');
      button.dataset.code = room.code;
      const title = make('span', 'room-name', roomName(room));
      title.dir = 'auto';
      button.append(title, make('span', 'room-facts', `${room.code} · ${membersText(room.members)}${room.locked ? ' · locked' : ''} · ${room.days === 0 ? 'nothing kept' : `kept ${room.days} ${room.days === 1 ? 'day' : 'days'}`}`));
      line.append(button);
      return line;
    }));
  };
}
