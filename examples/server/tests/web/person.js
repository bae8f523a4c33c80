/** Somebody with a browser: finds things as a person does, by role and name, and notes what goes wrong. */

import assert from 'node:assert/strict';

import { PATIENCE_MS } from './stage.js';

/** What a browser itself writes to the console when a request or a socket fails. */
const NETWORK = /^(WebSocket connection to|Failed to load resource)/;

export class Person {
  /** @type {string[]} */
  wrongs = [];
  /** Set while the test breaks the network on purpose: the browser's own words about it are no fault of the page. */
  expectsNetworkFailures = false;

  /**
   * @param {import('playwright-core').BrowserContext} context
   * @param {import('playwright-core').Page} page
   */
  constructor(context, page) {
    this.context = context;
    this.page = page;
  }

  /**
   * @param {import('playwright-core').Browser} browser
   * @param {string} url
   * @param {import('playwright-core').BrowserContextOptions} [options]
   */
  static async open(browser, url, options = {}) {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
    context.setDefaultTimeout(PATIENCE_MS);
    return this.window(context, url);
  }

  /** Another window of the same person. @param {import('playwright-core').BrowserContext} context @param {string} url */
  static async window(context, url) {
    const page = await context.newPage();
    const person = new this(context, page);
    page.on('console', (message) => {
      if (message.type() !== 'error') return;
      if (person.expectsNetworkFailures && NETWORK.test(message.text())) return;
      person.wrongs.push(`console: ${message.text()}`);
    });
    page.on('pageerror', (error) => person.wrongs.push(`uncaught: ${error.stack ?? error}`));
    await page.addInitScript(() => {
      document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
        console.error(`policy violated: ${violatedDirective} ${blockedURI}`));
    });
    await page.goto(url);
    return person;
  }

  async close() {
    await this.context.close();
    assert.deepEqual(this.wrongs, [], 'nothing went wrong in the browser');
  }

  /** @param {string | RegExp} name */
  button = (name) => this.page.getByRole('button', { name, exact: typeof name === 'string' });

  /** @param {string | RegExp} name */
  press = (name) => this.button(name).click();

  /** @param {string | RegExp} name */
  heading = (name) => this.page.getByRole('heading', { level: 1, name });

  /** Waits for a screen and for the focus on its heading. @param {string | RegExp} name */
  async arrives(name) {
    await this.heading(name).waitFor();
    await this.page.waitForFunction(() => document.activeElement?.tagName === 'H1');
  }

  /** @param {string | RegExp} text */
  sees = (text) => this.page.getByText(text).locator('visible=true').first().waitFor();

  /** @param {string} text */
  async says(text) {
    await this.page.getByLabel('Message', { exact: true }).fill(text);
    await this.page.keyboard.press('Enter');
  }

  /** The texts in the log, own ones with a leading `>`. */
  talk = () =>
    this.page.locator('.bubble').evaluateAll((bubbles) =>
      bubbles.map((bubble) => {
        const words = bubble.querySelector('.words');
        return (bubble.classList.contains('mine') ? '> ' : '< ') + (words?.lastChild?.textContent ?? '');
      }));

  /** Waits until the log reads like this. @param {string[]} lines */
  async reads(lines) {
    await this.page
      .waitForFunction((count) => document.querySelectorAll('.bubble').length >= count, lines.length)
      .catch(() => {});
    assert.deepEqual(await this.talk(), lines);
  }

  /** Waits until all own messages carry this mark. @param {string} mark */
  marked = (mark) =>
    this.page.waitForFunction((name) => {
      const ticks = [...document.querySelectorAll('.bubble.mine .tick')];
      return ticks.length > 0 && ticks.every((tick) => tick.getAttribute('aria-label') === name);
    }, mark);

  /** From home to the filters, without a camera check. @param {{ nickname?: string, gender?: string, bio?: string }} [profile] */
  async enters({ nickname, gender, bio } = {}) {
    await this.press('Start');
    if (gender === undefined) await this.press(/^Skip/);
    else {
      await this.page.getByRole('radio', { name: gender, exact: true }).check();
      await this.press('Continue');
    }
    await this.arrives('Who are you today?');
    if (nickname !== undefined) await this.page.getByLabel('Nickname').fill(nickname);
    if (bio !== undefined) await this.page.getByLabel(/A line about you/).fill(bio);
    await this.press('Continue');
    await this.arrives('Who would you like to meet?');
  }

  /** @param {string} [filter] */
  async searches(filter = 'Anyone') {
    await this.page.getByRole('radio', { name: new RegExp(`^${filter}`) }).check();
    await this.press('Find somebody');
  }
}

/** Lets two people find each other. @param {Person} first @param {Person} second */
export async function meet(first, second) {
  await first.enters({ nickname: 'Quiet Otter' });
  await second.enters({ nickname: 'Sunny Heron' });
  await first.searches();
  await first.arrives('Looking for somebody');
  await second.searches();
  await first.arrives('Sunny Heron');
  await second.arrives('Quiet Otter');
}
