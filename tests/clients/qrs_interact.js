// npm's qrs-interact: creates, changes and deletes a data connection.
'use strict';

const assert = require('node:assert');
const QrsInteract = require('qrs-interact');

const qrs = new QrsInteract({
  hostname: '127.0.0.1',
  portNumber: Number(process.env.PORT),
  localCertPath: process.env.CERTS,
  repoAccount: 'UserDirectory=Internal;UserId=sa_api',
});

async function refused(promise, status) {
  await assert.rejects(promise, (error) => error.message.includes(`error code: ${status}`));
}

async function run() {
  const about = (await qrs.Get('about')).body;
  assert.strictEqual(about.schemaPath, 'About');

  const tag = (await qrs.Post('tag', { name: 'interact' }, 'json')).body;
  const definition = {
    name: 'Interact',
    valueType: 'Text',
    objectTypes: ['DataConnection'],
    choiceValues: ['a', 'b'],
  };
  const property = (await qrs.Post('custompropertydefinition', definition, 'json')).body;

  const made = await qrs.Post(
    'dataconnection',
    {
      name: 'interact connection',
      connectionstring: 'CUSTOM CONNECT TO "provider=QvRestConnector.exe;url=https://example.com"',
      type: 'QvRestConnector.exe',
      username: 'reader',
      password: 'secret',
      tags: [tag],
      customProperties: [{ definition: property, value: 'a' }],
    },
    'json',
  );
  assert.strictEqual(made.statusCode, 201);
  const id = made.body.id;
  assert.ok(!JSON.stringify(made.body).includes('secret'));

  for (const filter of [
    "name eq 'Interact Connection'",
    "tags.name eq 'interact' and type so 'rest'",
    "@Interact eq 'a'",
    "customProperties.definition.name eq 'Interact' and customProperties.value eq 'a'",
  ]) {
    const found = (await qrs.Get(`dataconnection?filter=${filter}`)).body;
    assert.deepStrictEqual(
      found.map((one) => one.id),
      [id],
      filter,
    );
    const count = (await qrs.Get(`dataconnection/count?filter=${filter}`)).body;
    assert.strictEqual(count.value, 1, filter);
  }
  assert.strictEqual(
    (await qrs.Get('dataconnection/full?orderby=name&privileges=true')).body.length,
    1,
  );

  const seen = (await qrs.Get(`dataconnection/${id}`)).body;
  const changed = await qrs.Put(`dataconnection/${id}`, {
    ...seen,
    username: 'writer',
    customProperties: [],
  });
  assert.strictEqual(changed.statusCode, 200);
  await refused(qrs.Put(`dataconnection/${id}`, { ...seen, username: 'too late' }), 409);
  const now = (await qrs.Get(`dataconnection/${id}`)).body;
  assert.deepStrictEqual([now.username, now.customProperties, now.tags.length], ['writer', [], 1]);

  assert.strictEqual((await qrs.Delete(`dataconnection/${id}`)).statusCode, 204);
  await refused(qrs.Get(`dataconnection/${id}`), 404);
  await qrs.Delete(`tag/${tag.id}`);
  await qrs.Delete(`custompropertydefinition/${property.id}`);
}

run().then(
  () => console.log('qrs-interact: ok'),
  (error) => {
    console.error(error);
    process.exitCode = 1;
  },
);
