// SPDX-License-Identifier: MIT
// What telling of a poll takes from C: nanoseconds of empty polls and of polls of 8 packets, the least of some rounds.
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "pollscale.h"

static double cpu(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return t.tv_sec * 1e9 + t.tv_nsec;
}

static double round_of(pollscale_lcore *lcore, long polls, int received)
{
	double begin = cpu();

	for (long i = 0; i < polls; i++)
		pollscale_observe(lcore, received, 0);
	return (cpu() - begin) / polls;
}

int main(int count, char **arguments)
{
	pollscale_lcore lcore;
	int rounds = count > 1 ? atoi(arguments[1]) : 1;
	long polls = count > 2 ? atol(arguments[2]) : 1000000;
	double empty = 1e9, busy = 1e9;

	if (pollscale_create("transport=loopback pinning=pin", &lcore))
		errx(1, "%s", pollscale_error());
	for (int i = 0; i < rounds; i++) {
		double e = round_of(&lcore, polls, 0), b = round_of(&lcore, polls, 8);

		empty = e < empty ? e : empty;
		busy = b < busy ? b : busy;
	}
	printf("%f\n%f\n", empty, busy);
	return 0;
}
