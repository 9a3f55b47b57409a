import { describe, expect, it, vi } from 'vitest';
import { late } from './late.ts';

describe('late', () => {
  it('asks once when the part comes', async () => {
    const load = vi.fn().mockResolvedValue('part');
    expect(await late(load)).toBe('part');
    expect(load).toHaveBeenCalledTimes(1);
  });

  it('asks again while the server is away', async () => {
    const load = vi.fn().mockRejectedValueOnce(new TypeError()).mockRejectedValueOnce(new TypeError()).mockResolvedValue('part');
    expect(await late(load, [1, 1])).toBe('part');
    expect(load).toHaveBeenCalledTimes(3);
  });

  it('gives up with the last failure', async () => {
    const load = vi.fn().mockRejectedValue(new TypeError('away'));
    await expect(late(load, [1])).rejects.toThrow('away');
    expect(load).toHaveBeenCalledTimes(2);
  });
});
