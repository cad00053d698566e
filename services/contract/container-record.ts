/** What an agent writes of a container that it sees: one JSON object a line. */
import { z } from 'zod';

export const ContainerRecord = z.object({
  time: z.string(),
  container: z.string().min(1),
  id: z.string().optional(),
  image: z.string().optional(),
  initPid: z.number().int().positive(),
  addresses: z.array(z.string()).default([]),
  cgroup: z.string().optional(),
  pids: z.array(z.tuple([z.number().int(), z.number().int(), z.string()])).default([]),
});
