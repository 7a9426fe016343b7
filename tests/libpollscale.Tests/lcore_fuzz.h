// SPDX-License-Identifier: MIT
// A case of lcore_user: calls of every kind.
#ifndef LCORE_FUZZ_H
#define LCORE_FUZZ_H

#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lcore_user.h"

/* Every function with whatever comes, in the thread of some lcores and in one of none. */
static pollscale_lcore pool[8];
static unsigned int seeds[2] = { 1, 2 };

static void *calls(void *first)
{
	unsigned int seed = *(unsigned int *)first;
	int below = 0, above = 0;

	pin();
	for (int i = 0; i < 30000; i++) {
		struct pollscale_stats stats;
		pollscale_lcore own = { .counters = rand_r(&seed) % 2 ? pool[rand_r(&seed) % 8].counters : NULL, .id = ((uint64_t)rand_r(&seed) << 32) ^ (uint64_t)rand_r(&seed) };
		pollscale_lcore *any = rand_r(&seed) % 4 ? &own : NULL, *one = rand_r(&seed) % 2 ? &pool[rand_r(&seed) % 8] : any;
		char text[32];
		int a = (int)rand_r(&seed) - (rand_r(&seed) % 2 ? 0 : 0x40000000), b = rand_r(&seed) % 4, status;

		switch (rand_r(&seed) % 14) {
		case 0: status = pollscale_turn(one, a, b); break;
		case 1: status = pollscale_turn_queue(one, b, a, a); break;
		case 2: status = pollscale_turn_queue(one, a, b, a); break;
		case 3: status = pollscale_add_queue(one); break;
		case 4: status = pollscale_remove_queue(one, b ? b : a); break;
		case 5: status = pollscale_stats(one, b ? &stats : NULL, rand_r(&seed) % (2 * sizeof(stats))); break;
		case 6: status = pollscale_text(one, b ? b : a, text, rand_r(&seed) % sizeof(text)); break;
		case 7: status = pollscale_text(one, b, NULL, b); break;
		case 8: status = one && rand_r(&seed) % 8 ? pollscale_observe(one, a, b) : pollscale_create(b ? "transport=none" : NULL, NULL); break;
		case 9: status = pollscale_retire(rand_r(&seed) % 8 ? any : one); break;
		case 11: status = pollscale_idle(one); break;
		case 12: status = pollscale_idle_on(one, b ? (const volatile uint32_t *)&stats : NULL, b); break;
		case 10: status = pollscale_check(b ? "queues=0" : NULL); break;
		default: status = pollscale_close(rand_r(&seed) % 8 ? any : one); break;
		}
		above += status >= 0;
		below += status < 0;
		if (status < POLLSCALE_EFAILED || !strcmp(pollscale_status_text(status), "an unknown status"))
			printf("status %d is none\n", status);
		for (int j = 0; first == &seeds[0] && j < 8; j++)
			if (!pool[j].counters || (rand_r(&seed) % 64 == 0 && pollscale_stats(&pool[j], &stats, sizeof(stats)) == POLLSCALE_EHANDLE))
				pollscale_create(settings, &pool[j]);
	}
	printf("answered %s %s\n", above ? "some" : "none", below ? "some" : "none");
	return NULL;
}

static void fuzz(void)
{
	pthread_t thread;

	pthread_create(&thread, NULL, calls, &seeds[1]);
	calls(&seeds[0]);
	pthread_join(thread, NULL);
	told("after", pollscale_create(settings, &lcore));
}

#endif
