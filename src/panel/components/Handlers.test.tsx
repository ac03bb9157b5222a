import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import React from 'react';

import { readContent } from '../model/runs';
import { etlRows, flowStepsFrame, panelData } from '../testing/fixture';
import { Handlers } from './Handlers';

test('handlers are folded, and open with a button', async () => {
  const rows = etlRows();
  const handler = { ...rows[1], job_id: 'h', kind: 'handler', path: 'error_handler', outcome: 'error', duration: 3.5 };
  const [run] = readContent(panelData([flowStepsFrame([...rows, handler])])).runs;
  render(<Handlers handlers={run.handlers} linksOf={() => []} />);
  const button = screen.getByRole('button', { name: '1 handler after the run, 1 failed', expanded: false });
  expect(screen.queryByRole('listitem')).toBeNull();
  await userEvent.click(button);
  expect(screen.getByRole('listitem')).toHaveTextContent(/error_handler.*3.5/);
});
