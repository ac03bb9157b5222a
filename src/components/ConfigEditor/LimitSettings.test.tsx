import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import React, { useState } from 'react';

import { LIMITS, limitError } from './limits';
import { LimitSettings } from './LimitSettings';
import { type Settings } from './settings';

function Form({ onChange, ...jsonData }: Settings['jsonData'] & { onChange: jest.Mock }) {
  const [settings, setSettings] = useState({ jsonData } as Settings);
  const change = (next: Settings) => {
    onChange(next.jsonData.limits);
    setSettings(next);
  };
  return <LimitSettings settings={settings} onChange={change} />;
}

describe('limits', () => {
  it('shows what is set, and the defaults as placeholders', () => {
    render(<Form limits={{ jobs: 500 }} onChange={jest.fn()} />);
    expect(screen.getByLabelText(/Jobs per run/)).toHaveValue(500);
    expect(screen.getByLabelText(/Requests per query/)).toHaveAttribute('placeholder', '40');
  });

  it('stores a number, and nothing when the field is emptied', async () => {
    const onChange = jest.fn();
    render(<Form limits={{ jobs: 500 }} onChange={onChange} />);
    await userEvent.type(screen.getByLabelText(/Seconds per query/), '9');
    expect(onChange).toHaveBeenLastCalledWith({ jobs: 500, seconds: 9 });
    await userEvent.clear(screen.getByLabelText(/Jobs per run/));
    expect(onChange).toHaveBeenLastCalledWith({ seconds: 9 });
  });

  it('says what is wrong', () => {
    render(<Form limits={{ requests: 1 }} onChange={jest.fn()} />);
    expect(screen.getByText('Requests per query must be a whole number from 2 to 10000.')).toBeInTheDocument();
  });

  it.each(LIMITS)('accepts the default and the bounds of $key', (limit) => {
    for (const value of [undefined, limit.fallback, limit.min, limit.max]) {
      expect(limitError(limit, value)).toBeUndefined();
    }
    for (const value of [limit.min - 1, limit.max + 1, limit.min + 0.5, NaN]) {
      expect(limitError(limit, value)).toContain(limit.label);
    }
  });
});
