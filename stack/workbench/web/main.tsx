import { createRoot } from 'react-dom/client';
import React from 'react';

import { App } from './App';
import { setUpRuntime } from './grafana/setup';

/** Called once the settings are in place. */
export async function main(): Promise<void> {
  await setUpRuntime();
  const place = document.getElementById('workbench');
  if (!place) {
    throw new Error('The page has no element with the id "workbench".');
  }
  createRoot(place).render(<App />);
}
