// The site's settings, for administrators.

async function settings({ page, said }) {
  await page.goto('/settings');
  await page.getByRole('heading', { name: said('settings.module') }).waitFor();
}

const save = ({ page, said }) => page.getByRole('button', { name: said('common.save') });

async function letters({ page, said }) {
  await page.goto('/settings/mail');
  await page.getByRole('heading', { name: said('letters.preview') }).waitFor();
  await page.locator('.picture details').waitFor();
}

/** @type {import('../list.mjs').State[]} */
export const settingsPages = [
  { name: 'settings', route: '/settings', as: 'owner', open: settings },
  {
    name: 'settings-wrong-field', route: '/settings', as: 'owner',
    async open(stage) {
      await settings(stage);
      await stage.page.getByLabel(stage.said('settings.setting.blocked_domains')).fill('dana@bad.example');
      await save(stage).click();
      await stage.page.getByText(stage.said('formError.domain_is_address')).waitFor();
    },
  },
  {
    name: 'settings-named', route: '/settings', as: 'owner',
    async open(stage) {
      await settings(stage);
      await stage.page.getByLabel(stage.said('settings.setting.invites_by')).selectOption('named');
      await stage.page.getByText(stage.said('settings.unsaved')).first().waitFor();
    },
  },
  {
    name: 'settings-shut-door', route: '/settings', dialog: 'SettingsPage', as: 'owner',
    async open(stage) {
      await settings(stage);
      await stage.page.getByLabel(stage.said('settings.setting.enabled')).uncheck();
      await save(stage).click();
      await stage.page.getByRole('dialog').waitFor();
    },
  },
  {
    name: 'settings-leave', route: '/settings', dialog: 'SettingsPage', as: 'owner',
    async open(stage) {
      await settings(stage);
      await stage.page.getByLabel(stage.said('settings.setting.retention_days')).fill('30');
      await stage.page.getByRole('link', { name: stage.said('shell.myMedia') }).click();
      await stage.page.getByRole('dialog').waitFor();
    },
  },
  {
    name: 'settings-loading-failed', route: '/settings', as: 'owner',
    async open({ page, said }) {
      await page.route('**/api/site/policy', (route) => route.abort());
      await page.goto('/settings');
      await page.getByText(said('settings.failed')).waitFor();
    },
  },
  { name: 'mail-templates', route: '/settings/mail', as: 'owner', open: letters },
  {
    name: 'mail-template-reset', route: '/settings/mail', dialog: 'MailPage', as: 'owner',
    async open(stage) {
      await letters(stage);
      await stage.page.getByLabel(stage.said('letters.part.subject')).fill('{{first_name}}');
      await stage.page.getByRole('button', { name: stage.said('letters.reset') }).click();
      await stage.page.getByRole('dialog').waitFor();
    },
  },
];
