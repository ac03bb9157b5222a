import { etlRows, flowStepsFrame, panelData } from '../testing/fixture';
import { readContent } from './runs';

test('handlers are parted from the steps, with what is below them', () => {
  const rows = etlRows();
  const handler = { ...rows[1], job_id: 'h', kind: 'handler', path: 'error_handler', outcome: 'error', duration: 3600 };
  const mail = { ...rows[1], job_id: 'm', kind: 'step', path: 'error_handler/mail', duration: 3500 };
  const [alone] = readContent(panelData([flowStepsFrame(rows)])).runs;
  const [run] = readContent(panelData([flowStepsFrame([...rows, handler, mail])])).runs;
  expect(run.steps).toEqual(alone.steps);
  expect(run.handlers.map(({ path }) => path)).toEqual(['error_handler']);
  expect(alone.handlers).toEqual([]);
});
