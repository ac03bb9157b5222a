import type { FrontendSettings } from './grafana/settings';

/**
 * Grafana's packages read their settings when they are loaded, so those come first and everything else after.
 */
async function boot(): Promise<void> {
  window.__grafana_public_path__ = '/public/';
  const response = await fetch('/api/frontend/settings');
  if (!response.ok) {
    throw new Error(`The workbench's settings can't be read: ${response.status} ${await response.text()}`);
  }
  const settings: FrontendSettings = await response.json();
  const { bootData } = await import('./grafana/bootData');
  window.grafanaBootData = bootData(settings);
  const { main } = await import('./main');
  await main();
}

function showFailure(reason: unknown) {
  const place = document.getElementById('workbench') ?? document.body;
  const message = document.createElement('p');
  message.setAttribute('role', 'alert');
  message.textContent = reason instanceof Error ? reason.message : String(reason);
  place.replaceChildren(message);
}

boot().catch(showFailure);
