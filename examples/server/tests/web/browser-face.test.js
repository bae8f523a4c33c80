/**
 * A real face before the camera, real models behind the door. Both are test data that is not part of the
 * project: `ANONCHAT_MODELS` and `ANONCHAT_FACES` name the folders.
 */

import assert from 'node:assert/strict';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';

import { Person } from './person.js';
import { startBrowser, startServer } from './stage.js';

const { ANONCHAT_MODELS: models, ANONCHAT_FACES: faces } = process.env;
const skip = models && faces ? false : 'there are no models and faces here (ANONCHAT_MODELS, ANONCHAT_FACES)';

let server;
let stage;

/** @param {Person} person */
async function isChecked(person) {
  await person.press('Start');
  await person.arrives('A quick look, then forgotten');
  await person.page.getByRole('checkbox').check();
  await person.press('Open the camera');
  await person.press('Take the picture');
}

describe('where verification is required', { skip }, () => {
  before(async () => {
    server = await startServer(['--verification', 'required', '--models', models ?? '']);
  });

  after(async () => {
    await stage?.stop();
    await server?.stop();
  });

  test('people before their cameras are verified and meet by what they look for', async () => {
    stage = await startBrowser({ camera: path.join(faces ?? '', 'sfas__image_T1.jpg') });
    const people = [];
    for (const nickname of ['Quiet Otter', 'Sunny Heron']) {
      const person = await Person.open(stage.browser, server.url);
      await isChecked(person);
      assert.equal(await person.button('Skip for now').count(), 0, 'nobody gets past the check');
      await person.sees('The estimate is: woman');
      await person.press('Continue');
      await person.arrives('Who are you today?');
      await person.sees('Others see you as: woman.');
      await person.page.getByLabel('Nickname').fill(nickname);
      await person.press('Continue');
      await person.arrives('Who would you like to meet?');
      people.push(person);
    }
    const [ann, eve] = people;
    await ann.searches('Women');
    await ann.arrives('Looking for somebody');
    await eve.searches('Women');
    await ann.arrives('Sunny Heron');
    await eve.arrives('Quiet Otter');
    await ann.says('hello');
    await eve.reads(['< hello']);
    await ann.close();
    await eve.close();
    await stage.stop();
  });

  test('a screen held to the camera is told apart, and the person what to do', async () => {
    stage = await startBrowser({ camera: path.join(faces ?? '', 'sfas__image_F1.jpg') });
    const person = await Person.open(stage.browser, server.url);
    await isChecked(person);
    await person.sees('This does not look like a live picture. Please use the camera, not a photo or a screen.');
    await person.button('Try again').waitFor();
    assert.equal(await person.button(/^Continue/).count(), 0);
    await person.close();
  });

  test('an empty room is told apart as well', async () => {
    await stage.stop();
    stage = await startBrowser({ camera: path.join(faces ?? '', 'facenet__pilatus800.jpg') });
    const person = await Person.open(stage.browser, server.url);
    await isChecked(person);
    await person.sees('No face was found. Please look into the camera and try again.');
    await person.close();
  });
});
