/** Somebody in charge, before the moderators' page. */

import { Person } from './person.js';

export class Moderator extends Person {
  /** The browser itself notes every answer of 401, which is how one learns that one is not signed in. */
  expectsNetworkFailures = true;

  /** @param {string} key */
  async signsIn(key) {
    await this.page.getByLabel('Admin key').fill(key);
    await this.press('Sign in');
    await this.arrives('Right now');
    await this.isLive();
  }

  /** Waits for live figures. */
  isLive = () => this.page.locator('.link[data-status="open"]').waitFor();

  /** @param {string} section */
  async goes(section) {
    await this.page.getByRole('navigation', { name: 'Sections' }).getByRole('button', { name: section }).click();
    await this.arrives(section === 'Figures' ? 'Right now' : section);
  }
}
