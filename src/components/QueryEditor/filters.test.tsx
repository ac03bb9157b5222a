import { screen, waitFor } from '@testing-library/react';

import { giveElementsASize } from '../../testing/layout';
import { RANGE, setup, type Setup } from '../../testing/queryEditor';
import { type WindmillQuery } from '../../types';

beforeAll(giveElementsASize);

describe('filters', () => {
  const flows: Setup = { values: () => ({ values: ['f/team/etl', 'f/team/report'], truncated: false }) };

  it('are added one by one, and run the query when they have a value', async () => {
    const { addFilter, onChange, offeredFilters } = await setup({ queryType: 'flow-runs' });
    expect(screen.queryByLabelText('Flow')).not.toBeInTheDocument();
    await addFilter('Flow');
    expect(onChange).not.toHaveBeenCalled();
    expect(await offeredFilters()).not.toContain('Flow');
  });

  it('offer the variables and what Tempo has seen', async () => {
    const { user, last, getResource, onRunQuery, addFilter } = await setup(
      { queryType: 'flow-runs', filters: { tag: ['x'] } },
      flows
    );
    await addFilter('Flow');
    await user.click(await screen.findByRole('option', { name: /f\/team\/etl/ }));
    expect(last().filters).toEqual({ tag: ['x'], flow: ['f/team/etl'] });
    expect(onRunQuery).toHaveBeenCalledTimes(1);
    expect(screen.getByRole('option', { name: '$flow' })).toBeInTheDocument();
    expect(getResource).toHaveBeenCalledWith('tag-values', {
      tag: 'flow',
      from: RANGE.from.valueOf(),
      to: RANGE.to.valueOf(),
      filters: JSON.stringify({ tag: ['x'] }),
    });
  });

  it('narrow the list as one types, and take any other value', async () => {
    const { user, last, addFilter } = await setup({ queryType: 'flow-runs' }, flows);
    await user.type(await addFilter('Flow'), 'REPORT');
    await waitFor(() => expect(screen.queryByRole('option', { name: /etl/ })).not.toBeInTheDocument());
    await screen.findByRole('option', { name: /f\/team\/report/ });
    await user.click(await screen.findByRole('option', { name: /custom value/ }));
    expect(last().filters).toEqual({ flow: ['REPORT'] });
  });

  it('say when there are more values than shown', async () => {
    const { addFilter } = await setup(
      { queryType: 'flow-runs' },
      { values: () => ({ values: ['a'], truncated: true }) }
    );
    await addFilter('Step');
    expect(await screen.findByText('More values exist: type one in full')).toBeInTheDocument();
  });

  it('say why there are no values, and still take a typed one', async () => {
    const { user, last, addFilter } = await setup(
      { queryType: 'flow-runs' },
      { values: () => Promise.reject(fetchError()) }
    );
    const step = await addFilter('Step');
    expect(await screen.findByText('No values to choose from: Tempo refused the credentials.')).toBeInTheDocument();
    await user.type(step, 'a');
    await user.click(await screen.findByRole('option', { name: /custom value/ }));
    expect(last().filters).toEqual({ step: ['a'] });
  });

  it('have a fixed list of outcomes, without asking', async () => {
    const { user, last, getResource, addFilter } = await setup({ queryType: 'flow-runs' });
    await addFilter('Outcome');
    const options = await screen.findAllByRole('option');
    expect(options.map((option) => option.textContent)).toEqual([
      'ok',
      'error',
      'recovered',
      'skipped',
      'canceled',
      'running',
      'handled',
    ]);
    await user.click(options[1]);
    expect(last().filters).toEqual({ outcome: ['error'] });
    expect(getResource).not.toHaveBeenCalled();
  });

  it('have an operator', async () => {
    const { user, last } = await setup({ queryType: 'flow-runs', filters: { step: ['a'] } });
    await user.click(screen.getByLabelText('Step operator'));
    await user.click(await screen.findByRole('option', { name: /^!=/ }));
    expect(last().filters).toEqual({ step: { op: '!=', values: ['a'] } });
    expect(screen.getByLabelText('Step operator')).toHaveValue('!=');
    await user.click(screen.getByLabelText('Step operator'));
    await user.click(await screen.findByRole('option', { name: /^= ?One of these values/ }));
    expect(last().filters).toEqual({ step: ['a'] });
  });

  it('remember an operator that was chosen before the values', async () => {
    const { user, last, addFilter, onChange } = await setup({ queryType: 'flow-runs' }, flows);
    await addFilter('Flow');
    await user.click(screen.getByLabelText('Flow operator'));
    await user.click(await screen.findByRole('option', { name: /^=~/ }));
    expect(onChange).not.toHaveBeenCalled();
    await user.click(screen.getByLabelText('Flow'));
    await user.paste('f/team/.*');
    await user.click(await screen.findByRole('option', { name: /custom value/ }));
    expect(last().filters).toEqual({ flow: { op: '=~', values: ['f/team/.*'] } });
  });

  it('show several conditions on one tag, and what is no regular expression', async () => {
    const worker: WindmillQuery['filters'] = {
      worker: [
        { op: '=~', values: ['wk-('] },
        { op: '!=', values: ['wk-1'] },
      ],
    };
    const { user, last } = await setup({ queryType: 'flow-runs', filters: worker });
    expect(screen.getByText(/"wk-\(" is not a regular expression/)).toBeInTheDocument();
    await user.click(screen.getAllByRole('button', { name: 'Remove filter Worker' })[0]);
    expect(last().filters).toEqual({ worker: { op: '!=', values: ['wk-1'] } });
  });

  it('that no job can match are shown as such', async () => {
    await setup({ queryType: 'flow-runs', filters: { flow: { op: '=', values: [] } } });
    expect(screen.getByPlaceholderText('Nothing')).toBeInTheDocument();
  });

  it('are removed value by value, or whole', async () => {
    const filters = { step: ['a', 'b'], tag: 'x' };
    const { user, last, onRunQuery } = await setup({ queryType: 'flow-runs', filters });
    await user.click(screen.getByRole('button', { name: /Remove a$/ }));
    expect(last().filters).toEqual({ step: ['b'], tag: ['x'] });
    await user.click(screen.getByRole('button', { name: 'Remove filter Worker tag' }));
    expect(last().filters).toEqual({ step: ['b'] });
    expect(onRunQuery).toHaveBeenCalledTimes(2);
  });

  it('by id say what is wrong with them', async () => {
    await setup({ queryType: 'flow-runs', filters: { jobId: ['nonsense'] } });
    expect(screen.getByText(/Job ids look like/)).toBeInTheDocument();
  });
});

function fetchError() {
  return {
    status: 502,
    statusText: 'Bad Gateway',
    data: { message: 'Tempo refused the credentials.' },
    config: { url: '' },
  };
}
