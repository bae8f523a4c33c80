/** The head of a room, and what goes on in it. */

/** @import { Show } from '../view.js' */

import { element, setShown, setText } from '../../dom.js';
import { keptText, membersText, roomName, typingText } from '../sentences.js';

/** @returns {Show} */
export function roomView() {
  const [title, code, count, lock, kept] = [element('room-title'), element('room-code'), element('room-count'), element('room-lock'), element('kept')];
  const [typing, words, banner, bannerText] = [element('typing'), element('typing-text'), element('banner'), element('banner-text')];
  return ({ inside, now }) => {
    if (inside === null) return;
    const { room, members, line } = inside;
    title.dir = 'auto';
    setText(title, roomName(room));
    setText(code, room.code);
    const here = members.filter((member) => member.here).length;
    setText(count, members.length === 0 ? membersText(room.members) : `${membersText(members.length)}, ${here} here`);
    setShown(lock, room.locked);
    setText(kept, keptText(room.days));
    const writing = Object.values(inside.typing).filter(({ until }) => until > now).map(({ nickname }) => nickname);
    typing.classList.toggle('on', writing.length > 0);
    setText(words, typingText(writing));
    setShown(banner, line.status === 'down');
    setText(bannerText, 'You are not connected. What you write can be sent when the connection is back.');
  };
}
