// Uses the console like a new user: becomes the first administrator, creates a connection, resolves
// a conflict with another user, filters, changes several connections, previews a rule, and signs
// out. On each page, axe checks accessibility, in light and dark mode, on wide and narrow screens.
const assert = require('node:assert');
const { readFileSync, mkdirSync } = require('node:fs');
const { chromium } = require('playwright-core');

const { LINK: link, CHROMIUM: executablePath, SCREENSHOTS: screenshots } = process.env;
const base = new URL(link).origin;
const password = 'correct horse battery';
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

const WIDE = { width: 1280, height: 900 };
const NARROW = { width: 390, height: 844 };

async function main() {
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  const context = await browser.newContext({ viewport: WIDE });
  const page = await context.newPage();
  const requestedOrigins = new Set();
  const errors = [];
  page.on('request', (request) => requestedOrigins.add(new URL(request.url()).origin));
  page.on('pageerror', (error) => errors.push(error));
  // The console reports violations of a page's own policy here. It also reports replies with an
  // error status, which are expected.
  page.on(
    'console',
    (message) =>
      message.type() === 'error' &&
      !message.text().includes('the server responded with') &&
      errors.push(message.text()),
  );

  await look(page, link, 'first-administrator');
  await page.getByLabel('User').fill('DEMO\\admin');
  await page.getByLabel('New password').fill(password);
  await page.getByLabel('The same password').fill(password);
  await page.getByRole('button', { name: 'Become the administrator' }).click();
  await page.waitForURL('**/console/dataconnection');
  assert.match(await page.textContent('main'), /1 to 50 of 60/);
  await look(page, page.url(), 'connections');

  // Creates a connection with the keyboard only.
  await page.getByRole('link', { name: 'New data connection' }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('textbox', { name: 'Name', exact: true }).focus();
  await page.keyboard.type('From the browser');
  await page.getByLabel('Connection string').focus();
  await page.keyboard.type('lib://browser');
  await page.getByLabel('Type').focus();
  await page.keyboard.type('internet');
  await page.keyboard.press('Enter');
  await page.getByText('Saved.').waitFor();
  const connection = page.url().split('?')[0];
  await look(page, connection, 'connection');

  // Another user saves first. Changes of different fields are merged.
  const other = await context.newPage();
  await other.goto(connection);
  await other.getByLabel('Type').fill('folder');
  await other.getByRole('button', { name: 'Save' }).click();
  await other.getByText('Saved.').waitFor();
  await page.getByLabel('Connection string').fill('lib://mine');
  await page.getByRole('button', { name: 'Save' }).click();
  const saved = new RegExp(
    'Saved. It was changed after you opened it, last by DEMO\\\\admin at .*. ' +
      'Kept from others: Type.',
  );
  await page.getByText(saved).waitFor();
  assert.equal(await page.getByLabel('Type').inputValue(), 'folder');
  assert.equal(await page.getByLabel('Connection string').inputValue(), 'lib://mine');
  await examine(page, 'merged');

  // The page asks about fields that both changed, and the password has to be typed again.
  await other.goto(connection);
  await other.getByLabel('User name').fill('theirs again');
  await other.getByRole('button', { name: 'Save' }).click();
  await other.getByText('Saved.').waitFor();
  await page.getByLabel('User name').fill('mine');
  await page.getByLabel('Password', { exact: true }).fill('hunter2');
  await page.getByLabel('Connection string').fill('lib://mine/2');
  await page.getByRole('button', { name: 'Save' }).click();
  await page
    .getByText(
      'Nothing is saved yet. ' +
        'This data connection was changed after you opened it, last by DEMO\\admin at',
    )
    .waitFor();
  await look(page, page.url(), 'conflict');
  assert.equal(await page.locator('input[type=radio]:checked').count(), 0);
  const userName = page.getByRole('group', { name: 'User name' });
  await userName.getByRole('radio', { name: 'Yours: mine' }).check();
  // The browser points out the missing choices, and sends nothing.
  await page.getByRole('button', { name: 'Save with these choices' }).click();
  assert.equal(await page.locator('input[type=radio]:invalid').count(), 4);
  // The connection string belongs with the user name and the password.
  await page
    .getByRole('group', { name: 'Connection string' })
    .getByRole('radio', { name: 'Yours: lib://mine/2' })
    .check();
  const secret = page.getByRole('group', { name: 'Password' });
  await secret.getByRole('radio', { name: 'Yours: a new value' }).check();
  await page.getByRole('button', { name: 'Save with these choices' }).click();
  await page.getByText('Password: type it below, or keep the stored one').waitFor();
  await examine(page, 'conflict-again');
  await secret.getByLabel('Password (type it again').fill('hunter2');
  await page.getByRole('button', { name: 'Save with these choices' }).click();
  await page.getByText('Saved.').waitFor();
  assert.equal(await page.getByLabel('User name').inputValue(), 'mine');
  assert.equal(await page.getByLabel('Connection string').inputValue(), 'lib://mine/2');

  // A filter with a typing error, and the correct one.
  await page.getByRole('link', { name: 'Data connections' }).click();
  await page.getByLabel('Filter').fill("nmae so 'browser'");
  await page.getByRole('button', { name: 'Show' }).click();
  assert.equal(await page.locator('mark').textContent(), 'n');
  await examine(page, 'filter-fault');
  await page.getByLabel('Filter').fill("name so 'Web shop'");
  await page.getByRole('button', { name: 'Show' }).click();
  assert.match(await page.textContent('main'), /1 to 3 of 3/);

  // Changes several connections: input without its checkbox is pointed out, and the preview shows
  // each change before anything is saved.
  for (const box of await page.locator('tbody input[type=checkbox]').all()) await box.check();
  await page.getByRole('button', { name: 'Change the selected' }).click();
  await examine(page, 'bulk');
  await page.getByLabel('New owner').fill('DEMO\\sales-lead');
  // The Enter key shows the preview.
  await page.getByLabel('New owner').press('Enter');
  await page.getByText('its box is not ticked').waitFor();
  assert.equal(await page.getByLabel('New owner').inputValue(), 'DEMO\\sales-lead');
  await examine(page, 'bulk-fault');
  await page.getByLabel('Give them to another owner').check();
  await page.getByLabel('Add these tags').check();
  await page.getByRole('group', { name: 'Tags to add' }).getByLabel('audited').check();
  await page.getByRole('button', { name: 'Show what would change' }).click();
  await page.getByText('Nothing is changed yet.').waitFor();
  assert.match(await page.textContent('main'), /Change 3 data connections\?/);
  assert.match(await page.textContent('.changes'), /DEMO\\sales-lead/);
  await examine(page, 'bulk-preview');
  await page.getByRole('button', { name: 'Back to the form' }).click();
  assert.equal(await page.getByLabel('New owner').inputValue(), 'DEMO\\sales-lead');
  assert.ok(
    await page.getByRole('group', { name: 'Tags to add' }).getByLabel('audited').isChecked(),
  );
  await page.getByRole('button', { name: 'Show what would change' }).click();
  // Another user saves first.
  await other.goto(
    `${base}/console/dataconnection?filter=${encodeURIComponent("name so 'Web shop'")}`,
  );
  await other.locator('tbody a').first().click();
  await other.getByLabel('User name').fill('meanwhile');
  await other.getByRole('button', { name: 'Save' }).click();
  await other.getByText('Saved.').waitFor();
  await page.getByRole('button', { name: 'Apply to 3' }).click();
  await page.getByText('The following would be changed now.').waitFor();
  await examine(page, 'bulk-conflict');
  await page.getByRole('button', { name: 'Apply to 3' }).click();
  await page.getByText('Changed: 3 data connections (tags added, owner changed).').waitFor();
  assert.equal(await page.getByLabel('Filter').inputValue(), "name so 'Web shop'");
  const filter = "name so 'Web shop' and owner.userId eq 'sales-lead' and tags.name eq 'audited'";
  await page.goto(`${base}/console/dataconnection?filter=${encodeURIComponent(filter)}`);
  assert.match(await page.textContent('main'), /1 to 3 of 3/);

  // A deletion asks for confirmation.
  await page.locator('tbody input[type=checkbox]').first().check();
  await page.getByRole('button', { name: 'Change the selected' }).click();
  await page.getByRole('button', { name: 'Delete…' }).click();
  await page.getByRole('heading', { name: 'Delete 1 data connection?' }).waitFor();
  await examine(page, 'bulk-delete');
  await page.getByRole('button', { name: 'Back to the form' }).click();
  await page.getByRole('link', { name: 'Back to the list' }).click();
  assert.match(await page.textContent('main'), /1 to 3 of 3/);

  // A rule: a typing error, the preview of its effect, and the explanation of access.
  await page.goto(`${base}/console/systemrule/new`);
  await page
    .getByRole('textbox', { name: 'Name', exact: true })
    .fill('Trainees of sales read the warehouse');
  await page.getByLabel('Resource filter').fill('DataConnection_*');
  await page.getByLabel('read', { exact: true }).check();
  await page
    .getByRole('textbox', { name: 'Rule', exact: true })
    .fill('user.userId = "sales-trainee" adn resource.name like "Warehouse*"');
  await page.getByRole('button', { name: 'Show what would change' }).click();
  assert.equal(await page.locator('mark').textContent(), 'a');
  await examine(page, 'rule-fault');
  // An unknown name is pointed out, and does not prevent saving.
  await page
    .getByRole('textbox', { name: 'Rule', exact: true })
    .fill('user.grup = "sales" and resource.@Departement = user.group');
  await page.getByRole('button', { name: 'Show what would change' }).click();
  assert.match(await page.textContent('.changes'), /Gained: 0/);
  const notes = await page.getByRole('note').allTextContents();
  assert.deepEqual(notes, [
    'Rule, character 6: no user has an attribute grup; did you mean group?',
    'Rule, character 34: there is no custom property Departement; did you mean Department?',
  ]);
  await examine(page, 'rule-warnings');
  await page
    .getByRole('textbox', { name: 'Rule', exact: true })
    .fill('user.userId = "sales-trainee" and resource.name like "Warehouse*"');
  await page.getByRole('button', { name: 'Show what would change' }).click();
  assert.match(await page.textContent('.changes'), /Gained: 3/);
  assert.equal(await page.getByRole('note').count(), 0);
  await examine(page, 'rule-preview');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Saved.').waitFor();
  await page.goto(`${base}/console/why`);
  await page.getByRole('combobox', { name: 'User' }).fill('DEMO\\sales-trainee');
  await page.getByRole('textbox', { name: 'Name' }).fill('Warehouse (prod)');
  await page.getByRole('button', { name: 'Check access' }).click();
  assert.match(await page.textContent('.verdict'), /DEMO\\sales-trainee may read/);
  await look(page, page.url(), 'why');

  // Imports rules of another site, after a preview of their effect.
  await page.goto(`${base}/console/systemrule`);
  await page.getByRole('link', { name: 'Import rules' }).click();
  await examine(page, 'import');
  const imported = {
    name: 'From another site',
    category: 'Security',
    resourceFilter: 'DataConnection_*',
    actions: 2,
    rule: 'user.userId = "sales-trainee" and resource.name = "Web shop (prod)"',
  };
  await page
    .getByLabel('The list of rules')
    .fill(JSON.stringify([imported]).replace('Security', 'Security"x'));
  await page.getByRole('button', { name: 'Show what would change' }).click();
  assert.match(
    await page.textContent('[role=alert]'),
    /Nothing was imported. The list is not valid JSON/,
  );
  await page.getByLabel('The list of rules').fill(JSON.stringify([imported]));
  await page.getByRole('button', { name: 'Show what would change' }).click();
  assert.match(await page.textContent('main'), /Nothing is imported yet/);
  await examine(page, 'import-preview');
  await page.getByRole('button', { name: 'Change the list' }).click();
  assert.equal(await page.getByLabel('The list of rules').inputValue(), JSON.stringify([imported]));
  await page.getByRole('button', { name: 'Show what would change' }).click();
  await page.getByRole('button', { name: 'Import these rules' }).click();
  await page.getByText('The import is done.').waitFor();
  assert.match(await page.getByRole('row', { name: 'From another site' }).textContent(), /new/);

  for (const section of ['tag', 'custompropertydefinition', 'user', 'systemrule', 'account']) {
    await look(page, `${base}/console/${section}`, section);
  }

  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.waitForURL('**/console/login');
  await look(page, page.url(), 'login');
  await page.goto(connection);
  assert.match(page.url(), /console\/login\?next=/);
  await page.getByLabel('User').fill('DEMO\\admin');
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL(connection);

  assert.deepEqual([...requestedOrigins], [base]);
  assert.deepEqual(errors, []);
  await browser.close();
}

// Opens a page in each mode and in each width, and examines it. Colors do not depend on the width.
async function look(page, url, name) {
  for (const [width, viewport, colorScheme] of [
    ['wide', WIDE, 'light'],
    ['narrow', NARROW, 'dark'],
  ]) {
    await page.setViewportSize(viewport);
    await page.emulateMedia({ colorScheme });
    if (page.url() !== url) await page.goto(url);
    await examine(page, `${name}-${width}-${colorScheme}`);
  }
  await page.setViewportSize(WIDE);
  await page.emulateMedia({ colorScheme: 'light' });
}

async function examine(page, name) {
  if (screenshots) {
    mkdirSync(screenshots, { recursive: true });
    await page.screenshot({ path: `${screenshots}/${name}.png` });
  }
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run());
  const faults = violations.map(
    ({ id, impact, help, nodes }) =>
      `${id} (${impact}): ${help}: ${nodes.map((node) => node.html).join(' ')}`,
  );
  assert.ok(faults.length === 0, `${name} has faults:\n${faults.join('\n')}`);
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  assert.ok(overflow <= 0, `${name} is ${overflow} pixels too wide`);
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
