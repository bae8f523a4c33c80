/** Somebody on the page of rooms. */

import assert from 'node:assert/strict';

import { Person } from './person.js';

export class Roommate extends Person {
  /** @param {string} nickname */
  async comesAs(nickname, button = 'Continue') {
    await this.arrives('Rooms by code');
    await this.page.getByLabel('Nickname').fill(nickname);
    await this.press(button);
  }

  /** Creates a room and gives its link. @param {{ name?: string, kept: string, most?: string }} wish */
  async creates({ name = '', kept, most = '' }) {
    await this.arrives('Rooms by code');
    await this.page.getByLabel(/^Name/).fill(name);
    await this.page.getByRole('radio', { name: kept, exact: true }).check();
    await this.page.getByLabel(/^Most members/).fill(most);
    await this.press('Create the room');
    await this.isIn(name);
    return this.page.url();
  }

  /** Waits until the room is open. @param {string | RegExp} name */
  async isIn(name) {
    await this.heading(name).waitFor();
    await this.isOpen();
  }

  isOpen = () => this.page.locator('.link[data-status="open"]').waitFor();

  /** Waits until the people of the room are these: `Ann (owner, here)`. @param {string[]} people */
  async meets(people) {
    const read = () =>
      this.page.locator('.member').evaluateAll((lines) =>
        lines.map((line) => {
          const marks = [...line.querySelectorAll('.mark, .presence')].map((mark) => mark.textContent);
          return `${line.querySelector('.member-name')?.textContent} (${marks.join(', ')})`;
        }));
    await this.page.waitForFunction((wanted) =>
      [...document.querySelectorAll('.member')].map((line) => line.querySelector('.member-name')?.textContent + [...line.querySelectorAll('.mark, .presence')].map((mark) => mark.textContent).join()).join('|') ===
      wanted.map((one) => one.replace(/ \((.*)\)$/, (_, marks) => marks.replaceAll(', ', ','))).join('|'), people).catch(() => {});
    assert.deepEqual((await read()).sort(), [...people].sort());
  }

  /** Waits until the log reads exactly like this, own messages with a leading `>`. @param {string[]} lines */
  async readsAll(lines) {
    await this.page.waitForFunction(
      ([count]) => document.querySelectorAll('.bubble').length === count && document.querySelector('.bubble[data-delivery]') === null,
      [lines.length],
    ).catch(() => {});
    assert.deepEqual(await this.talk(), lines);
  }

  /** Answers yes to what asks first. @param {string} name */
  confirms = (name) => this.page.getByRole('dialog').getByRole('button', { name, exact: true }).click();
}
