// SPDX-License-Identifier: MIT
// Cases of lcore_user: loops that wait, and what tells the time for them.
#ifndef LCORE_WAITS_H
#define LCORE_WAITS_H

#include <stdint.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "lcore_user.h"

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

/* An empty loop that waits where it may, for a third of a second. */
static void idles(void)
{
	struct pollscale_stats stats = { 0 };
	pollscale_lcore closed = lcore;
	double begin = now(), end = begin + 0.33;
	uint64_t waits = 0, vain = 0;
	uint32_t tail[2] = { 7, 7 };
	int status = 0;

	for (unsigned int i = 0; now() < end && status >= 0; i++) {
		status = pollscale_observe(&lcore, 0, 0);
		vain += pollscale_idle_on(&lcore, tail, 6) != 0; /* it has changed already */
		waits += status < 0 ? 0 : (status = i % 2 ? pollscale_idle(&lcore) : pollscale_idle_on(&lcore, tail, 7)) > 0;
	}
	told("idle", status > 0 ? 0 : status);
	printf("changed %d\n", vain > 0);
	told("word", pollscale_idle_on(&lcore, NULL, 0));
	told("word", pollscale_idle_on(&lcore, (const volatile uint32_t *)((const char *)tail + 2), 0));
	pollscale_stats(&lcore, &stats, sizeof(stats));
	printf("counted %d some %d most %d\n", waits == stats.waits, waits > 0, stats.idle_ns / 1e9 > (now() - begin) / 2);
	pollscale_close(&lcore);
	told("closed", pollscale_idle(&closed));
	told("NULL", pollscale_idle(NULL));
	told("NULL", pollscale_idle_on(NULL, tail, 7));
}

/* Nanoseconds of the mean of twenty waits. */
static double mean_wait(void)
{
	struct pollscale_stats before, after;

	pollscale_stats(&lcore, &before, sizeof(before));
	do {
		if (pollscale_observe(&lcore, 0, 0) || pollscale_idle(&lcore) < 0)
			return -1;
		pollscale_stats(&lcore, &after, sizeof(after));
	} while (after.waits < before.waits + 20);
	return (double)(after.idle_ns - before.idle_ns) / (after.waits - before.waits);
}

/* Waits for descriptor 700: an eventfd that is not set, set, and closed. */
static void events(void)
{
	char text[4096];
	int fd = eventfd(0, 0);
	uint64_t one = 1;

	if (dup2(fd, 700) != 700 || close(fd))
		return;
	printf("quiet %d\n", mean_wait() >= 2e6);
	if (write(700, &one, sizeof(one)) != sizeof(one))
		return;
	printf("readable %d\n", mean_wait() < 2e6);
	pollscale_text(&lcore, POLLSCALE_TEXT_WARNINGS, text, sizeof(text));
	printf("warnings %d\n", !!strstr(text, "wait-descriptor"));
	close(700);
	printf("closed %d\n", mean_wait() >= 2e6);
	pollscale_text(&lcore, POLLSCALE_TEXT_WARNINGS, text, sizeof(text));
	printf("%s\n", strstr(text, "No packet ends") ? strstr(text, "No packet ends") : text);
}

#endif
